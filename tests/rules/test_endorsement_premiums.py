"""What an endorsement costs: the whole rate where no rule is written, one's own days of cover where one is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.money import round_to_fen
from schemes.rules.endorsements import Move, endorsement_premium
from schemes.rules.premium import pro_rata
from tests.rules.editions import WANZHOU, terms_of
from tests.rules.features import terms_but
from tests.rules.features import terms_of as feature

MONTHS = feature("premium-pro-rata")  # 24.00 a year, 2025
DAYS = terms_but("premium-pro-rata", ("pro_rata: months", "pro_rata: days"), ('"24.00"', '"36.50"'))  # 0.10 a day
PARTS = """  pro_rata: days
  parts:
    - {label: 按人, basis: person, rate: {value: "36.50", clause: 二}}
    - {label: 按户, basis: household, rate: {value: "73.00", clause: 二}}
    - {label: 共享保额, basis: whole, rate: {value: "1000.00", clause: 二}}
"""
BY_PART = terms_but(
    "premium-pro-rata", ('  basis: person\n  pro_rata: months\n  rate: {value: "24.00", clause: 二}\n', PARTS)
)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
COMES, HOUSEHOLD_COMES = Move("person"), Move("household")


def goes(since: date = FIRST, basis: str = "person") -> Move:
    return Move(basis, since)


def premium(terms, day: str, *moves: Move) -> str:
    return str(endorsement_premium(terms, moves, date.fromisoformat(day)).amount)


@pytest.mark.parametrize(
    ("terms", "day", "moves", "due"),
    [
        (terms_of(WANZHOU), "2021-12-31", [COMES], "130.00"),
        (terms_of(WANZHOU), "2021-01-01", [goes(date(2021, 1, 1))], "0"),
        (DAYS, "2025-12-30", [COMES], "0.20"),
        (DAYS, "2025-01-01", [COMES], "36.50"),
        (DAYS, "2025-12-31", [goes()], "-0.10"),  # one day is left
        (DAYS, "2025-01-01", [goes()], "-36.50"),  # never covered
        (MONTHS, "2025-03-15", [COMES], "20.00"),  # ten months begun
        (MONTHS, "2025-03-15", [goes()], "-18.00"),  # three months begun are kept
        (MONTHS, "2025-04-20", [goes(date(2025, 3, 15))], "-16.00"),  # two of ten months are kept
        (DAYS, "2025-12-30", [HOUSEHOLD_COMES], "0"),  # this edition has no part by household
        (BY_PART, "2025-12-30", [COMES, HOUSEHOLD_COMES], "0.60"),
        (BY_PART, "2025-12-30", [goes(), goes(basis="household")], "-0.60"),
        (BY_PART, "2025-12-30", [COMES], "0.20"),
        (DAYS, "2025-06-01", [], "0"),
    ],
)
def test_worked_by_hand(terms, day: str, moves: list[Move], due: str) -> None:
    assert Decimal(premium(terms, day, *moves)) == Decimal(due)


@pytest.mark.parametrize("feature_name", ["liaocheng-2022", "dazu-2024"])
def test_entered_figures_and_one_sum_are_not_moved_and_it_says_so(feature_name: str) -> None:
    terms = terms_of(feature_name)
    found = endorsement_premium(terms, [COMES, HOUSEHOLD_COMES], terms.period.range.first)
    assert (found.amount, found.steps[0].op) == (0, "判")
    assert "批改不动保费" in found.steps[0].label


def test_every_step_names_its_clause_and_the_last_is_the_result() -> None:
    for terms, moves in (
        (DAYS, [COMES]),
        (MONTHS, [goes()]),
        (terms_of(WANZHOU), [goes()]),
        (BY_PART, [goes(), COMES]),
    ):
        found = endorsement_premium(terms, moves, terms.period.range.first + timedelta(days=100))
        assert all(step.clause in terms.clauses for step in found.steps)
        assert found.steps[-1].op == "得"
    without_rule = endorsement_premium(terms_of(WANZHOU), [goes(date(2021, 1, 1))], date(2021, 6, 1))
    assert "已交的保费不退" in without_rule.steps[1].label


DAY = st.dates(FIRST, LAST)


@given(DAY, DAY, st.sampled_from([DAYS, MONTHS]))
def test_whoever_comes_and_goes_pays_for_their_own_days(one: date, other: date, terms) -> None:
    """To the fen, though both endorsements round."""
    came, went = sorted((one, other))
    paid = endorsement_premium(terms, [COMES], came).amount + endorsement_premium(terms, [goes(came)], went).amount
    rate = terms.premium.rate.value
    assert paid == pro_rata(terms, rate, came, went - timedelta(days=1))
    assert round_to_fen(Decimal(0)) <= paid <= rate


@given(DAY, st.sampled_from([DAYS, MONTHS]))
def test_who_was_there_from_the_start_gets_back_no_more_than_they_paid(day: date, terms) -> None:
    back = -endorsement_premium(terms, [goes()], day).amount
    assert 0 <= back <= terms.premium.rate.value
    assert terms.premium.rate.value - back == pro_rata(terms, terms.premium.rate.value, FIRST, day - timedelta(days=1))
