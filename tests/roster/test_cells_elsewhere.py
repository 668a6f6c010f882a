"""Cells as others write them: read as what they mean, or told with a sentence that says how to mend them."""

import time
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.pagebreak import Break

from enrollment.roster import checking
from enrollment.roster.checking import CheckReport
from enrollment.roster.closing import is_closing_row
from enrollment.roster.refusal import RosterRefused
from enrollment.roster.relations import relation_code, relation_name
from tests.cast import id_number
from tests.roster.books import GOOD, HEADER, SECOND, book_of, checked, filled_book, kinds, raw_book, saved, text_row

X = "11010519491231002X"


def one(values: dict[str, Any]):
    """The only row of a sheet with the good columns, changed by `values` (title → cell)."""
    row = dict(zip(HEADER, GOOD, strict=True)) | values
    (found,) = checked(book_of(tuple(row), tuple(row.values())))
    return found


READ = [
    ("出生日期", "1970-01-01 00:00:00", "birth_date", date(1970, 1, 1)),
    ("出生日期", "1970/1/1 0:00:00", "birth_date", date(1970, 1, 1)),
    ("出生日期", "1970-01-01 00:00:00.000", "birth_date", date(1970, 1, 1)),
    ("出生日期", datetime(1970, 1, 1), "birth_date", date(1970, 1, 1)),
    ("出生日期", "1970年1月1日生", "birth_date", date(1970, 1, 1)),
    ("出生日期", "19700101.0", "birth_date", date(1970, 1, 1)),
    ("出生日期", 25569, "birth_date", date(1970, 1, 1)),
    ("出生日期", "25569", "birth_date", date(1970, 1, 1)),
    *(("出生年月", text, "birth_date", date(1970, 1, 1)) for text in ("1970.01", "1970年1月", "197001", "1970-1", 1970.1, "/")),
    *(("性别", text, "sex", "male") for text in ("M", "m", "男性", "1", 1, "1.0", "男 ", "１", "/")),
    ("联系电话", "13000000000.0", "phone", "13000000000"),
    ("联系电话", 13000000000.0, "phone", "13000000000"),
    ("联系电话", "13000000000/13100000000", "phone", "13000000000"),
    ("联系电话", "13000000000、13100000000", "phone", "13000000000"),
    ("联系电话", "13000000000 13100000000", "phone", "13000000000"),
    ("联系电话", "13000000000\n02358000000", "phone", "13000000000"),
    ("联系电话", "13000000000（儿子）", "phone", "13000000000"),
    ("联系电话", "86-130 0000 0000", "phone", "13000000000"),
    ("联系电话", "\u202d13000000000\u202c", "phone", "13000000000"),
    ("联系电话", '="13000000000"', "phone", "13000000000"),
    ("联系电话", "无电话", "phone", ""),
    ("银行账号", "'6200000000000000001", "bank_account", "6200000000000000001"),
    ("银行账号", "无", "bank_account", ""),
    ("身份证号", f"'{GOOD[1]}", "id_number", GOOD[1]),
    ("身份证号", f'="{GOOD[1]}"', "id_number", GOOD[1]),
    ("身份证号", f"{GOOD[1]}\t", "id_number", GOOD[1]),
    ("身份证号", f"\u202a{GOOD[1]}\u202c", "id_number", GOOD[1]),
    ("身份证号", "500101-19700101-0019", "id_number", GOOD[1]),
    ("身份证号", "\u2003500101 1970 0101 0019\u00a0", "id_number", GOOD[1]),
    ("身份证号", X[:17] + "Х", "id_number", X),  # Cyrillic
    ("身份证号", X[:17] + "×", "id_number", X),
    ("身份证号", X[:17] + "ｘ", "id_number", X),
    ("姓名", "MOU, JOHN", "name", "MOU, JOHN"),
    ("姓名", "MOU，JOHN", "name", "MOU, JOHN"),
    ("姓名", "José Nuñez", "name", "José Nuñez"),
    ("姓名", "Jose\u0301 Nuñez", "name", "José Nuñez"),
    ("姓名", "Nguyễn Thị", "name", "Nguyễn Thị"),
    ("姓名", "John O’Neil", "name", "John O'Neil"),
    *(("姓名", f"阿某{dot}买买提", "name", "阿某·买买提") for dot in "·•．.・●‧"),
    ("村", "铺垭村3组", "group", "3组"),
    ("村", "铺垭村三组", "group", "三组"),
    ("村", "大周镇铺垭村第3村民小组", "group", "3村民小组"),
    ("村", "铺垭村委会/12社", "group", "12社"),
    ("村", "铺垭村三组", "village_name", "铺垭村"),
    ("村", "铺垭村（3组）", "group", "3组"),
    ("村", "重庆市万州区大周镇铺垭村", "village_name", "铺垭村"),
    *(("联系电话", text, "phone", "") for text in ("nan", "None", "NULL")),
]  # fmt: skip


@pytest.mark.parametrize(("title", "cell", "field", "expected"), READ, ids=range(len(READ)))
def test_a_cell_is_read_as_what_it_means(title: str, cell: Any, field: str, expected: Any) -> None:
    row = one({title: cell})
    assert row.problems == ()
    assert getattr(row.values, field) == expected


TOLD = [
    ("出生年月", "1970.02", "birth_date", "birth_date_mismatch", "不一致"),
    ("出生年月", "197013", "birth_date", "birth_date_invalid", "1980-01-31"),
    ("出生日期", 25570, "birth_date", "birth_date_mismatch", "不一致"),
    ("身份证号", "EA1234567", "id_number", "id_invalid", "护照"),
    ("身份证号", "H1234567890", "id_number", "id_invalid", "港澳台居民居住证"),
    ("身份证号", "无", "id_number", "id_invalid", "居民身份证"),
    ("身份证号", f"{GOOD[1]}.0", "id_number", "stored_as_number", "文本"),
    ("身份证号", "5.00101197001010E+17", "id_number", "stored_as_number", "文本"),
    ("银行账号", "6200000000000000000.0", "bank_account", "stored_as_number", "文本"),
    ("联系电话", "13000000000/1310000000", "phone", "phone_invalid", "11 位"),
    ("与户主关系", "干亲", "relation", "relation_unknown", "留空"),
    ("联系电话", "1.3E+10", "phone", "stored_as_number", "文本"),
    ("姓名", GOOD[1], "name", "name_characters", "填反"),
    ("姓名", "李某,A某", "name", "name_characters", "汉字或字母"),
    ("村", "铺垭村三组12号", "village", "village_unknown", "全称"),
    ("村", "不存在村3组", "village", "village_unknown", "全称"),
]


@pytest.mark.parametrize(("title", "cell", "column", "kind", "word"), TOLD, ids=range(len(TOLD)))
def test_what_is_wrong_is_told_with_how_to_mend_it(title: str, cell: Any, column: str, kind: str, word: str) -> None:
    row = one({title: cell})
    assert kinds(row) == [(column, kind)]
    assert word in row.problems[0].message + row.problems[0].mend


@pytest.mark.parametrize("title", ["姓名", "村", "乡镇", "与户主关系", "性别"])
def test_a_number_in_a_wrong_column_is_told_masked(title: str) -> None:
    """What is wrong is kept and shown in plain text, so nobody's number may stand in it."""
    row = one({title: GOOD[1]})
    assert row.state == "invalid"
    others = row.values._replace(id_number="")
    assert GOOD[1][4:14] not in f"{row.problems}{others}"


def test_a_formula_without_a_result_is_told_once() -> None:
    book = sheet_of(HEADER, GOOD)
    book.active["B2"] = '="500101"&"197001010019"'
    (row,) = checked(saved(book))
    assert kinds(row) == [("id_number", "formula")]


def test_the_group_of_its_own_column_goes_before_that_of_the_village() -> None:
    assert one({"村": "铺垭村三组", "组": "4组"}).values.group == "4组"


RELATIONS = {
    "之妻": "妻", "户主之子": "子", "户主的女儿": "女", "之孙": "孙子", "孙儿": "孙子", "长媳": "儿媳", "次媳": "儿媳", "媳": "儿媳",
    "外孙": "外孙子", "户主本人": "本人", "户主（本人）": "户主", "本人/户主": "户主", "配偶（妻）": "配偶", "1-本人": "本人",
    "02户主": "户主", "大孙子": "孙子", "长孙女": "孙女", "二儿媳": "儿媳", "大女婿": "女婿", "三弟": "弟", "夫/妻": "配偶",
    "父或母": "父母", "重孙": "曾孙子或外曾孙子", "侄媳": "其他亲属", "家庭成员": "其他", "老伴": "配偶", "幺女": "其他女儿",
}  # fmt: skip


@pytest.mark.parametrize(("word", "meant"), RELATIONS.items())
def test_relations_as_people_say_them(word: str, meant: str) -> None:
    assert one({"与户主关系": word}).values.relation == relation_code(meant)


@pytest.mark.parametrize("word", ["子女", "儿女", "户主子女", "子/女", "子或女"])
def test_a_child_is_a_son_or_a_daughter_by_the_number(word: str) -> None:
    rows = checked(
        book_of((*HEADER, "与户主关系"), (*GOOD, word), (SECOND[0], "500101197202020029", *SECOND[2:], word))
    )
    assert [(row.state, relation_name(row.values.relation)) for row in rows] == [("valid", "子"), ("valid", "女")]


@pytest.mark.parametrize("word", ["干亲", "小妾", "长", "的", "非户主", "1", "子/妻", "()"])
def test_a_word_that_says_no_relation_is_not_guessed(word: str) -> None:
    assert relation_code(word, "male") is None


def sheet_of(*rows: tuple[Any, ...]) -> Workbook:
    return filled_book(*rows)


def test_formulas_for_sex_and_birth_date_are_left_to_the_number_itself() -> None:
    """As everybody writes them, dragged down below the people; an outdated or missing result says nothing."""
    book = sheet_of(("序号", *HEADER, "性别", "出生日期"), (1, *GOOD, "女", "1971-01-01"), (2, *SECOND), (3,), (4,))
    for row in range(2, 6):
        book.active[f"F{row}"] = f'=IF(MOD(MID(C{row},17,1),2)=1,"男","女")'
        book.active[f"G{row}"] = f'=TEXT(MID(C{row},7,8),"0000-00-00")'
    rows = checked(saved(book))
    assert [(row.row_no, row.state, row.values.sex) for row in rows] == [(2, "valid", "male"), (3, "valid", "female")]


def test_a_row_with_nothing_but_what_was_filled_in_beforehand_is_no_person() -> None:
    header = ("序号", "姓名", "证件类型", "身份证号", "乡镇", "村", "组", "备注")
    empty = (2, "", "居民身份证", " ", "大周镇", "铺垭村", "3组")
    rows = checked(
        book_of(header, (1, "周某英", "居民身份证", GOOD[1], "大周镇", "铺垭村", "3组"), empty, (*empty, "外出"))
    )
    assert [(row.row_no, row.state) for row in rows] == [(2, "valid"), (4, "invalid")]


def test_a_row_of_nothing_but_errors_is_no_person() -> None:
    """A formula for the name, dragged down below the people."""
    cells = "".join(f'<c r="{column}3" t="e"><f>VLOOKUP(A1,F:G,2,0)</f><v>#N/A</v></c>' for column in "AB")
    data = raw_book(f'<sheetData>{text_row(1, *HEADER)}{text_row(2, *GOOD)}<row r="3">{cells}</row></sheetData>')
    assert [row.row_no for row in checked(data)] == [2]


MEMBERS = ("户号", "户主身份证号", "姓名", "与户主关系", "身份证号", "乡镇", "村", "组", "联系电话")


def family() -> list[tuple[Any, ...]]:
    place = ("大周镇", "铺垭村", "3组", "13000000000")
    return [
        ("0001", id_number(1), "周某甲", "户主", id_number(1), *place),
        ("", "", "周某乙", "之妻", id_number(2)),
        ("", "", "周某丙", "长子", id_number(3)),
        ("0002", id_number(4), "李某甲", "户主", id_number(4), *place),
        ("", "", "李某乙", "之子", id_number(5)),
    ]


def households(data: bytes) -> list[tuple[str, str, str, str]]:
    rows = checked(data)
    assert [row.problems for row in rows if row.problems] == []
    return [(row.values.household_no, row.values.head_id_number, row.values.group, row.values.phone) for row in rows]


FIRST = ("0001", id_number(1), "3组", "13000000000")
LAST = ("0002", id_number(4), "3组", "13000000000")


def test_cells_merged_down_over_a_household_hold_for_all_of_it() -> None:
    book = sheet_of(("名册",), MEMBERS, *family())
    for column in "ABFGHI":
        book.active.merge_cells(f"{column}3:{column}5")
        book.active.merge_cells(f"{column}6:{column}7")
    book.active.row_breaks.append(Break(id=4))
    assert households(saved(book)) == [FIRST] * 3 + [LAST] * 2


def test_merged_cells_make_no_people_of_blank_rows_and_name_nobody() -> None:
    """A merged name is not everybody's, and a merged village below the last person is nobody's."""
    book = sheet_of(("姓名", "身份证号", "乡镇", "村"), GOOD, ("", id_number(9)), ("", ""))
    for area in ("A2:A4", "C2:C4", "D2:D4"):
        book.active.merge_cells(area)
    rows = checked(saved(book))
    assert [(row.row_no, row.state, kinds(row)) for row in rows] == [
        (2, "valid", []),
        (3, "invalid", [("name", "missing")]),
    ]


@pytest.mark.parametrize("mark", ["〃", "同上", '"', " ″ ", "“"])
def test_ditto_marks_stand_for_what_is_above(mark: str) -> None:
    people = [row if len(row) == len(MEMBERS) else (mark, mark, *row[2:], *[mark] * 4) for row in family()]
    assert households(book_of(MEMBERS, *people)) == [FIRST] * 3 + [LAST] * 2
    lines = "\n".join("\t".join(map(str, row)) for row in (MEMBERS, *people))
    if mark != '"':  # a quote of the CSV itself
        assert len(checked(lines.encode(), name="名册.csv")) == 5


def test_a_ditto_mark_with_nothing_above_is_nothing() -> None:
    (row,) = checked(book_of((*HEADER, "家庭住址"), (*GOOD, "同上")))
    assert (row.state, row.values.address) == ("valid", "")


def test_a_household_that_is_stated_once_goes_on_over_its_members() -> None:
    people = [row if len(row) == len(MEMBERS) else (*row, "大周镇", "铺垭村") for row in family()]
    found = checked(book_of(MEMBERS, *people))
    assert [row.values.household_no for row in found] == ["0001"] * 3 + ["0002"] * 2
    assert [row.values.head_id_number for row in found] == [id_number(1)] * 3 + [id_number(4)] * 2


def test_nobody_is_put_into_a_household_that_the_sheet_does_not_state() -> None:
    header = (*HEADER, "户主身份证号", "与户主关系")
    rows = [
        ("周某甲", id_number(1), *GOOD[2:], "", "户主"),
        ("周某乙", id_number(2), *GOOD[2:], "", "妻"),
        ("周某丙", id_number(3), *GOOD[2:], id_number(3), ""),
        ("周某丁", id_number(4), *GOOD[2:], "", ""),
        ("周某戊", id_number(5), *GOOD[2:], "", "子"),
        ("周某己", id_number(6), *GOOD[2:], "500101197001010010", "户主"),
        ("周某庚", id_number(7), *GOOD[2:], "", "子"),
    ]
    found = checked(book_of(header, *rows))
    assert [row.values.head_id_number for row in found] == [id_number(1), "", id_number(3), "", "", "", ""]


def test_a_sheet_that_states_households_for_members_leaves_blanks_as_they_are() -> None:
    header = (*HEADER, "户号", "与户主关系")
    stated = [("1", "户主"), ("1", "妻"), ("2", "户主"), ("", "子")]
    rows = [("周某", id_number(n), *GOOD[2:], *household) for n, household in enumerate(stated, start=1)]
    assert [row.values.household_no for row in checked(book_of(header, *rows))] == ["1", "1", "2", ""]


def test_a_household_ends_with_its_village_and_its_group() -> None:
    """Whoever comes first there without a number of their own belongs to no household of the place above."""
    header = (*HEADER, "组", "户号", "户主身份证号", "与户主关系")
    place, next_place = ("大周镇", "铺垭村"), ("大周镇", "五土村")
    rows = [
        ("周某甲", id_number(1), *place, "1组", "1", id_number(1), "户主"),
        ("周某乙", id_number(2), *place, "", "", "", "妻"),
        ("周某丙", id_number(3), *place, "2组", "", "", "妻"),
        ("周某丁", id_number(4), *place, "2组", "", "", "子"),
        ("李某甲", id_number(5), *place, "2组", "1", id_number(5), "户主"),
        ("李某乙", id_number(6), *place, "2组", "", "", "子"),
        ("李某丙", id_number(7), *next_place, "", "", "", "子"),
    ]
    found = [row.values for row in checked(book_of(header, *rows))]
    assert [one.household_no for one in found] == ["1", "1", "", "", "1", "1", ""]
    assert [one.head_id_number for one in found] == [id_number(1)] * 2 + ["", ""] + [id_number(5)] * 2 + [""]


def test_both_lanes_read_households_groups_and_dittos_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    header = (*MEMBERS, "性别", "出生日期")
    people = [(*row, *["同上"] * (len(MEMBERS) - len(row)), "1", "") for row in family()]
    people += [
        (*people[0][:2], "某某", "子女", id_number(n), "大周镇", "铺垭村三组", "", "", "", "1980.01") for n in (8, 9)
    ]
    data = book_of(header, *people)
    fast = checked(data)
    plain = checking.Lane.read
    monkeypatch.setattr(checking.Lane, "read", lambda lane, rows: (plain(lane, rows)[0], set(range(len(rows)))))
    assert fast == checked(data)
    assert [row.values.group for row in fast][-2:] == ["三组", "三组"]


@pytest.mark.parametrize(
    "cells",
    [
        ["合 计"], ["总 计：", "30人"], ["合计人数"], ["人数合计：30"], ["共 8 户 30 人"], ["共计：8户30人"], ["小　计"],
        ["铺垭村合计", "30"], ["3组小计"], ["以上合计30人"], ["总人数：30人"], ["户数：8户", "人数：30人"], ["合计（人）", "30"],
        ["（以下空白）"], ["第2页，共5页"], ["年  月  日"], ["备注：1.身份证号要核对"], ["村支书：某某", "村主任：某某"],
        ["大周镇人民政府（盖章）", "2021年3月1日"], ["大周镇铺垭村参保花名册（续）"], ["1", "2", "3", "4"], ["甲", "乙", "1", "2", "3"],
        ["（与户口簿一致）", "（18位）", "（全称）"], ["人民币大写：壹佰元整"],
    ],
)  # fmt: skip
def test_totals_and_signatures_of_other_spellings_are_no_people(cells: list[str]) -> None:
    assert is_closing_row([*cells], None)


@pytest.mark.parametrize(
    "cells",
    [
        ["共某某", "铺垭村"],
        ["计某"],
        ["某某", "30"],
        ["总某", "户主"],
        ["某某村民", "1"],
        ["1", "3"],
        ["（某某）", "1"],
    ],
)
def test_people_whose_names_look_like_totals_are_people(cells: list[str]) -> None:
    assert not is_closing_row([*cells], None)


def test_whoever_lacks_a_number_is_told_of_though_the_size_of_the_household_is_noted() -> None:
    header = (*HEADER, "备注")
    rows = [("周某英", "", *GOOD[2:], "共3人"), ("李某兰", "5001", *GOOD[2:], "共 3 人"), ("合计", "", "", "", "共2人")]
    report = CheckReport()
    found = checked(book_of(header, *rows), report=report)
    assert [(row.row_no, row.state) for row in found] == [(2, "invalid"), (3, "invalid")]
    assert report.closing_rows == [("名册", 4)]


@pytest.mark.parametrize("mark", ["同上", "〃"])
def test_nobody_is_named_by_a_ditto_mark(mark: str) -> None:
    first, second = checked(book_of(HEADER, GOOD, (mark, id_number(1), *GOOD[2:])))
    assert (first.state, kinds(second)) == ("valid", [("name", "missing")])


LONGEST_CELL = 32_767


@pytest.mark.parametrize(
    ("title", "cell", "told"),
    [
        ("与户主关系", "之" * LONGEST_CELL, ["relation_unknown"]),
        ("与户主关系", "户主之" * (LONGEST_CELL // 3), ["relation_unknown"]),
        ("出生日期", f"1{' ' * (LONGEST_CELL - 2)}1", ["birth_date_invalid"]),
        ("出生日期", "T" * LONGEST_CELL, ["birth_date_invalid"]),
        ("序号", f"{'共计' * (LONGEST_CELL // 2)}X", []),
    ],
)
def test_the_longest_cell_is_told_at_once(title: str, cell: str, told: list[str]) -> None:
    """Tried whole, each of these took seconds, or more calls than Python makes."""
    row = dict(zip(HEADER, GOOD, strict=True)) | {"身份证号": "5001", title: cell}
    started = time.process_time()
    (found,) = checked(book_of(tuple(row), tuple(row.values())))
    assert time.process_time() - started < 1.0
    assert kinds(found) == [("id_number", "id_invalid"), *kinds_of(title, told)]


def kinds_of(title: str, told: list[str]) -> list[tuple[str, str]]:
    return [({"与户主关系": "relation", "出生日期": "birth_date"}[title], kind) for kind in told]


def test_strikethrough_rich_text_and_hidden_sheets() -> None:
    """A struck-out row is a row; a hidden sheet is told, not read; two fonts in one name are one name."""
    book = sheet_of(HEADER, GOOD, SECOND)
    for cell in book.active[3]:
        cell.font = Font(strike=True)
    book.active["A2"] = CellRichText("周某", TextBlock(InlineFont(b=True), "英"))
    book.create_sheet("旧名册").append(HEADER)
    book["旧名册"].sheet_state = "hidden"
    report = CheckReport()
    rows = checked(saved(book), report=report)
    assert [(row.values.name, row.state) for row in rows] == [("周某英", "valid"), (SECOND[0], "valid")]
    assert report.hidden_sheets == ["旧名册"]


def test_a_text_without_known_delimiters_is_told_of_them() -> None:
    with pytest.raises(RosterRefused, match="逗号、分号或制表符"):
        checked("\n".join("|".join(line) for line in CSV_LINES).encode(), name="名册.csv")


CSV_LINES = (HEADER, GOOD, SECOND)


@pytest.mark.parametrize("mark", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
def test_texts_of_any_usual_encoding_and_delimiter(mark: str, encoding: str) -> None:
    text = "\r\n".join(("大周镇参保名册", *(mark.join(line) for line in CSV_LINES)))
    if encoding == "utf-16-be":
        text = "\ufeff" + text
    assert [row.state for row in checked(text.encode(encoding), name="名册.csv")] == ["valid", "valid"]
