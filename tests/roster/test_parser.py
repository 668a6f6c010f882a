"""The streaming fork of calamine against calamine itself: the same cells under the same row numbers (ADR 0019)."""

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import python_calamine
import python_calamine_plus
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from enrollment.roster.precheck import look_over
from office.sheet_writer import SheetWriter
from tests.hostile.fuzzing import fuzzed
from tests.hostile.making import KINDS
from tests.roster.books import book_of, raw_book, saved

Rows = list[tuple[int, list[Any]]]
BOOKS = [kind for kind in KINDS if kind.file.endswith(".xlsx") and not kind.words]
SEEDS = range(400)


def streamed(data: bytes) -> list[Rows]:
    """Rows that are not blank, by sheet, as the reading child reads them."""
    book = python_calamine_plus.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [_kept(book.stream_sheet_by_index(at)) for at in range(len(book.sheet_names))]


def whole(data: bytes) -> list[Rows]:
    """The same from the original, which holds a sheet and drops blank columns before it."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [_kept(_widened(book.get_sheet_by_index(at))) for at in range(len(book.sheet_names))]


def _widened(sheet: Any) -> Iterator[list[Any]]:
    before = [""] * sheet.start[1] if sheet.start else []
    return ([*before, *cells] for cells in sheet.iter_rows())


def _kept(rows: Iterator[list[Any]]) -> Rows:
    numbered = ((number, _trimmed(cells)) for number, cells in enumerate(rows, start=1))
    return [(number, cells) for number, cells in numbered if cells]


def _trimmed(cells: list[Any]) -> list[Any]:
    """Without what the two are known to differ in: blanks at the end, error values (the look refuses those)."""
    cells = ["" if isinstance(cell, str) and cell.startswith("#") else cell for cell in cells]
    cells = ["NaN" if cell != cell else cell for cell in cells]  # which equals nothing, itself neither
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def of_every_type() -> bytes:
    book = Workbook()
    page = book.active
    page.append(
        [1, 2.5, True, False, date(2024, 2, 29), datetime(2024, 2, 29, 13, 5), time(8, 30), timedelta(hours=30)]
    )
    page.append([110101199001011237, 1e300, -0.0, 0, "", None, " 空格 ", "两\n行"])
    page["A4"], page["H4"] = 0.1, "=1+1"
    page["C9"] = "隔了几行"
    return saved(book)


def of_rich_text() -> bytes:
    book = Workbook()
    book.active["B2"] = CellRichText("周", TextBlock(InlineFont(b=True), "某"), "英")
    return saved(book)


def of_our_own() -> bytes:
    """Texts in their cells, as our long lists write them."""
    out = io.BytesIO()
    with SheetWriter(out, sheet="名册", widths=(8, 60)) as book:
        book.titles(["序号", "姓名"])
        for at in range(300):
            book.row([str(at), f"甲某{at % 7}"])
    return out.getvalue()


def of_several_sheets() -> bytes:
    book = Workbook()
    book.active.append(["甲"])
    book.create_sheet("空")
    book.create_sheet("乙").append([None, "乙"])
    book.create_chartsheet("图")
    return saved(book)


def oddly_written() -> bytes:
    """Cells without references, out of their order, and rows without numbers."""
    return raw_book(
        '<sheetData><row><c t="inlineStr"><is><t>甲</t></is></c><c><v>1</v></c></row>'
        '<row r="4"><c r="C4"><v>3</v></c><c r="A4"><v>1</v></c></row><row r="7"/><row><c><v>8</v></c></row></sheetData>'
    )


HONEST: dict[str, Callable[[], bytes]] = {
    "every type": of_every_type,
    "rich text": of_rich_text,
    "shared texts": lambda: book_of(
        *[(f"甲某{at % 7}", at, at / 3, "", "500101197001010019") for at in range(300)], start=4
    ),
    "texts in their cells": of_our_own,
    "several sheets": of_several_sheets,
    "oddly written": oddly_written,
    "nothing": book_of,
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_books_are_the_same_to_both(name: str) -> None:
    data = HONEST[name]()
    assert streamed(data) == whole(data)


@pytest.mark.parametrize("kind", BOOKS, ids=lambda kind: kind.name)
def test_hostile_books_that_pass_the_look_are_the_same_to_both(kind) -> None:
    data = kind.make(10)
    assert streamed(data) == whole(data)


def test_disturbed_books_are_the_same_to_both_or_broken_to_one() -> None:
    """What one of the two refuses, the reading child refuses or not by its own parser alone."""
    same = 0
    for seed in SEEDS:
        data, name = fuzzed(seed)
        if name.endswith(".xlsx") and look_over(data, name=name).refusal is None:
            same += _same(data)
    assert same > 10


def _same(data: bytes) -> int:
    try:
        both = streamed(data), whole(data)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a panic of the parser is no Exception
        return 0
    assert both[0] == both[1]
    return 1
