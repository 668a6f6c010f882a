"""Long lists: what goes in comes out as text, in Excel's eyes and in calamine's."""

import io

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from office import sheet_writer
from office.long_lists import ListColumn, write_long_list
from office.sheet_writer import TooManyRows

COLUMNS = [ListColumn("姓名", 10), ListColumn("身份证号", 22), ListColumn("备注", 30)]
ROWS = [
    ("谭某华", "500101197001011234", ""),
    ("阿卜杜拉·某", "=1+1", "@SUM(A1)"),
    ("𠮷某", "+86", "<b>&\"'"),
    (" 前后空格 ", "\t制表", "坏\x00字\ud800符"),
]


def written(rows=ROWS) -> bytes:
    out = io.BytesIO()
    assert write_long_list(out, sheet="名册", columns=COLUMNS, rows=iter(rows)) == len(rows)
    return out.getvalue()


def test_every_cell_is_the_text_that_went_in() -> None:
    sheet = load_workbook(io.BytesIO(written())).active
    told = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert told == [[text.replace("\x00", "□").replace("\ud800", "□") for text in row] for row in ROWS]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert {cell.number_format for row in sheet.iter_rows() for cell in row if cell.value} == {"@"}
    assert (sheet.freeze_panes, sheet["A1"].font.bold, sheet.column_dimensions["B"].width) == ("A2", True, 22)


def test_another_reader_sees_the_same() -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(written())).get_sheet_by_index(0).to_python()
    assert rows[0] == ["姓名", "身份证号", "备注"]
    assert rows[2] == list(ROWS[1])


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_writer, "MAX_ROWS", 3)
    with pytest.raises(TooManyRows, match="请分乡镇导出"):
        written(ROWS)
