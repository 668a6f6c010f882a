import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.capital import capital_amount
from calc.money import MoneyError, format_yuan, from_fen, round_to_fen, to_fen, yuan

CASES_FILE = Path(__file__).parent.parent / "cases/rmb_uppercase_cases.csv"
BANK_RULE = list(csv.DictReader(CASES_FILE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("30000", "30000"),
        ("30,000.00", "30000.00"),
        ("０．５０", "0.50"),
        (" 1,234.5 ", "1234.5"),
        ("−3.00", "-3.00"),
    ],
)
def test_amounts_as_people_type_them(text, amount):
    assert yuan(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "abc", "1,23.00", "1e5", "NaN", "1.005", "Infinity", "1 000", "--1", "٣"])
def test_what_is_no_amount_is_refused_with_a_sentence(text):
    with pytest.raises(MoneyError, match="金额"):
        yuan(text)


@pytest.mark.parametrize("value", [1.1, 5, None, Decimal("1")])
def test_only_text_becomes_money(value):
    with pytest.raises(MoneyError, match="文字"):
        yuan(value)


def test_fen_are_exact_or_refused():
    assert to_fen(Decimal("13903370.00")) == 1390337000
    assert from_fen(1390337001) == Decimal("13903370.01")
    with pytest.raises(MoneyError):
        to_fen(Decimal("0.005"))


@pytest.mark.parametrize(
    ("exact", "rounded"), [("0.005", "0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("1.5", "1.50")]
)
def test_rounding_is_half_up(exact, rounded):
    assert str(round_to_fen(Decimal(exact))) == rounded


def test_printed_amounts():
    amounts = [Decimal("13903370"), Decimal("-1.5"), Decimal("33.335"), Decimal("0"), Decimal("1E+4")]
    assert [format_yuan(amount) for amount in amounts] == [
        "13,903,370.00",
        "−1.50",
        "33.335",
        "0.00",
        "10,000.00",
    ]


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_fen_survive_the_way_to_the_screen_and_back(fen):
    assert to_fen(yuan(format_yuan(from_fen(fen)))) == fen


DEPENDENCIES_VECTORS = [
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角整"),
    ("1.05", "壹元零伍分"),
    ("10.00", "壹拾元整"),
    ("100000.01", "壹拾万元零壹分"),
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("1001001.01", "壹佰万壹仟零壹元零壹分"),
    ("120000000.00", "壹亿贰仟万元整"),
    ("100010000.00", "壹亿零壹万元整"),
    ("1000000001.10", "壹拾亿零壹元壹角整"),
    ("3000", "叁仟元整"),
]


@pytest.mark.parametrize(("amount", "written"), DEPENDENCIES_VECTORS)
def test_capital_amounts(amount, written):
    assert capital_amount(to_fen(yuan(amount))) == f"人民币{written}"


@pytest.mark.parametrize(
    "row",
    BANK_RULE,
    ids=lambda row: row["amount"],
)
def test_capital_amounts_of_the_bank_rule(row):
    assert capital_amount(to_fen(yuan(row["amount"]))) == row["expected"]


@pytest.mark.parametrize("fen", [-1, 10**14])
def test_capital_amount_out_of_range_is_refused(fen):
    with pytest.raises(MoneyError):
        capital_amount(fen)
