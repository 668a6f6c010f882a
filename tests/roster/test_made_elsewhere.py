"""A village's own sheet, as it is made without our template: it imports, whole, and says what was passed over."""

from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from calc.id_number import IdProblem, check_digit, check_id_number
from enrollment.roster.checking import CheckReport
from enrollment.roster.closing import is_closing_row
from enrollment.roster.fields import Desk, read_phone
from enrollment.roster.headers import find_header
from enrollment.roster.regions import RegionIndex, Township, Village
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


@pytest.mark.parametrize("cells", [("周某", "", "大周镇", "铺垭村"), ("日某期", "", "", "")])
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
    "银行账号": "bank_account", "备注": "remark", "公民身份证号": "id_number", "二代身份证号码": "id_number",
    "身分证号": "id_number", "被保险人名称": "name", "所属村社": "village", "村委会名称": "village",
    "被保险人联系电话": "phone", "联系电话1": "phone", "被保险人证件类型": "id_kind", "惠农卡号": "bank_account",
    "社会保障卡银行账号": "bank_account", "惠民惠农“一卡通”账号": "bank_account", "代发银行": "bank", "详细住址": "address",
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


@pytest.mark.parametrize(
    "titles",
    [
        ("被保险人姓名", "被保险人证件号码", "村(居)委会"),
        ("姓 名", "公民身份号码（18位）", "村（居）"),
        ("参保人员姓名", "身份证号码\n(18位)", "村/社区"),
        ("成员姓名", "成员身份证号", "行政村名称"),
        ("参保人", "参保人身份证号", "所属行政村"),
        ("人员姓名", "身份证件号码", "村（居）委会名称"),
        ("家庭成员姓名", "身份证号", "村（社区）名称"),
        ("被保人姓名", "被保人身份证号", "*所在村"),
    ],
)
def test_headers_as_townships_and_insurers_spell_them_are_known(titles: tuple[str, ...]) -> None:
    header = find_header("名册", [(1, list(titles))], township_needed=False)
    assert header is not None
    assert header.positions == {"name": 0, "id_number": 1, "village": 2}


@pytest.mark.parametrize(
    "closing",
    [
        ["本页小计", "8人"],
        ["单位负责人：某某", "联系电话：某"],
        ["村委会（盖章）", "2021年9月1日"],
        ["单位：大周镇", "第2页"],
        ["填表单位（盖章）", "大周镇（公章）"],
        ["以上为低保户"],
        ["乡镇：大周镇", "村：铺垭村"],
    ],
)
def test_page_totals_and_stamps_below_the_people_are_no_people(closing: list[str]) -> None:
    assert is_closing_row([*closing], None)


@pytest.mark.parametrize(
    "cells",
    [
        ["某某", "2021年9月1日"],
        ["本页", "铺垭村"],
        ["某某", "铺垭村", "村委会（盖章）"],
        ["单位", "铺垭村"],
        ["以某", "村"],
    ],
)
def test_a_person_without_a_number_is_never_taken_for_a_stamp(cells: list[str]) -> None:
    assert not is_closing_row([*cells], None)


@pytest.mark.parametrize("around", ["\u200b{}", "'{}", "\u202d{}\u202c"])
def test_signs_around_a_number_are_told_apart_from_too_many_digits(around: str) -> None:
    found = check_id_number(around.format(id_number(1)), today=date(2026, 1, 1))
    assert isinstance(found, IdProblem)
    assert "看不见" in found.message


def test_a_village_may_carry_the_former_name_of_its_township() -> None:
    village = Village(1, "赵家村村民委员会")
    township = Township(9, "高峰街道", aliases=("高峰镇",), villages=(village,))
    regions = RegionIndex.of("万州区", [township])
    assert regions.village(township, "高峰镇赵家村") == village


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("重庆市万州区龙沙镇", 1),
        ("龙沙镇人民政府", 1),
        ("万州区高峰街道办事处", 2),
        ("高峰镇人民政府", 2),
        ("某县龙沙镇", 0),
    ],
)
def test_a_township_is_known_behind_its_county_and_as_its_government(written: str, found: int) -> None:
    townships = [Township(1, "龙沙镇"), Township(2, "高峰街道", aliases=("高峰镇",))]
    known = RegionIndex.of("万州区", townships).township(written)
    assert (known.id if known else 0) == found


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("+86 100 0000 0001", "10000000001"),
        ("(023)58000001", "02358000001"),
        ("无", ""),
        ("/", ""),
        ("0", ""),
        ("—", ""),
    ],
)
def test_telephones_as_people_write_them(written: str, read: str) -> None:
    desk = Desk()
    assert (read_phone(desk, "phone", written), desk.problems) == (read, [])
