"""Headers as others lay them out: over several rows, with remarks in brackets, printed on every page."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from enrollment.roster.checking import CheckReport
from enrollment.roster.error_book import write_error_book
from enrollment.roster.headers import Across, Header, find_header
from enrollment.roster.precheck import look_over
from enrollment.roster.refusal import RosterRefused
from tests.roster.books import GOOD, SECOND, checked, saved
from tests.roster.county import township, wanzhou

DAZHOU = township(wanzhou(), "大周镇")


def header_of(*rows: tuple[str | None, ...], township_needed: bool = False, across: Across | None = None) -> Header:
    numbered = list(enumerate(map(list, rows), start=1))
    header = find_header("名册", numbered, township_needed=township_needed, across=across)
    assert header is not None
    return header


TITLE = ("大周镇铺垭村2021年小额意外保险参保花名册", "", "", "", "", "", "")


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (("序号", "户主", "", "被保险人", "", "", "村"), ("", "姓名", "身份证号码", "姓名", "性别", "身份证号", "")),
        (
            ("序号", "户主信息", "", "参保人员信息", "", "", "村"),
            ("", "姓名", "身份证号", "姓名", "性别", "身份证号码", ""),
        ),
        (
            ("序号", "户主基本情况", "", "家庭成员", "", "", "行政村"),
            ("", "姓名", "证件号码", "姓名", "性别", "证件号码", ""),
        ),
        (("序号", "户主", "", "基本信息", "", "", ""), ("", "姓名", "身份证号", "姓名", "性别", "身份证号", "村")),
    ],
)
def test_a_header_in_two_rows_is_read_as_one(upper, lower):
    header = header_of(TITLE, upper, lower)
    assert header.row_no == 3
    assert header.positions == {
        "head_name": 1, "head_id_number": 2, "name": 3, "sex": 4, "id_number": 5, "village": 6
    }  # fmt: skip
    assert header.unknown == ()


def test_a_header_in_three_rows_is_read_as_one():
    header = header_of(
        TITLE,
        ("序号", "村", "参保人员信息", "", "", "", "备注"),
        ("", "", "户主信息", "", "个人信息", "", ""),
        ("", "", "姓名", "身份证号", "姓名", "身份证号", ""),
    )
    assert header.positions == {
        "village": 1, "head_name": 2, "head_id_number": 3, "name": 4, "id_number": 5, "remark": 6
    }  # fmt: skip


def test_groups_within_groups_keep_whose_columns_they_are():
    header = header_of(
        ("序号", "村", "参保人员", "", "", "", "户主", ""),
        ("", "", "基本信息", "", "联系方式", "", "身份信息", ""),
        ("", "", "姓名", "身份证号", "电话", "住址", "姓名", "身份证号"),
    )
    assert header.positions == {
        "village": 1, "name": 2, "id_number": 3, "phone": 4, "address": 5, "head_name": 6, "head_id_number": 7
    }  # fmt: skip


def test_what_is_said_of_another_is_not_taken_for_the_persons_own():
    header = header_of(
        ("被保险人", "", "", "户主", "", "受益人", "", "村"),
        ("姓名", "身份证号", "性别", "姓名", "性别", "姓名", "身份证号", ""),
    )
    assert header.positions == {"name": 0, "id_number": 1, "sex": 2, "head_name": 3, "village": 7}
    assert header.unknown == ("户主性别", "受益人姓名", "受益人身份证号")


PUPILS = ("学生", "监护人"), ("学生信息", "监护人（家长）信息"), ("学生", "学生家长"), ("被保险人", "投保人")


@pytest.mark.parametrize(("own", "other"), PUPILS)
@pytest.mark.parametrize("own_at", [1, 4])
def test_of_two_groups_the_insureds_columns_are_taken(own: str, other: str, own_at: int) -> None:
    """Both have a name and a number, and the other has a column that the insured has not."""
    upper, lower = ["序号", *[""] * 6, "村"], [""] * 8
    for at, group, columns in (
        (own_at, own, ("姓名", "身份证号", "性别")),
        (5 - own_at, other, ("姓名", "身份证号码", "出生日期")),
    ):
        upper[at], lower[at : at + 3] = group, columns
    header = header_of(TITLE, tuple(upper), tuple(lower))
    assert header.positions == {"name": own_at, "id_number": own_at + 1, "sex": own_at + 2, "village": 7}
    assert [title[-2:] for title in header.unknown] == ["姓名", "号码", "日期"]


def test_a_sheet_of_guardians_is_refused_rather_than_passed_over() -> None:
    with pytest.raises(RosterRefused, match="没有参保人本人的"):
        header_of(("监护人信息", "", "", ""), ("姓名", "身份证号", "电话", "村"))


SOME = ("序号", "姓名", "身份证号", "电话", "姓名", "身份证号", "电话", "村", "组")
TAKEN = {"name": 1, "id_number": 2, "phone": 3, "village": 7, "group": 8}


@pytest.mark.parametrize(
    ("upper", "ends"),
    [
        (("", "学生", "", "", "监护人", "", "", "", ""), {1: 3, 4: 6}),
        (("", "", "", "", "监护人", "", "", "", ""), {4: 6}),
        (("", "被保险人", "", "", "投保人", "", "", "", ""), {}),
        (("", "", "", "", "法定监护人", "", "", "", ""), {}),
        (("", "学生", "", "", "监护人", "", "", "", ""), {1: 3}),
    ],
    ids=["both merged", "the guardian's alone", "not merged", "one, not merged", "one merged"],
)
def test_a_row_of_groups_above_some_columns_alone(upper: tuple[str, ...], ends: dict[int, int]) -> None:
    header = header_of(TITLE, upper, SOME, across={2: ends})
    assert header.positions == TAKEN
    assert header.unknown == tuple(f"{upper[4]}{title}" for title in ("姓名", "身份证号", "电话"))


def test_where_a_merged_group_ends_the_plain_columns_begin() -> None:
    """The head's stand under a group, the people's own under none."""
    upper, lower = ("户主", "", "", "", "", ""), ("姓名", "身份证号", "姓名", "身份证号", "与户主关系", "村")
    positions = {"head_name": 0, "head_id_number": 1, "name": 2, "id_number": 3, "relation": 4, "village": 5}
    assert header_of(upper, lower, across={1: {0: 1}}).positions == positions


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (("", "", "", "监护人", ""), ("姓名", "性别", "村", "身份证号", "电话")),
        (("学生", "", "监护人", "", ""), ("姓名", "性别", "身份证号", "电话", "村")),
        (("被保险人", "", "投保人", "村", ""), ("姓名", "性别", "身份证号", "", "备注")),
        (("", "", "户主", "", "村"), ("姓名", "性别", "身份证号", "电话", "")),
        (("", "", "家长", ""), ("姓名", "村", "身份证号", "电话")),
    ],
)
def test_a_number_that_is_somebody_elses_is_never_taken_for_the_insureds(upper, lower) -> None:
    with pytest.raises(RosterRefused, match="缺少「身份证号」"):
        header_of(TITLE, upper, lower)


def test_a_telephone_that_is_a_guardians_is_named_as_not_used() -> None:
    header = header_of(("被保险人", "", "监护人", ""), ("姓名", "身份证号", "电话", "村"))
    assert (header.positions, header.unknown) == ({"name": 0, "id_number": 1, "village": 3}, ("监护人电话",))


def test_of_two_villages_behind_a_guardian_none_is_guessed() -> None:
    upper, lower = ("学生", "", "监护人", "", ""), ("姓名", "身份证号", "姓名", "村", "村")
    with pytest.raises(RosterRefused, match="缺少「村」"):
        header_of(upper, lower)
    assert header_of(upper, lower, across={1: {0: 1, 2: 3}}).positions["village"] == 4


@pytest.mark.parametrize(
    "above",
    [
        ("填报单位：", "大周镇", "投保人：", "大周镇人民政府"),
        ("投保人：某镇政府", "", "", "联系人：某"),
        ("户主", "周某英", "身份证号", GOOD[1]),
        ("监护人签字栏", "", "", ""),
        ("填报单位", "大周镇", "联系人", "某"),
    ],
)
def test_a_line_of_a_form_above_the_header_is_no_group(above: tuple[str, ...]) -> None:
    header = header_of(above, ("姓名", "身份证号", "联系电话", "村"))
    assert header.positions == {"name": 0, "id_number": 1, "phone": 2, "village": 3}


def test_columns_may_say_themselves_that_they_are_the_pupils() -> None:
    header = header_of(("学生姓名", "学生身份证号", "监护人姓名", "监护人身份证号", "村"))
    assert header.positions == {"name": 0, "id_number": 1, "village": 4}


@pytest.mark.parametrize(
    "below",
    [
        ("周某英", "500101197001010019", "铺垭村", "户主"),
        ("1", "2", "3", "4"),
        ("（按户口簿）", "（18位）", "（全称）", ""),
        ("", "", "铺垭村", "户主"),
    ],
)
def test_a_row_below_a_whole_header_is_no_part_of_it(below):
    header = header_of(TITLE, ("姓名", "身份证号", "村", "备注"), below)
    assert (header.row_no, dict(header.positions)) == (2, {"name": 0, "id_number": 1, "village": 2, "remark": 3})


def two_rows() -> Workbook:
    """As Excel keeps it: 村 merged down, 户主 and 被保险人 merged across, title and header again on the second page."""
    book = Workbook()
    page = book.active
    page.title = "名册"
    head = [TITLE, ("序号", "户主", None, "被保险人", None, "村"), (None, "姓名", "身份证号", "姓名", "身份证号", None)]
    for row in (*head, (1, GOOD[0], GOOD[1], *GOOD[:2], "铺垭村"), *head, (2, GOOD[0], GOOD[1], "某", "1", "铺垭村")):
        page.append(row)
    for merged in ("A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3"):
        page.merge_cells(merged)
    return book


def test_title_and_both_rows_printed_again_are_no_people():
    report = CheckReport()
    rows = checked(saved(two_rows()), fixed=DAZHOU, report=report)
    assert [(row.row_no, row.state) for row in rows] == [(4, "valid"), (8, "invalid")]
    assert report.repeated_headers == 2
    assert rows[0].values.head_name == GOOD[0]


def test_wrong_rows_come_back_under_titles_that_are_read_again():
    data = saved(two_rows())
    report = CheckReport()
    rows = checked(data, fixed=DAZHOU, report=report)
    wrong = {(row.sheet, row.row_no): row.problems for row in rows if row.problems}
    lines = b"\r\n".join(",".join(map(str, line)).encode() for line in load_values(data))
    looked = look_over(lines, name="名册.csv")
    out = io.BytesIO()
    headers = {"CSV": report.headers["名册"]}
    write_error_book(
        lines, looked, headers=headers, wrong={("CSV", row): found for (_, row), found in wrong.items()}, out=out
    )
    titles = [cell.value for cell in load_workbook(out).active[1]]
    assert titles == [
        "原行号",
        "错误原因",
        "序号",
        "户主姓名",
        "户主身份证号",
        "被保险人姓名",
        "被保险人身份证号",
        "村",
    ]
    again = find_header("CSV", [(1, titles)], township_needed=False)
    assert again is not None
    assert again.unknown == ()  # mended and sent again, nothing of ours is told as unread


def load_values(data: bytes) -> list[list[object]]:
    return [[cell or "" for cell in row] for row in load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("性别（男/女）", "sex"),
        ("出生日期（年-月-日）", "birth_date"),
        ("姓名（户主）", "head_name"),
        ("身份证号码(户主)", "head_id_number"),
        ("联系电话（手机）", "phone"),
        ("家庭住址（村组）", "address"),
        ("与户主关系（配偶、子女等）", "relation"),
        ("组（社）", "group"),
    ],
)
def test_a_remark_in_brackets_does_not_hide_a_column(title, key):
    assert header_of(("姓名", "身份证号", "村", title)).positions[key] == 3


@pytest.mark.parametrize(
    "title", ["姓名（签字）", "姓名（监护人）", "身份证号（受益人）", "身份证号（复印件）", "户主（签字）性别"]
)
def test_a_column_with_a_remark_does_not_stand_against_the_plain_one(title):
    header = header_of(("姓名", "身份证号", "村", title))
    assert (header.positions, header.unknown) == ({"name": 0, "id_number": 1, "village": 2}, (title,))


def test_of_two_telephones_the_first_is_read_and_the_other_told():
    header = header_of(("姓名", "身份证号", "村", "手机号码", "联系电话", "户籍地址", "现住址"))
    assert (header.positions["phone"], header.positions["address"]) == (3, 5)
    assert header.unknown == ("联系电话", "现住址")


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ((), ("户主姓名", "户主电话", "姓名", "身份证号", "村", "本人电话")),
        (("户主信息", "", "参保人", "", "", ""), ("姓名", "联系电话", "姓名", "身份证号", "村", "手机号码")),
    ],
    ids=["one row", "in groups"],
)
def test_a_persons_own_telephone_goes_before_their_heads(upper: tuple[str, ...], lower: tuple[str, ...]) -> None:
    assert header_of(*filter(None, (upper, lower))).positions["phone"] == 5


def test_a_heads_telephone_is_read_where_there_is_no_other() -> None:
    assert header_of(("户主姓名", "户主联系电话", "姓名", "身份证号", "村")).positions["phone"] == 1


def test_a_row_for_a_couple_does_not_enrol_whoever_comes_second() -> None:
    """One row for two people: read by halves, it would insure one of them."""
    upper = ("户主信息", "", "配偶信息", "", "村")
    with pytest.raises(RosterRefused, match="「姓名」出现两次"):
        header_of(upper, ("姓名", "身份证号", "姓名", "身份证号", ""))
    header = header_of(("姓名", "身份证号", "村", "配偶", ""), ("", "", "", "姓名", "身份证号"))
    assert dict(header.positions) == {"name": 0, "id_number": 1, "village": 2}


@pytest.mark.parametrize("title", ["姓名", "村组", "户号"])
def test_two_columns_that_matter_are_one_too_many(title):
    with pytest.raises(RosterRefused, match="出现两次"):
        header_of(("姓名", "身份证号", "村", "户号", title))


def test_hidden_columns_are_read_as_any_other():
    book = Workbook()
    for row in (("姓名", "身份证号", "乡镇", "村"), GOOD, SECOND):
        book.active.append(row)
    book.active.column_dimensions["B"].hidden = True
    assert [row.state for row in checked(saved(book))] == ["valid", "valid"]
