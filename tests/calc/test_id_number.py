import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.id_number import (
    IdNumber,
    IdProblem,
    as_18,
    check_digit,
    check_id_number,
    mask_account,
    mask_id,
    mask_phone,
)

TODAY = date(2026, 11, 22)
CASES_FILE = Path(__file__).parent.parent / "cases/id_number_cases.csv"
CASES = list(csv.DictReader(CASES_FILE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["number"])
def test_specimens(row):
    result = check_id_number(row["number"], today=TODAY)
    assert isinstance(result, IdNumber) == (row["valid"] == "1")


@pytest.mark.parametrize(
    ("text", "kind", "birth", "sex"),
    [
        ("500101197001010019", "resident", date(1970, 1, 1), "male"),
        ("810000199408230021", "hong_kong_macao_taiwan", date(1994, 8, 23), "female"),
        ("911124198108030024", "foreigner", date(1981, 8, 3), "female"),
        ("610104620927690", "resident_15", date(1962, 9, 27), "female"),
        ("CHE110074101001", "foreigner_old", None, None),
    ],
)
def test_kind_birth_and_sex(text, kind, birth, sex):
    assert check_id_number(text, today=TODAY) == IdNumber(text, kind, birth, sex)


def test_full_width_blanks_and_small_x_are_tidied():
    head = next(f"50010119700101{at:03d}" for at in range(999) if check_digit(f"50010119700101{at:03d}") == "X")
    result = check_id_number(f" ５００１０１ {head[6:]}x", today=TODAY)
    assert isinstance(result, IdNumber)
    assert result.value == head + "X"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有填"),
        ("50010119700101001", "17位"),
        ("50010119700101001A", "不该有的字"),
        ("500101197001010010", "校验位不符"),
        ("500101197013010016", "不存在"),
        ("500101203001010010", "还没到"),
        ("500101189001010010", "超过130年"),
        ("61010462092769A", "15位"),
        ("6101046213276 9", "14位"),
        ("610104621327690", "不存在"),
    ],
)
def test_what_is_wrong_is_said_with_how_to_mend_it(text, words):
    result = check_id_number(text, today=TODAY)
    assert isinstance(result, IdProblem)
    assert words in result.message
    assert result.mend


def test_a_15_digit_number_finds_its_18_digit_twin():
    twin = as_18("610104620927690")
    assert twin.startswith("61010419620927690")
    assert isinstance(check_id_number(twin, today=TODAY), IdNumber)
    assert as_18("CHE110074101001") == "CHE110074101001"


def test_masks():
    assert mask_id("50010119700101002X") == "5001************2X"
    assert mask_account("6217000000000000245") == "*** **** **** **** 0245"
    assert mask_account("6217000000000245") == "**** **** **** 0245"
    assert mask_phone("10000000017") == "100****0017"
    assert [mask("123") for mask in (mask_id, mask_account, mask_phone)] == ["***"] * 3


@given(st.text(max_size=20))
def test_no_text_breaks_the_check(text):
    assert isinstance(check_id_number(text, today=TODAY), IdNumber | IdProblem)


@given(st.integers(min_value=10**5, max_value=10**6 - 1), st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_no_region_code_is_refused(region, birth, number):
    head = f"{region}{birth:%Y%m%d}{number:03d}"
    assert isinstance(check_id_number(head + check_digit(head), today=TODAY), IdNumber)
