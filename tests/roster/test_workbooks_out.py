"""What we hand out: the error workbook and the template. Nothing in them computes."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from enrollment.roster import error_book
from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.error_book import REASON_TITLE, write_error_book
from enrollment.roster.precheck import look_over
from enrollment.roster.reading import read_rows
from enrollment.roster.refusal import RosterRefused
from enrollment.roster.template_book import HELP_SHEET, ROSTER_SHEET, write_template
from enrollment.roster.wrong_rows import WrongRows
from tests.cast import id_number
from tests.roster.books import GOOD, HEADER, SECOND, TODAY, checked, filled_book, saved, zip_of
from tests.roster.county import township, wanzhou

TITLES = (*HEADER, "备注", "未知列")
LEADS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1+1", "'=1", "|cmd")


def roster() -> bytes:
    wrong = ("周某1", *SECOND[1:3], "五土", "=1+1", "=2+2")
    book = filled_book(("标题",), TITLES, (*GOOD, "好", ""), wrong, (*GOOD, "重复", ""))
    book.active["F3"] = '=WEBSERVICE("x")'
    book.active.column_dimensions["B"].width = 33
    return saved(book)


def marked(data: bytes, name: str = "名册.xlsx"):
    looked = look_over(data, name=name)
    report = CheckReport()
    rows = check_rows(read_rows(data, looked), facts=looked, regions=wanzhou(), today=TODAY, report=report)
    wrong = {(row.sheet, row.row_no): row.problems for row in rows if row.problems}
    out = io.BytesIO()
    write_error_book(data, looked, headers=report.headers, wrong=wrong, out=out)
    return load_workbook(io.BytesIO(out.getvalue())), out.getvalue()


def no_live_cells(book) -> bool:
    return all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_own_workbook_comes_back_with_a_last_column():
    book, _ = marked(roster())
    page = book["名册"]
    assert page["G2"].value == REASON_TITLE
    assert page["G3"].value is None
    assert "「姓名」含有姓名里不该有的字符" in page["G4"].value
    assert "“五土村”" in page["G4"].value
    assert "与第 3 行是同一人" in page["G5"].value
    assert (page["A4"].fill.start_color.rgb, page["B4"].fill.fill_type) == ("FFFDE2E2", None)
    assert page.column_dimensions["B"].width == 33
    assert page["E4"].value == "=1+1"
    assert page["F3"].value.startswith("=WEBSERVICE")
    assert no_live_cells(book)


def test_a_marked_workbook_mended_and_sent_again_is_read_and_marked_anew():
    _, data = marked(roster())
    rows = checked(data)
    assert [row.state for row in rows] == ["valid", "invalid", "duplicate"]
    book, _ = marked(data)
    assert [cell.value for cell in book["名册"][2]].count(REASON_TITLE) == 1


def test_of_a_long_workbook_only_the_wrong_rows_come_back(monkeypatch):
    monkeypatch.setattr(error_book, "MAX_KEPT_ROWS", 2)
    book, _ = marked(roster())
    rows = list(book["名册"].iter_rows(values_only=True))
    assert rows[0][:4] == ("原行号", REASON_TITLE, "姓名", "身份证号")
    assert [row[0] for row in rows[1:]] == ["4", "5"]
    assert rows[1][6] == "=1+1"
    assert book["名册"]["C2"].fill.start_color.rgb == "FFFDE2E2"
    assert no_live_cells(book)


@pytest.mark.parametrize(("good", "bad"), [(b"<fills", b"<fills><x"), (b"gray125", b"odd")])
def test_formats_that_openpyxl_cannot_read_cost_the_formats_only(good, bad):
    book = filled_book(HEADER, ("周某1", *GOOD[1:]))
    whole = zipfile.ZipFile(io.BytesIO(saved(book)))
    parts = [(name, whole.read(name)) for name in whole.namelist()]
    broken = [(name, part.replace(good, bad) if "styles" in name else part) for name, part in parts]
    returned, _ = marked(zip_of(broken))
    assert [row[0] for row in returned["名册"].iter_rows(values_only=True)] == ["原行号", "2"]


def test_a_million_formatted_rows_are_not_loaded(monkeypatch):
    monkeypatch.setattr(error_book, "MAX_KEPT_BYTES", 100)
    returned, _ = marked(roster())
    assert returned["名册"]["A1"].value == "原行号"


APART = (*HEADER, "户号", "与户主关系", "银行账号")
FAMILIES = [
    ("周某甲", id_number(1), *GOOD[2:], "1", "户主", "6200000000000000001"),
    ("周某1", id_number(2), *GOOD[2:], "", "妻", "〃"),
    ("李某甲", id_number(3), *GOOD[2:], "2", "户主", "6200000000000000002"),
    ("李某1", id_number(4), *GOOD[2:], "", "子", "同上"),
    ("王某1", id_number(5), *GOOD[2:], "", "", ""),
    ("王某2", id_number(6), *GOOD[2:], "", "子", ""),
]


@pytest.mark.parametrize("kept", [True, False], ids=["kept while reading", "read again"])
@pytest.mark.parametrize("kind", ["csv", "merged"])
def test_wrong_rows_alone_keep_their_own_household_and_account(kind: str, kept: bool, monkeypatch) -> None:
    """Below another's row, a blank or a ditto mark would stand for that one's household and account."""
    monkeypatch.setattr(error_book, "MAX_KEPT_ROWS", 2)
    data, name = "\n".join(",".join(row) for row in (APART, *FAMILIES)).encode(), "a.csv"
    if kind == "merged":
        book = filled_book(APART, *[[None if cell in ("〃", "同上") else cell for cell in row] for row in FAMILIES])
        for area in ("G2:G3", "G4:G5"):
            book.active.merge_cells(area)
        data, name = saved(book), "a.xlsx"
    looked, wrong_rows = look_over(data, name=name), WrongRows()
    report = CheckReport()
    rows = list(
        check_rows(
            read_rows(data, looked), facts=looked, regions=wanzhou(), today=TODAY, report=report, wrong=wrong_rows
        )
    )
    wrong = {(row.sheet, row.row_no): row.problems for row in rows if row.problems}
    out = io.BytesIO()
    write_error_book(data, looked, headers=report.headers, wrong=wrong, out=out, kept=wrong_rows if kept else None)
    found = [(row.values.household_no, row.values.bank_account) for row in checked(out.getvalue())]
    account = "620000000000000000"
    assert found == [("1", f"{account}1"), ("2", f"{account}2"), ("", ""), ("", "")]
    assert found == [(row.values.household_no, row.values.bank_account) for row in rows if row.problems]


def test_of_a_csv_the_wrong_rows_come_back_as_a_workbook():
    data = "\n".join(",".join(row) for row in (HEADER, GOOD, ("周某1", *SECOND[1:]))).encode()
    book, _ = marked(data, "a.csv")
    assert [row[0] for row in book["CSV"].iter_rows(values_only=True)] == ["原行号", "3"]


@pytest.mark.parametrize("kept", [0, 20_000])
def test_text_that_looks_like_a_formula_stays_text(monkeypatch, kept):
    monkeypatch.setattr(error_book, "MAX_KEPT_ROWS", kept)
    book, _ = marked(saved(filled_book(TITLES, *[("周某1", *GOOD[1:], lead, lead) for lead in LEADS])))
    assert no_live_cells(book)
    texts = {cell.value for row in book["名册"].iter_rows() for cell in row}
    assert set(LEADS) <= texts


def test_hidden_wrong_rows_are_shown_again():
    book = filled_book(HEADER, GOOD)
    book.active.row_dimensions[2].hidden = True
    returned, _ = marked(saved(book))
    assert not returned["名册"].row_dimensions[2].hidden
    assert "隐藏的行" in returned["名册"]["E2"].value


def template(**options) -> bytes:
    town = township(wanzhou(), "大周镇")
    chosen = {"township": town.name, "villages": [one.name for one in town.villages]} | options
    out = io.BytesIO()
    write_template(out, **chosen)
    return out.getvalue()


def test_the_template_is_text_with_lists_and_a_frozen_header():
    book = load_workbook(io.BytesIO(template()))
    page = book[ROSTER_SHEET]
    assert page["A1"].value == "大周镇参保名册"
    titles = [cell.value for cell in page[2]]
    assert titles[:4] == ["序号", "姓名*", "证件类型", "身份证号*"]
    assert page.freeze_panes == "C3"
    letters = {title.rstrip("*"): cell.column_letter for title, cell in zip(titles, page[2], strict=True)}
    assert {page.column_dimensions[letters[title]].number_format for title in ("身份证号", "银行账号", "联系电话")} == {
        "@"
    }
    rules = {str(rule.sqref).split("3:")[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules[letters["村"]] == "选项!$A$1:$A$6"
    assert letters["与户主关系"] in rules
    assert no_live_cells(book)
    shown = [cell.value for row in book[HELP_SHEET].iter_rows() for cell in row if cell.value]
    assert "周某英" in shown


def test_a_filled_template_is_a_roster_and_an_empty_one_has_no_rows():
    empty = template()
    report = CheckReport()
    with pytest.raises(RosterRefused, match="下面没有人"):
        checked(empty, report=report)
    assert report.skipped_sheets == [HELP_SHEET]
    book = load_workbook(io.BytesIO(empty))
    page = book[ROSTER_SHEET]
    for row_no, (name, number, town, village) in enumerate((GOOD, SECOND), start=3):
        page.cell(row_no, 2).value, page.cell(row_no, 4).value = name, number
        page.cell(row_no, 11).value, page.cell(row_no, 12).value = town, village
    assert [row.state for row in checked(saved(book))] == ["valid", "valid"]


def test_the_examples_of_the_template_are_right_in_themselves():
    page = load_workbook(io.BytesIO(template()))[HELP_SHEET]
    lines = {row[0]: row[1:3] for row in page.iter_rows(values_only=True) if row[1]}
    book = filled_book(tuple(lines), *zip(*lines.values(), strict=True))
    assert [row.problems for row in checked(saved(book))] == [(), ()]


def test_a_workbook_that_openpyxl_cannot_open_still_comes_back_with_its_wrong_rows(monkeypatch):
    """It raised OSError for packages whose content types it does not know; the whole check failed with it."""
    monkeypatch.setattr(
        error_book, "load_workbook", lambda *_, **__: (_ for _ in ()).throw(OSError("no workbook part"))
    )
    data = saved(filled_book(HEADER, GOOD, ("", *GOOD[1:])))
    looked, report, out = look_over(data), CheckReport(), io.BytesIO()
    rows = check_rows(read_rows(data, looked), facts=looked, regions=wanzhou(), today=TODAY, report=report)
    wrong = {(row.sheet, row.row_no): row.problems for row in rows if row.problems}
    write_error_book(data, looked, headers=report.headers, wrong=wrong, out=out)
    assert load_workbook(io.BytesIO(out.getvalue()))["名册"]["B1"].value == REASON_TITLE
