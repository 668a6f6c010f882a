"""Rosters as offices, banks, villages and programs hand them over, made on the spot: what they hold and what is told.

Every file has the same twelve made-up people of one village, four households of three, in its maker's own layout.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Picture
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from calc.id_number import check_digit
from tests.cast import id_number
from tests.roster.books import raw_book, saved, text_row

PLACE = ("大周镇", "铺垭村")
NAMES = [f"周某{first}{last}" for first in "甲乙丙丁" for last in "一二三"]
PEOPLE = [(name, id_number(n)) for n, name in enumerate(NAMES, start=1)]
HEADS = [PEOPLE[n // 3 * 3] for n in range(len(PEOPLE))]
RELATIONS = ["户主", "之妻", "子女"] * 4
FOREIGN, HONG_KONG = ("91115619850312001", "81000019900101001")


@dataclass(frozen=True, slots=True)
class Office:
    """`told`: how often each kind of problem is told, `words` of a refusal of the whole file."""

    name: str
    make: Callable[[], bytes]
    valid: int = len(PEOPLE)
    told: Mapping[str, int] = field(default_factory=dict)
    words: str = ""
    file: str = "名册.xlsx"


def sex_of(number: str) -> str:
    return "男" if int(number[16]) % 2 else "女"


def people() -> Iterator[tuple[int, str, str]]:
    for n, (name, number) in enumerate(PEOPLE):
        yield n, name, number


def book(*rows: Sequence[Any], merged: Sequence[str] = (), also: Callable[[Worksheet], object] | None = None) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for area in merged:
        made.active.merge_cells(area)
    if also is not None:
        also(made.active)
    return saved(made)


def text(*rows: Sequence[Any], mark: str = ",", encoding: str = "utf-8", quoting: Any = csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=mark, quoting=quoting).writerows(rows)
    return out.getvalue().encode(encoding)


def police() -> bytes:
    header = (
        "户号",
        "姓名",
        "与户主关系",
        "性别",
        "公民身份号码",
        "出生日期",
        "民族",
        "居(村)委会",
        "住址",
        "文化程度",
    )
    return book(
        header,
        *(
            (f"5001{n // 3:06d}", name, RELATIONS[n], sex_of(number), number, int(number[6:14]), "汉族",
             "大周镇铺垭村村民委员会", f"某市万州区大周镇铺垭村{n}号", "初中")
            for n, name, number in people()
        ),
    )  # fmt: skip


def village_households() -> bytes:
    """Title, a header in two rows, both again on the second page, households merged, totals and signatures."""
    head: list[Sequence[Any]] = [
        ("大周镇铺垭村2021年度小额意外保险参保花名册",),
        ("填报单位（盖章）：铺垭村村民委员会", None, None, None, None, "填报日期：2021年3月1日"),
        ("序号", "户主信息", None, "参保人员信息", None, None, "与户主\n关系", "村组", "联系电话", "是否脱贫户"),
        (None, "姓名", "身份证号", "姓名", "身份证号码", "性别"),
    ]
    rows, merged = list(head), ["A1:J1", "B3:C3", "D3:F3"]
    for n, name, number in people():
        if n == 6:
            rows += [("小  计", None, None, "6人"), *head]
        first = n % 3 == 0
        shared = (*HEADS[n], "铺垭村三组", 10000000000 + n) if first else (None,) * 4
        rows.append((n + 1, *shared[:2], name, number, sex_of(number), RELATIONS[n], *shared[2:], "是"))
        if first:
            merged += [f"{column}{len(rows)}:{column}{len(rows) + 2}" for column in "BCHI"]
    rows += [("合  计", None, None, "4户12人"), ("村支书：", None, "村主任：", None, "填表人："), ("（以下空白）",)]
    return book(*rows, merged=merged)


def sheets_by_group() -> bytes:
    made = Workbook()
    made.active.append(["填表说明"])
    for group in (1, 2, 3):
        page = made.create_sheet(f"{group}组")
        page.append([f"铺垭村{group}组参保名单"])
        page.append(["编号", "姓名", "身份证号码", "性别", "电话", "组别", "村名"])
        for name, number in PEOPLE[group * 4 - 4 : group * 4]:
            page.append([1, name, number, "FM"[sex_of(number) == "男"], "10000000000/13100000000", group, "铺垭村"])
        for n in range(20):
            page.append([n + 5, None, None, None, None, group, "铺垭村"])
    summary = made.create_sheet("汇总")
    summary.append(["村", "户数", "人数"])
    return saved(made)


def decorated() -> bytes:
    def decorate(page: Worksheet) -> None:
        stamp = io.BytesIO()
        Image.new("RGB", (20, 20), "red").save(stamp, "PNG")
        page.add_image(Picture(stamp), "H2")
        page["B3"].comment = Comment("核对", "某")
        page["A1"].hyperlink = "https://example.org/"
        for row in page.iter_rows(1, 500, 1, 8):
            for cell in row:
                cell.border = Border(left=Side("thin"))
        page.column_dimensions.group("C", "D", hidden=True)
        page.freeze_panes, page.auto_filter.ref, page.protection.sheet = "A3", "A2:H14", True

    rows = [(n, name, number, 40, *PLACE, 3) for n, name, number in people()]
    return book(("名册",), ("序号", "姓名", "身份证号", "年龄", "乡镇", "村", "组"), *rows, also=decorate)


def worked_out() -> bytes:
    """Sex, birth and age by formulas that no program has worked out, dragged down below the people."""
    rows = []
    for n in range(30):
        name, number = PEOPLE[n] if n < len(PEOPLE) else (None, None)
        at = n + 2
        formulas = (
            f'=IF(MOD(MID(B{at},17,1),2)=1,"男","女")',
            f'=TEXT(MID(B{at},7,8),"0-00-00")',
            f"=2021-MID(B{at},7,4)",
        )
        rows.append((name, number, *formulas, *PLACE))
    return book(("姓名", "身份证号", "性别", "出生日期", "年龄", "乡镇", "村"), *rows)


def foreigners() -> bytes:
    others = [
        ("MOU, JOHN", "外国人永久居留身份证", FOREIGN + check_digit(FOREIGN), "M", "1985-03-12"),
        ("José Nuñez", "外国人永久居留证（旧版）", "USA110085031201", "", ""),
        ("陈某", "港澳台居民居住证", HONG_KONG + check_digit(HONG_KONG), "男", "1990/1/1"),
        ("阿某．买买提", "居民身份证", id_number(20), "", ""),
        ("MARY SMITH", "护照", "EA1234567", "F", "1980-1-1"),
        ("陈某乙", "港澳居民来往内地通行证", "H1234567890", "男", ""),
        ("新某儿", "出生医学证明", "N450001234", "男", "2021-1-1"),
        ("黄某", "无", "无", "男", ""),
    ]
    return book(("姓名", "证件类型", "证件号码", "性别", "出生日期", "乡镇", "村"), *((*one, *PLACE) for one in others))


def spelled_freely() -> bytes:
    header = ("NO.", "被保险人\n姓名", "身份证号码\n（18位）", "性别(男/女)", "出生年月", "与户主关系（户主、配偶等）", "所在乡镇",
              "所在村", "组(社)", "联系电话（必填）", "社保卡账号", "开户行名称", "现住址", "参保状态")  # fmt: skip
    rows = [
        (n, f" {name[:1]} {name[1:]} ", f" {number[:6]} {number[6:14]} {number[14:]} ", f" {sex_of(number)}性",
         f"{number[6:10]}年{int(number[10:12])}月", ["户主本人", "户主之配偶", "长媳"][n % 3], "万州区大周镇", "铺垭村委会",
         f"第{n}组", "0235812 0000", f"6200 0000 0000 {n:04d} 000", "农商行", "大周镇铺垭村", "正常")
        for n, name, number in people()
    ]  # fmt: skip
    return book(header, *rows)


def dittos() -> bytes:
    first, others = (HEADS[0][0], *PLACE, "4组", "铺垭村4组1号"), ("〃", "〃", "〃", "〃", "同上")
    rows = [
        (shared[0], name, number, *shared[1:])
        for n, name, number in people()
        for shared in [first if n == 0 else others]
    ]
    return book(("户主", "姓名", "身份证号", "乡镇", "村", "组", "家庭住址"), *rows)


def numbered_and_explained() -> bytes:
    return book(
        ("附件2",),
        ("参保人员花名册",),
        ("单位（盖章）：大周镇", None, None, "填报时间：    年  月  日"),
        ("序号", "被保险人姓名", "有效身份证件号码", "乡镇", "行政村", "手机号"),
        ("1", "2", "3", "4", "5", "6"),
        (None, "（与户口簿一致）", "（18位）", "（全称）", "（全称）"),
        *((n, name, number.lower(), "大周镇", "某市万州区大周镇铺垭村", "nan") for n, name, number in people()),
        ("填表人：", None, "审核人：", None, "联系电话："),
    )


def three_rows() -> bytes:
    return book(
        ("序号", "乡镇", "村", "参保人员", None, None, None, "户主", None),
        (None, None, None, "基本信息", None, "联系方式", None, "身份信息", None),
        (None, None, None, "姓名", "身份证号", "电话", "住址", "姓名", "身份证号"),
        *((n, *PLACE, name, number, "", "", *HEADS[n]) for n, name, number in people()),
        merged=("B1:B3", "C1:C3", "D1:G1", "H1:I1", "D2:E2", "F2:G2", "H2:I2"),
    )


def school() -> bytes:
    """Pupils and their guardians, each with a name, a number and a telephone, under merged groups."""
    return book(
        ("某小学学生参保花名册",),
        ("序号", "监护人", None, None, None, "学生", None, None, "村", "备注"),
        (None, "姓名", "身份证号", "电话", "关系", "姓名", "身份证号", "性别"),
        *(
            (n, HEADS[n][0], id_number(100 + n), "10000000000", "父亲", name, number, sex_of(number), "铺垭村", "")
            for n, name, number in people()
        ),
        merged=("A1:J1", "A2:A3", "B2:E2", "F2:H2", "I2:I3", "J2:J3"),
    )


def policyholders(*merged: str) -> bytes:
    """A row of groups above some of the columns alone."""
    return book(
        (None, "被保险人", None, "投保人", None, None, None, None),
        ("序号", "姓名", "身份证号", "姓名", "身份证号", "联系电话", "村", "组"),
        *(
            (n, name, number, HEADS[n][0], id_number(100 + n), "10000000000", "铺垭村", "3")
            for n, name, number in people()
        ),
        merged=merged,
    )


def guardians_numbers() -> bytes:
    """Nobody's own number: the only one is the guardian's."""
    return book(
        ("学生", None, "监护人", None, None),
        ("姓名", "性别", "身份证号", "电话", "村"),
        *((name, sex_of(number), id_number(100 + n), "", "铺垭村") for n, name, number in people()),
        merged=("A1:B1", "C1:D1"),
    )


def beside_each_other() -> bytes:
    header = ("序号", "姓名", "身份证号", "村")
    return book((*header, *header), *((n, *PEOPLE[n], "铺垭村", n, *PEOPLE[n + 6], "铺垭村") for n in range(6)))


def libre_office() -> bytes:
    """A row of formats at the very end, page breaks behind the merged areas, attributes that others leave out."""
    rows = text_row(1, "姓名", "身份证号", "乡镇", "村")
    rows += "".join(text_row(n + 2, *one, "大周镇", *(["铺垭村"] if n == 0 else [])) for n, one in enumerate(PEOPLE))
    rows = rows.replace('">', '" customFormat="false" ht="12.8" hidden="false" outlineLevel="0">', 1)
    end = '<row r="1048576" customFormat="false" ht="12.8" hidden="false"/>'
    areas = '<mergeCells count="1"><mergeCell ref="D2:D13"/></mergeCells><rowBreaks count="1"><brk id="5"/></rowBreaks>'
    return raw_book(f"<sheetData>{rows}{end}</sheetData>{areas}")


def rewritten(line: Callable[[int, str, str], tuple[Any, ...]], **options: Any) -> Callable[[], bytes]:
    """A text with 姓名, 身份证号, 乡镇, 村, 联系电话, 出生日期."""
    header = ("姓名", "身份证号", "乡镇", "村", "联系电话", "出生日期")
    return lambda: text(header, *(line(n, name, number) for n, name, number in people()), **options)


def plain(_n: int, name: str, number: str) -> tuple[Any, ...]:
    return (name, number, *PLACE, "", "")


OFFICES: tuple[Office, ...] = (
    Office("police: an export of households", police),
    Office("village: households merged under a header of two rows", village_households),
    Office("village: a sheet for each group, numbered and filled in below the people", sheets_by_group),
    Office("township: a stamp, notes, a filter, borders, hidden columns, protection", decorated),
    Office("township: sex and birth date by formulas", worked_out),
    Office("township: foreigners and people of Hong Kong", foreigners, valid=4, told={"id_invalid": 4}),
    Office("township: everything spelled freely", spelled_freely),
    Office("village: ditto marks", dittos),
    Office("county: numbered columns, hints and signatures", numbered_and_explained),
    Office("insurer: a header of three rows", three_rows),
    Office("school: pupils and their guardians", school),
    Office("insurer: policyholders beside the insured", lambda: policyholders("B1:C1", "D1:F1")),
    Office("insurer: the same, not merged", policyholders),
    Office("school: the guardian's number alone", guardians_numbers, words="缺少「身份证号」"),
    Office("village: two columns of people on a page", beside_each_other, words="上下接成一栏"),
    Office("LibreOffice: merged areas and page breaks", libre_office),
    Office("pandas: floats and times", rewritten(
        lambda n, name, number: (name, number, *PLACE, f"1300000{n:04d}.0", f"{number[6:10]}-{number[10:12]}-{number[12:14]} 00:00:00")
    ), file="名册.csv"),
    Office("a system: numbers as formulas of text", rewritten(
        lambda n, name, number: (name, f'="{number}"', *PLACE, '="10000000000"', number[6:12]), encoding="gb18030"
    ), file="名册.csv"),
    Office("a system: tabs behind numbers", rewritten(
        lambda n, name, number: (name, f"{number}\t", *PLACE, "\t", ""), encoding="utf-8-sig"
    ), file="名册.csv"),
    Office("Excel: Unicode text", rewritten(plain, mark="\t", encoding="utf-16"), file="名册.csv"),
    Office("Excel: text with tabs", rewritten(plain, mark="\t", encoding="gb18030"), file="名册.csv"),
    Office("LibreOffice: semicolons, all quoted", rewritten(plain, mark=";", quoting=csv.QUOTE_ALL), file="名册.csv"),
    Office("Excel: a CSV opened and saved once more", rewritten(
        lambda n, name, number: (name, f"{int(number[:17]) * 10:.5E}", *PLACE, "1.3E+10", "")
    ), valid=0, told={"stored_as_number": 24}, file="名册.csv"),
    Office("somebody: bars", rewritten(plain, mark="|"), words="半角的逗号、分号或制表符", file="名册.csv"),
)  # fmt: skip
