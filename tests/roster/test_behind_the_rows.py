"""What stands behind the rows in a sheet's XML: merged areas among rules and links of any size, and no second table."""

import pytest

from enrollment.roster import merges
from enrollment.roster.precheck import look_over
from tests.roster.books import GOOD, HEADER, SECOND, raw_book, text_row

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIRST = text_row(1, *HEADER) + text_row(2, *GOOD)
LATER = text_row(3, *SECOND)
AREAS = '<mergeCells count="1"><mergeCell ref="D2:D3"/></mergeCells>'
BREAKS = '<rowBreaks count="1"><brk id="2"/></rowBreaks>'


def links(megabytes: int) -> str:
    one = '<hyperlink ref="A2" r:id="rId1" display="https://example.org/a/b/c/d/e/f/g"/>'
    return f"<hyperlinks>{one * (megabytes * 2**20 // len(one))}</hyperlinks>"


def extension(megabytes: int) -> str:
    """Where programs keep newer kinds of validations and conditional formats: the last of all."""
    one = '<x14:dataValidation type="list"><x14:formula1><xm:f>$A$1:$A$9</xm:f></x14:formula1></x14:dataValidation>'
    return f"<extLst><ext>{one * (megabytes * 2**20 // len(one))}</ext></extLst>"


def sheet(rows: str, behind: str = "") -> bytes:
    return raw_book(f"<sheetData>{rows}</sheetData>{behind}")


@pytest.mark.parametrize(
    "behind",
    [
        AREAS,
        AREAS + links(1) + BREAKS + extension(3),
        AREAS + links(4),
        AREAS + extension(12),
        links(3) + AREAS + extension(3),
        AREAS.replace('"', "'") + extension(3),
    ],
    ids=["alone", "breaks and extensions", "links", "extensions", "between", "other quotes"],
)
def test_merged_areas_are_found_however_much_stands_beside_them(behind: str) -> None:
    looked = look_over(sheet(FIRST + LATER, behind))
    assert looked.refusal is None
    assert (looked.sheets[0].rows, looked.sheets[0].last_row, looked.sheets[0].merged) == (3, 3, {3: [(2, 3)]})


def test_areas_without_end_are_refused_rather_than_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merges, "MOST_AREAS", 2)
    three = "".join(f'<mergeCell ref="{column}2:{column}3"/>' for column in "ABC")
    refusal = look_over(sheet(FIRST + LATER, f"<mergeCells>{three}</mergeCells>")).refusal
    assert refusal is not None
    assert (refusal.kind, "取消合并" in refusal.message) == ("too_many_areas", True)


@pytest.mark.parametrize(
    "xml",
    [
        f"<sheetData>{FIRST}</sheetData><sheetData>{LATER}</sheetData>",
        f"<sheetData>{FIRST}</sheetData>{links(3)}<sheetData>{LATER}</sheetData>",
        f"<sheetData/><sheetData>{FIRST}</sheetData>",
        f"<sheetData>{FIRST}</sheetData ><sheetData\n/>",
        f"<sheetData>{FIRST}</sheetData><x:sheetData xmlns:x='u'>{LATER}</x:sheetData>",
        f"<sheetData>{FIRST}</sheetData>{LATER}",
        f"<sheetData>{FIRST}<!-- </sheetData> -->{LATER}</sheetData>",
        f"<sheetData>{FIRST.replace('铺垭村', '<![CDATA[</sheetData>]]>')}</sheetData>",
    ],
    ids=[
        "two",
        "far behind",
        "the first blank",
        "the second blank",
        "prefixed",
        "rows behind",
        "the end in a comment",
        "in a cell",
    ],
)
def test_a_second_table_is_refused_since_the_parser_reads_the_first_alone(xml: str) -> None:
    refusal = look_over(raw_book(xml)).refusal
    assert refusal is not None
    assert (refusal.kind, "第二份数据" in refusal.message) == ("structure", True)


@pytest.mark.parametrize("before", range(0, 14, 2))
def test_the_end_of_the_rows_is_found_across_blocks(before: int) -> None:
    """The XML comes a megabyte at a time, and the tag may be cut in two."""
    start = (
        f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{FIRST}<row r="3"><c r="A3" t="inlineStr"><is><t>'
    )
    end = "</t></is></c></row>"
    rows = f"{start}{'x' * (2**20 - before - len((start + end).encode()))}{end}"
    assert len(rows.encode()) == 2**20 - before
    looked = look_over(raw_book(f"{rows}</sheetData>{AREAS}{extension(2)}</worksheet>"))
    assert looked.refusal is None
    assert (looked.sheets[0].rows, looked.sheets[0].merged) == (3, {3: [(2, 3)]})
