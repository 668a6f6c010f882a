"""A village's own sheet, as it is made without our template: it imports, whole, and says what was passed over."""

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from calc.id_number import check_digit
from enrollment.roster.checking import CheckReport
from enrollment.roster.columns import find_header
from tests.cast import id_number
from tests.roster.books import book_of, checked, saved

TITLES = ("序号", "户主\n姓名", "被保险人姓名", "性 别", "公民身份号码", "与户主关系", "乡镇、街道名称", "村、居委会名称",
          "村民小组", "手机号码", "银行账号", "开户行", "详细地址", "备注")  # fmt: skip


def with_check(head: str) -> str:
    return head + check_digit(head)


PEOPLE = {
    "born before the county had its code": with_check("51222119350704001"),
    "fifteen digits": "512221360815002",
    "Hong Kong": with_check("81000019900101001"),
    "Macao": with_check("82000019900101002"),
    "Taiwan": with_check("83000019900101003"),
    "foreigner, new card": with_check("91115619850312001"),
    "foreigner, old card": "USA110085031201",
    "born abroad of the region codes": with_check("65432119620228008"),
}
NAMES = ("周某", "阿某·古丽", "阿某•买买提", "李某\U00020bb7", "欧阳某某", "MARY SMITH", "John O'Neil", "王 某")


def village_sheet() -> Workbook:
    """Two rows of merged title, the header of each printed page, a total and signatures; numbers are numbers."""
    book = Workbook()
    page = book.active
    page.title = "铺垭村"
    page.append(["大周镇铺垭村2021年小额意外保险参保花名册"])
    page.merge_cells("A1:N1")
    page["A1"].font = Font(bold=True)
    page.append(["填报单位：铺垭村村民委员会", *[None] * 8, "填报日期：2021年3月"])
    page.merge_cells("A2:H2")
    page.append([])
    for at, (number, name) in enumerate(zip(PEOPLE.values(), NAMES, strict=True), start=1):
        if at in (1, 5):
            page.append(TITLES)
        page.append([at, "周某", name, None, number, "户主" if at == 1 else "其他亲戚", "大周镇", "铺垭村委会", 3,
                     10000000001, None, None, "3组（小地名：某湾）12号", None])  # fmt: skip
    page.append(["合计", None, f"{len(PEOPLE)}人"])
    page.append([None, None, "共计：8 户 8 人"])
    page.append([])
    page.append(["填表人：周某", None, "审核人：李某", None, "负责人（签字）："])
    return book


def test_a_village_sheet_made_elsewhere_imports_whole() -> None:
    report = CheckReport()
    rows = checked(saved(village_sheet()), report=report)
    assert [(row.values.name, row.problems) for row in rows if row.problems] == []
    assert (len(rows), report.valid, report.repeated_headers) == (len(PEOPLE), len(PEOPLE), 1)
    assert [row.values.name for row in rows][1:4] == ["阿某·古丽", "阿某·买买提", "李某\U00020bb7"]
    assert {row.values.village_name for row in rows} == {"铺垭村"}
    assert {(row.values.group, row.values.phone) for row in rows} == {("3", "10000000001")}
    assert {row.values.address for row in rows} == {"3组(小地名:某湾)12号"}
    assert [number - 15 for _, number in report.closing_rows] == [-1, 0, 2]


def test_who_has_a_number_is_a_person_whatever_the_row_says() -> None:
    rows = checked(book_of(TITLES, ["1", "", "合计", "", id_number(1), "", "大周镇", "铺垭村"]))
    assert [row.state for row in rows] == ["valid"]


@pytest.mark.parametrize(
    "cells", [("周某", "", "大周镇", "铺垭村"), ("", "", "大周镇", "铺垭村"), ("日某期", "", "", "")]
)
def test_who_lacks_a_number_is_told_so(cells: tuple[str, ...]) -> None:
    """A person without a number is no total and no signature."""
    rows = checked(book_of(("姓名", "身份证号", "乡镇", "村"), cells))
    assert [row.state for row in rows] == ["invalid"]


# spelling seen in public files → what it means to us
SPELLINGS = {
    "姓名": "name", "被保险人姓名": "name", "身份证号码": "id_number", "身份证号": "id_number", "公民身份号码": "id_number",
    "证件号码": "id_number", "证件类型": "id_kind", "性别": "sex", "出生日期": "birth_date", "出生时间": "birth_date",
    "户主姓名": "head_name", "户主身份证号": "head_id_number", "户主身份证号码": "head_id_number",
    "与户主关系": "relation", "户号": "household_no", "乡镇": "township", "乡镇、街道名称": "township", "村": "village",
    "村别": "village", "村、居委会名称": "village", "行政村": "village", "组": "group", "村民小组": "group",
    "联系电话": "phone", "手机号码": "phone", "详细地址": "address", "家庭住址": "address", "开户银行": "bank",
    "银行账号": "bank_account", "备注": "remark",
}  # fmt: skip


@pytest.mark.parametrize(("spelling", "key"), SPELLINGS.items())
@pytest.mark.parametrize("written", ["{}", " {} ", "{}*", "{}（必填）", "{}\n"])
def test_every_spelling_seen_is_understood(spelling: str, key: str, written: str) -> None:
    others = {"name": "姓名", "id_number": "身份证号", "township": "乡镇", "village": "村"}
    others.pop(key, None)
    header = find_header("表", [(1, [*others.values(), written.format(spelling)])], township_needed=True)
    assert header is not None
    assert header.positions[key] == len(others)
    assert header.unknown == ()
