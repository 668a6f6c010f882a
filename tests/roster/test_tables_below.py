"""Another table below the first in one sheet: its people are never read by the first one's columns."""

import pytest

from enrollment.roster.checking import CheckReport
from enrollment.roster.refusal import RosterRefused
from tests.cast import account, id_number
from tests.roster.books import book_of, checked
from tests.roster.county import township, wanzhou

DAZHOU = township(wanzhou(), "大周镇")
WITH_HEAD = ("户主姓名", "户主身份证号", "姓名", "身份证号", "村")
HEAD_AND_CHILD = ("周某甲", id_number(1), "周某乙", id_number(2), "铺垭村")
CHILD_AND_HEAD = ("周某丙", id_number(3), "周某甲", id_number(1), "铺垭村")


@pytest.mark.parametrize(
    ("first", "person", "second", "words"),
    [
        (
            WITH_HEAD,
            HEAD_AND_CHILD,
            ("姓名", "身份证号", "户主姓名", "户主身份证号", "村"),
            "与第 1 行的不一样.*「姓名」",
        ),
        (
            ("姓名", "身份证号", "村", "银行账号", "开户银行"),
            ("周某甲", id_number(1), "铺垭村", account(1), "某农商行"),
            ("姓名", "身份证号", "村", "代领人账号", "开户银行"),
            "「银行账号」",
        ),
        (
            ("姓名", "身份证号", "村", "银行账号", "联系电话"),
            ("周某甲", id_number(1), "铺垭村", account(1), "10000000001"),
            ("姓名", "身份证号", "村", "联系电话", "银行账号"),
            "第 3 行.*「银行账号」",
        ),
        (
            ("序号", "姓名", "身份证号", "村"),
            ("1", "周某甲", id_number(1), "铺垭村"),
            ("姓名", "身份证号", "村", ""),
            "第 3 行",
        ),
    ],
)
def test_a_header_that_says_otherwise_refuses_the_file(first, person, second, words) -> None:
    with pytest.raises(RosterRefused, match=words) as refusal:
        checked(book_of(first, person, second, CHILD_AND_HEAD), fixed=DAZHOU)
    assert refusal.value.refusal.kind == "another_header"
    assert "另一张工作表" in str(refusal.value)


@pytest.mark.parametrize(
    "again",
    [
        WITH_HEAD,
        ("户主姓名", "户主身份证号码", "姓名（按身份证）", "身份证号码", "行政村"),
        ("户主姓名", "户主身份证号", "姓名", "身份证号", ""),
    ],
)
def test_the_same_columns_once_more_are_passed_over(again) -> None:
    report = CheckReport()
    rows = checked(book_of(WITH_HEAD, HEAD_AND_CHILD, again), fixed=DAZHOU, report=report)
    assert ([row.state for row in rows], report.repeated_headers) == (["valid"], 1)


def test_a_header_of_two_rows_may_come_again_spelled_otherwise() -> None:
    upper = ("序号", "户主", "", "被保险人", "", "村")
    lower = ("", "姓名", "身份证号码", "姓名", "身份证号码", "")
    person = ("1", *HEAD_AND_CHILD)
    report = CheckReport()
    rows = checked(
        book_of(upper, lower, person, upper, ("", "姓名", "身份证号", "姓名", "身份证号", "")),
        fixed=DAZHOU,
        report=report,
    )
    assert ([row.state for row in rows], report.repeated_headers) == (["valid"], 2)


def test_a_header_of_two_rows_whose_groups_changed_places_refuses_the_file() -> None:
    upper = ("序号", "户主", "", "被保险人", "", "村")
    swapped = ("序号", "被保险人", "", "户主", "", "村")
    lower = ("", "姓名", "身份证号", "姓名", "身份证号", "")
    with pytest.raises(RosterRefused, match="第 5 行又是一行表头"):
        checked(book_of(upper, lower, ("1", *HEAD_AND_CHILD), swapped, lower, ("2", *CHILD_AND_HEAD)), fixed=DAZHOU)


def test_a_header_of_two_rows_with_its_titles_in_the_upper_one_may_come_again() -> None:
    upper, lower = ("村", "姓名", "身份证号", "银行信息", ""), ("", "", "", "开户行", "账号")
    people = [("铺垭村", name, id_number(n), "某农商行", account(n)) for n, name in enumerate(("周某甲", "周某乙"), 1)]
    report = CheckReport()
    rows = checked(book_of(upper, lower, people[0], upper, lower, people[1]), fixed=DAZHOU, report=report)
    assert ([row.values.bank_account for row in rows], report.repeated_headers) == ([account(1), account(2)], 2)
