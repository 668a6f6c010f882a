"""Rows are checked all at once: what is wrong, where, and how to mend it."""

from datetime import date

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from calc.id_number import as_18
from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.people import SeenPeople
from enrollment.roster.precheck import look_over
from enrollment.roster.problems import KIND_LABELS, RowProblem, sentence
from enrollment.roster.reading import read_rows
from enrollment.roster.refusal import RosterRefused
from enrollment.roster.regions import RegionIndex, Township, Village, village_key
from tests.roster.books import GOOD, HEADER, SECOND, TODAY, book_of, checked, filled_book, kinds, saved
from tests.roster.county import region_rows, township, wanzhou


def one(values: dict[str, object], **options):
    """The only row of a sheet with the good columns, changed by `values` (title → cell)."""
    row = dict(zip(HEADER, GOOD, strict=True)) | values
    (found,) = checked(book_of(tuple(row), tuple(row.values())), **options)
    return found


def test_a_good_row_under_title_rows_and_merged_cells():
    book = filled_book((), ("万州区参保名册",), ("填表单位：某某镇",), (), ("序号", *HEADER), (1, *GOOD), (2, *SECOND))
    book.active.merge_cells("A2:E2")
    report = CheckReport()
    rows = checked(saved(book), report=report)
    assert [(row.row_no, row.state, row.problems, row.notes) for row in rows] == [
        (6, "valid", (), ()),
        (7, "valid", (), ()),
    ]
    values = rows[0].values
    assert (values.name, values.id_number, values.sex, values.birth_date, values.village_name) == (
        "周某英", "500101197001010019", "male", date(1970, 1, 1), "铺垭村",
    )  # fmt: skip
    assert (values.township_id, values.village_id) == (500101110000, 500101110200)
    assert (report.rows, report.valid, report.headers["名册"].row_no) == (2, 2, 5)


def test_row_numbers_survive_blank_rows_and_numbered_blank_rows():
    rows = checked(book_of((), (), ("序号", *HEADER), (), (1, *GOOD), (2,), (), (3, *SECOND, "  "), (4, " ", "　")))
    assert [row.row_no for row in rows] == [5, 8]


@pytest.mark.parametrize(
    "titles",
    [
        ("被保险人姓名", "公民身份号码", "乡镇、街道名称", "村、居委会名称"),
        ("姓 名*", "身份证\n号码", "乡镇（必填）", "行政村"),
        ("姓名：", "证件号码", "乡镇", "村别"),
    ],
)
def test_other_spellings_of_titles_are_known(titles):
    assert checked(book_of(titles, GOOD))[0].state == "valid"


def test_unknown_columns_are_left_out_and_named():
    report = CheckReport()
    checked(book_of((*HEADER, "参保档次", "序号"), (*GOOD, "甲", "1")), report=report)
    assert report.headers["名册"].unknown == ("参保档次",)


@pytest.mark.parametrize(
    ("titles", "kind", "words"),
    [
        (("A", "B", "C", "D"), "no_header", ("前 20 行里找不到表头", "公民身份号码", "下载本系统模板")),
        (
            ("姓名", "户籍号", "所在镇", "村"),
            "column_missing",
            ("「身份证号」", "「乡镇」", "身份证号码", "第 1 行"),
        ),
        (("姓名", "身份证号", "身份证号码", "村"), "column_twice", ("「身份证号」出现两次", "B 列和 C 列")),
    ],
)
def test_a_header_that_does_not_do_is_told_with_spellings(titles, kind, words):
    with pytest.raises(RosterRefused) as caught:
        checked(book_of(titles, GOOD))
    assert caught.value.refusal.kind == kind
    assert all(word in caught.value.refusal.message for word in words)


def test_a_header_below_row_twenty_is_not_looked_for():
    with pytest.raises(RosterRefused, match="找不到表头"):
        checked(book_of(*[("说明",)] * 20, HEADER, GOOD))


def test_an_empty_sheet_has_no_header():
    with pytest.raises(RosterRefused, match="找不到表头"):
        checked(book_of(()))


def test_pages_without_a_header_are_skipped_and_named_and_titles_repeated_per_page_left_out():
    book = filled_book(HEADER, GOOD, HEADER, SECOND)
    book.create_sheet("填写说明").append(["请逐行填写"])
    report = CheckReport()
    assert [row.row_no for row in checked(saved(book), report=report)] == [2, 4]
    assert (report.skipped_sheets, report.repeated_headers) == (["填写说明"], 1)


PROBLEMS = [
    ({"姓名": ""}, "name", "missing"),
    ({"姓名": "  　"}, "name", "missing"),
    ({"姓名": "周某1"}, "name", "name_characters"),
    ({"姓名": '=HYPERLINK("x")'}, "name", "name_characters"),
    ({"姓名": "周某\u200b英"}, "name", "characters"),
    ({"姓名": "某" * 51}, "name", "too_long"),
    ({"姓名": 12}, "name", "name_characters"),
    ({"身份证号": None}, "id_number", "missing"),
    ({"身份证号": " "}, "id_number", "missing"),
    ({"身份证号": "500101197001010010"}, "id_number", "id_invalid"),
    ({"身份证号": "500101197013010016"}, "id_number", "id_invalid"),
    ({"身份证号": "50010119700101001"}, "id_number", "id_invalid"),
    ({"身份证号": "50010119700101001l"}, "id_number", "id_invalid"),
    ({"身份证号": 500101197001010019}, "id_number", "stored_as_number"),
    ({"身份证号": 610104620927690}, "id_number", "stored_as_number"),
    ({"身份证号": True}, "id_number", "id_invalid"),
    ({"户主身份证号": 500101197001010019}, "head_id_number", "stored_as_number"),
    ({"户主身份证号": "500101197001010010"}, "head_id_number", "id_invalid"),
    ({"银行账号": 6200000000000000001}, "bank_account", "stored_as_number"),
    ({"身份证号": "5.00101E+17"}, "id_number", "stored_as_number"),
    ({"银行账号": "6.2E+18"}, "bank_account", "stored_as_number"),
    ({"银行账号": 123456789012}, "bank_account", "stored_as_number"),
    ({"银行账号": "12345678901"}, "bank_account", "bank_account_invalid"),
    ({"银行账号": "1" * 31}, "bank_account", "bank_account_invalid"),
    ({"银行账号": "62000000000000000号"}, "bank_account", "bank_account_invalid"),
    ({"联系电话": "1000000000"}, "phone", "phone_invalid"),
    ({"联系电话": "不记得"}, "phone", "phone_invalid"),
    ({"与户主关系": "干亲"}, "relation", "relation_unknown"),
    ({"性别": "未知"}, "sex", "sex_invalid"),
    ({"性别": "女"}, "sex", "sex_mismatch"),
    ({"出生日期": "1970-01-02"}, "birth_date", "birth_date_mismatch"),
    ({"出生日期": "1970-02-30"}, "birth_date", "birth_date_invalid"),
    ({"出生日期": 25570}, "birth_date", "birth_date_mismatch"),
    ({"出生日期": 1970}, "birth_date", "birth_date_invalid"),
    ({"乡镇": ""}, "township", "missing"),
    ({"乡镇": "不存在镇"}, "township", "township_unknown"),
    ({"乡镇": "大周"}, "township", "township_unknown"),
    ({"乡镇": "龙驹镇"}, "township", "township_out_of_scope"),
    ({"乡镇": "高笋塘街道"}, "township", "township_not_taking_part"),
    ({"村": None}, "village", "missing"),
    ({"村": "五土"}, "village", "village_unknown"),
    ({"村": "小周村"}, "village", "village_unknown"),
    ({"备注": "某" * 501}, "remark", "too_long"),
    ({"家庭住址": "大周镇\u202e1号"}, "address", "characters"),
]


@pytest.mark.parametrize(("values", "column", "kind"), PROBLEMS, ids=[f"{n}-{p[2]}" for n, p in enumerate(PROBLEMS)])
def test_each_kind_of_wrong_cell(values, column, kind):
    row = one(values, regions=wanzhou(not_own=("龙驹镇",), idle=("高笋塘街道",)))
    assert (row.row_no, row.state, kinds(row)) == (2, "invalid", [(column, kind)])
    assert row.problems[0].message
    assert row.problems[0].mend
    assert kind in KIND_LABELS


ACCEPTED = [
    ({"姓名": "买买提·某"}, "name", "买买提·某"),
    ({"姓名": "买买提•某"}, "name", "买买提·某"),
    ({"姓名": "周　某英 "}, "name", "周某英"),
    ({"姓名": "谭某䶮"}, "name", "谭某䶮"),
    ({"姓名": "覃某𬱖"}, "name", "覃某𬱖"),
    ({"姓名": "John Mou"}, "name", "John Mou"),
    ({"身份证号": "５００１０１１９７００１０１００１９"}, "id_number", "500101197001010019"),
    ({"身份证号": " 500101 19700101 0019 "}, "id_number", "500101197001010019"),
    ({"身份证号": "11010519491231002x"}, "id_number", "11010519491231002X"),
    ({"身份证号": "512221197001010013"}, "id_number", "512221197001010013"),
    ({"身份证号": "610104620927690"}, "id_number", "610104620927690"),
    ({"身份证号": "830000199201300022"}, "id_number", "830000199201300022"),
    ({"身份证号": "911124198108030024"}, "id_number", "911124198108030024"),
    ({"银行账号": "6200 0000 0000 0000 001"}, "bank_account", "6200000000000000001"),
    ({"银行账号": "６２００００００００００００００００１"}, "bank_account", "6200000000000000001"),
    ({"联系电话": 10000000001}, "phone", "10000000001"),
    ({"联系电话": "023-5812 0000"}, "phone", "02358120000"),
    ({"与户主关系": "户主"}, "relation", "02"),
    ({"与户主关系": "本人"}, "relation", "01"),
    ({"与户主关系": "妻子"}, "relation", "12"),
    ({"与户主关系": " 长 女"}, "relation", "32"),
    ({"户号": 318}, "household_no", "318"),
    ({"户号": "0318"}, "household_no", "0318"),
    ({"组": "３组"}, "group", "3组"),
    ({"备注": "=1+1"}, "remark", "=1+1"),
    ({"备注": "@SUM(A1)"}, "remark", "@SUM(A1)"),
    ({"出生日期": date(1970, 1, 1)}, "birth_date", date(1970, 1, 1)),
    ({"出生日期": "1970年1月1日"}, "birth_date", date(1970, 1, 1)),
    ({"出生日期": 19700101}, "birth_date", date(1970, 1, 1)),
    ({"村": "铺垭村委会"}, "village_id", 500101110200),
    ({"村": "铺垭村村委会"}, "village_id", 500101110200),
    ({"村": "铺垭村村民委员会"}, "village_id", 500101110200),
    ({"村": "大周镇铺垭村"}, "village_id", 500101110200),
    ({"村": "常家坪社区居委会"}, "village_id", 500101110001),
    ({"村": "常家坪社区"}, "village_id", 500101110001),
    ({"乡镇": "万州区大周镇"}, "township_id", 500101110000),
]


@pytest.mark.parametrize(("values", "field", "expected"), ACCEPTED, ids=range(len(ACCEPTED)))
def test_what_people_write_is_folded_and_taken(values, field, expected):
    row = one(values)
    assert row.problems == ()
    assert getattr(row.values, field) == expected


def test_folding_is_told():
    row = one({"身份证号": "５００１０１１９７００１０１００１９", "姓名": "周 某英"})
    assert {note.column for note in row.notes} == {"id_number", "name"}


def test_all_mistakes_of_a_row_at_once_and_found_values_masked():
    row = one(
        {
            "姓名": "",
            "身份证号": "500101197001010010",
            "村": "五土",
            "银行账号": 6200000000000000,
            "联系电话": "1",
        }
    )
    assert {kind for _, kind in kinds(row)} == {
        "missing", "id_invalid", "village_unknown", "stored_as_number", "phone_invalid",
    }  # fmt: skip
    found = {problem.column: problem.found for problem in row.problems}
    assert found["id_number"] == "5001************10"
    assert "6200" not in found["bank_account"]
    assert "1970" not in " ".join(problem.message for problem in row.problems)


def test_an_unknown_village_offers_near_names_of_its_township_alone():
    (problem,) = one({"村": "五士村"}).problems
    assert problem.message == "大周镇没有叫“五士村”的村（社区）"
    assert "“五土村”" in problem.mend


def test_somebody_elses_township_is_told_nothing_of():
    """Whether its village exists makes no difference, and it is never offered as a near name."""
    regions = wanzhou(not_own=("龙驹镇",))
    rows = [one({"乡镇": "龙驹镇", "村": village}, regions=regions) for village in ("龙溪社区", "不存在村")]
    assert rows[0].problems == rows[1].problems
    assert rows[0].problems[0].message == "该乡镇不在您的辖区"
    (near,) = one({"乡镇": "龙驹"}, regions=regions).problems
    assert "龙驹镇" not in near.mend
    assert one({"乡镇": "龙驹镇"}, regions=regions).values.township_id is None


def test_an_upload_for_one_township_needs_no_column_and_takes_no_other():
    fixed = township(wanzhou(), "大周镇")
    (row,) = checked(book_of(("姓名", "身份证号", "村"), (GOOD[0], GOOD[1], GOOD[3])), fixed=fixed)
    assert (row.state, row.values.township_name) == ("valid", "大周镇")
    assert kinds(one({"乡镇": "小周镇"}, fixed=fixed)) == [("township", "township_mismatch")]


def test_the_same_person_twice_names_both_rows_and_keeps_the_first():
    data = book_of(HEADER, GOOD, SECOND, GOOD, ("王某明", *GOOD[1:]))
    first, _, again, renamed = checked(data)
    assert first.state == "valid"
    assert again.state == "duplicate"
    assert again.problems == (
        RowProblem("id_number", "duplicate", "5001************19", "与第 2 行是同一人", "请删去其中一行"),
    )
    assert renamed.state == "invalid"
    assert renamed.problems[0].message == "与第 2 行身份证号相同，姓名不同"


def test_an_old_number_is_the_same_person_as_its_new_form():
    old = "610104620927690"
    rows = checked(book_of(HEADER, ("周某英", old, *GOOD[2:]), ("周某英", as_18(old), *GOOD[2:])))
    assert [row.state for row in rows] == ["valid", "duplicate"]


def test_duplicates_are_found_across_sheets_and_files():
    book = filled_book(HEADER, GOOD, sheet="一村")
    page: Worksheet = book.create_sheet("二村")
    for row in (HEADER, SECOND, GOOD):
        page.append(row)
    seen = SeenPeople()
    data = saved(book)
    looked = look_over(data)
    options = {"facts": looked, "regions": wanzhou(), "today": TODAY, "seen": seen}
    rows = list(check_rows(read_rows(data, looked), file="甲.xlsx", **options))
    assert rows[-1].problems[0].message == "与「甲.xlsx」「一村」第 2 行是同一人"
    others = list(check_rows(read_rows(data, looked), file="乙.xlsx", **options))
    assert [row.state for row in others] == ["duplicate"] * 3


def test_hidden_rows_and_formulas_are_errors_of_their_rows():
    book = filled_book(("序号", *HEADER), (1, *GOOD), (2, *SECOND), (3, "王某明", "500101197303030017", *GOOD[2:]))
    page = book.active
    page["A3"] = "=ROW()-1"
    page["E3"] = '=CONCATENATE("五土","村")'
    page.row_dimensions[2].hidden = True
    rows = {row.row_no: row for row in checked(saved(book))}
    assert kinds(rows[2]) == [("", "hidden_row")]
    assert ("village", "formula") in kinds(rows[3])
    assert sentence(2, "", rows[2].problems[0]) == "第 2 行是隐藏的行，请取消隐藏或清除筛选，核对后再上传"


def test_a_formula_in_the_running_number_is_no_error():
    book = filled_book(("序号", *HEADER), (None, *GOOD))
    book.active["A2"] = "=ROW()-1"
    assert checked(saved(book))[0].state == "valid"


def test_csv_goes_the_same_way():
    lines = [",".join(HEADER), ",".join(GOOD), "", ",".join((*SECOND[:3], "五土")), "王某明"]
    rows = checked("\r\n".join(lines).encode("gb18030"), name="名册.csv")
    assert [(row.row_no, row.state) for row in rows] == [(2, "valid"), (4, "invalid"), (5, "invalid")]
    assert len(rows[2].problems) == 3


def test_short_names_of_villages_are_unambiguous_in_the_reference_list():
    seen: dict[tuple[str, str], str] = {}
    for row in region_rows():
        if row["level"] == "village":
            key = (row["parent_code"], village_key(row["name"]))
            assert seen.setdefault(key, row["code"]) == row["code"], key


def test_a_name_for_two_places_stands_for_neither():
    villages = (Village(1, "东某村村民委员会"), Village(2, "东某村委会"))
    regions = RegionIndex.of("某某县", [Township(9, "某某镇", villages=villages, aliases=("某某乡",))])
    town = township(regions, "某某乡")
    assert regions.village(town, "东某村") is None
    assert regions.village(town, "东某村委会") == villages[1]
