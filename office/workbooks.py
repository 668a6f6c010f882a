"""Official sheets as .xlsx: one writer for all of them. Text is always text, never a formula."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

FORMATS = {"text": "@", "count": "#,##0", "money": "#,##0.00"}
THIN = Side(style="thin", color="808080")
EDGE = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
BOLD = Font(name="宋体", bold=True, size=11)
PLAIN = Font(name="宋体", size=11)


@dataclass(frozen=True)
class Column:
    title: str
    width: int
    kind: str = "text"  # text, count, money


@dataclass(frozen=True)
class SheetPart:
    """Rows with their subtotal and, below it, a line over the whole width."""

    rows: list[list[Any]]
    subtotal: list[Any] | None = None
    note: str = ""


def official_workbook(
    *,
    title: str,
    under: str,
    columns: Sequence[Column],
    parts: Sequence[SheetPart],
    total: list[Any] | None,
    below: Sequence[str],
    sheet_name: str,
) -> bytes:
    """A4 portrait with title, header repeated on each page, parts, total and lines for seals."""
    book = Workbook()
    sheet = book.active
    sheet.title = sheet_name
    _page(sheet, columns)
    _wide(sheet, 1, title, len(columns), Font(name="宋体", bold=True, size=16), "center")
    _wide(sheet, 2, under, len(columns), PLAIN, "left")
    _row(sheet, 3, [column.title for column in columns], columns, BOLD, header=True)
    at = 4
    for part in parts:
        at = _part(sheet, at, part, columns)
    if total is not None:
        _row(sheet, at, total, columns, BOLD)
        at += 1
    for line in below:
        _wide(sheet, at, line, len(columns), PLAIN, "left")
        sheet.row_dimensions[at].height = 24
        at += 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _part(sheet: Worksheet, at: int, part: SheetPart, columns: Sequence[Column]) -> int:
    for row in part.rows:
        _row(sheet, at, row, columns, PLAIN)
        at += 1
    if part.subtotal is not None:
        _row(sheet, at, part.subtotal, columns, BOLD)
        at += 1
    if part.note:
        _wide(sheet, at, part.note, len(columns), PLAIN, "left")
        at += 1
    return at


def _page(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _wide(sheet: Worksheet, at: int, text: str, width: int, font: Font, align: str) -> None:
    sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=width)
    cell = sheet.cell(at, 1)
    put(cell, text)
    cell.font, cell.alignment = font, Alignment(horizontal=align, vertical="center", wrap_text=True)


def _row(
    sheet: Worksheet,
    at: int,
    values: Sequence[Any],
    columns: Sequence[Column],
    font: Font,
    header: bool = False,
) -> None:
    for position, (value, column) in enumerate(zip(values, columns, strict=True), start=1):
        cell = sheet.cell(at, position)
        put(cell, value)
        cell.font, cell.border = font, EDGE
        right = column.kind != "text" and not header
        cell.alignment = Alignment(horizontal="right" if right else "center", vertical="center", wrap_text=True)
        if right and not isinstance(value, str):
            cell.number_format = FORMATS[column.kind]


def put(cell: Cell, value: Any) -> None:
    """Write a value as what it is; text that looks like a formula stays text."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    elif not isinstance(value, int | Decimal):
        raise TypeError(f"工作表里只写文字、整数和 Decimal，不写 {type(value).__name__}")
