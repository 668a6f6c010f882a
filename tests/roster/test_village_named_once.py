"""Sheets without a column for the village, which their title, their tab or the file's name tells once for all."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.error_book import write_error_book
from enrollment.roster.precheck import look_over
from enrollment.roster.problems import CheckedRow
from enrollment.roster.reading import read_rows
from enrollment.roster.refusal import RosterRefused
from enrollment.roster.wrong_rows import WrongRows
from tests.cast import id_number
from tests.roster.books import TODAY, checked, saved
from tests.roster.county import township, wanzhou

DAZHOU = township(wanzhou(), "大周镇")
HEADER = ("序号", "姓名", "身份证号")
A, B = ((str(n), f"周某{'甲乙'[n - 1]}", id_number(n)) for n in (1, 2))
LINE = ("填报单位：大周镇铺垭村村民委员会", "", "2021年3月")


def workbook(**sheets: list[tuple[str, ...]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    return saved(made)


def read(content: bytes, *, file: str = "名册.xlsx", fixed=DAZHOU, **more) -> list[CheckedRow]:
    looked = look_over(content, name=file)
    assert looked.refusal is None
    rows = read_rows(content, looked)
    return list(
        check_rows(rows, facts=looked, regions=wanzhou(), today=TODAY, fixed_township=fixed, file_name=file, **more)
    )


def villages(content: bytes, file: str = "名册.xlsx") -> list[str]:
    rows = read(content, file=file)
    assert {row.state for row in rows} == {"valid"}
    return [row.values.village_name for row in rows]


def test_a_sheet_for_each_village() -> None:
    assert villages(workbook(铺垭村=[HEADER, A], 大周镇五土村=[HEADER, B])) == ["铺垭村", "五土村"]


@pytest.mark.parametrize(
    "title",
    [
        "大周镇铺垭村1组2021年参保花名册",
        "2021年铺垭村参保名单",
        "万州区大周镇 铺 垭 村 花名册",
        "填报单位:大周镇铺垭村村民委员会",
        "大周镇人民政府铺垭村",
        "铺垭村",
    ],
)
def test_a_title_above_the_header(title: str) -> None:
    assert villages(workbook(Sheet1=[(title,), HEADER, A, B])) == ["铺垭村"] * 2


def test_a_line_above_the_header_and_its_sheets_for_groups() -> None:
    report = CheckReport()
    rows = read(
        workbook(一组=[LINE, HEADER, A], 二组=[LINE, HEADER, B, ("", "", ""), ("制表人：周某",)]), report=report
    )
    assert [row.values.village_name for row in rows] == ["铺垭村"] * 2
    assert [header.village for header in report.headers.values()] == ["铺垭村"] * 2


def test_the_files_name() -> None:
    assert villages(workbook(Sheet1=[HEADER, A]), "大周镇铺垭村2021年名单（定稿）.xlsx") == ["铺垭村"]
    csv = "姓名,身份证号\n" + "".join(f"{name},{number}\n" for _, name, number in (A, B))
    assert villages(csv.encode(), "铺垭村.csv") == ["铺垭村"] * 2


def test_a_column_for_it_goes_before_all_of_them() -> None:
    assert villages(workbook(铺垭村=[LINE, (*HEADER, "村"), (*A, "五土村")]), "莫家村.xlsx") == ["五土村"]


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (workbook(五土村=[("大周镇铺垭村花名册",), HEADER, A]), "名册.xlsx"),
        (workbook(Sheet1=[("大周镇铺垭村花名册",), HEADER, A]), "五土村.xlsx"),
        (workbook(Sheet1=[("铺垭村、五土村花名册",), HEADER, A]), "名册.xlsx"),
        (workbook(Sheet1=[HEADER, A]), "铺垭村等2村.xlsx"),
        (workbook(凤凰村=[("甘宁镇2021年花名册",), HEADER, A]), "名册.xlsx"),  # there is one in our township as well
        (workbook(凤凰村=[HEADER, A]), "甘宁镇名册.xlsx"),
    ],
)
def test_more_than_one_refuse_the_file(content: bytes, file: str) -> None:
    with pytest.raises(RosterRefused, match=r"不止一个.*请加一列「村」"):
        read(content, file=file)


def test_a_sheet_of_one_of_the_villages_that_the_file_names_is_that_ones() -> None:
    assert villages(workbook(五土村=[HEADER, A]), "铺垭村、五土村.xlsx") == ["五土村"]


@pytest.mark.parametrize(
    "title", ["新铺垭村花名册", "关于铺垭村", "大周镇花名册", "某县某某镇凤凰村", "甘宁镇花名册", ""]
)
def test_what_is_not_surely_a_village_is_none(title: str) -> None:
    with pytest.raises(RosterRefused, match=r"缺少「村」.*把工作表改成村的名称"):
        read(workbook(Sheet1=[(title, ""), HEADER, A]))


@pytest.mark.parametrize("line", [("五土村（2人）",), ("", "五土村"), ("大周镇五土村2021年花名册", "", "")])
def test_no_sheet_goes_on_into_another_village(line: tuple[str, ...]) -> None:
    with pytest.raises(RosterRefused, match="按「铺垭村」读取，第 4 行却写着「五土村」") as refusal:
        read(workbook(铺垭村=[(), HEADER, A, line, B]))
    assert refusal.value.refusal.kind == "several_villages"


def test_nor_do_groups_name_another() -> None:
    rows = [(*HEADER, "组"), (*A, "铺垭村1组")]
    assert villages(workbook(铺垭村=[*rows, (*B, "二组")])) == ["铺垭村"] * 2
    with pytest.raises(RosterRefused, match="按「铺垭村」读取，第 3 行却写着「五土村」"):
        read(workbook(铺垭村=[*rows, (*B, "五土村1组")]))


def test_its_own_village_and_addresses_in_others_are_no_other() -> None:
    rows = read(
        workbook(铺垭村=[(*HEADER, "住址"), ("铺垭村", "", "", ""), (*A, "五土村3组"), ("", B[1], "", "大周镇五土村")])
    )
    assert [row.state for row in rows] == ["valid", "invalid"]


def test_a_county_needs_the_columns() -> None:
    with pytest.raises(RosterRefused, match=r"缺少「乡镇」、「村」|缺少「村」"):
        read(workbook(铺垭村=[("序号", "乡镇", "姓名", "身份证号"), ("1", "大周镇", *A[1:])]), fixed=None)


def test_wrong_rows_alone_come_back_with_their_village() -> None:
    content = f"大周镇铺垭村名册,\n姓名,身份证号\n{A[1]},{A[2]}\n周某,\n".encode()
    report, wrong, out = CheckReport(), WrongRows(), io.BytesIO()
    rows = read(content, file="甲.csv", report=report, wrong=wrong)
    told = {(row.sheet, row.row_no): row.problems for row in rows if row.problems}
    looked = look_over(content, name="甲.csv")
    for kept in (wrong, None):
        out = io.BytesIO()
        write_error_book(content, looked, headers=report.headers, wrong=told, out=out, kept=kept)
        page = load_workbook(io.BytesIO(out.getvalue())).active
        assert [cell.value for cell in page[1]][2:5] == ["村", "姓名", "身份证号"]
        assert [cell.value for cell in page[2]][2:4] == ["铺垭村", "周某"]
        assert page["E2"].fill.fill_type == "solid"
        assert [row.values.village_name for row in checked(out.getvalue(), fixed=DAZHOU)] == ["铺垭村"]
