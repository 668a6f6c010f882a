"""What must hold for every payout."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from calc.money import from_fen
from schemes.rules.payout import quote
from tests.rules.editions import WANZHOU, terms_of

FEN = st.integers(min_value=0, max_value=20_000_000)
STRUCTURES = st.sampled_from(["bamboo_and_thatch", "adobe", "brick_or_stone_and_wood", "reinforced_concrete"])
PAYERS = ("basic_medical", "major_illness_insurance", "civil_affairs_aid", "poverty_medical_fund")


def yuan_text(fen):
    return str(from_fen(fen))


@st.composite
def bills(draw):
    """An expense and what four payers took of it, never more than all."""
    expense = left = draw(FEN)
    paid = {}
    for payer in PAYERS:
        paid[payer] = draw(st.integers(min_value=0, max_value=left))
        left -= paid[payer]
    return expense, paid


def expense_payable(coverage, bill, more=0, paid_before=()):
    expense, paid = bill
    facts = {
        "visit": "chronic_outpatient",
        "eligible_expense": yuan_text(expense + more),
        "paid_by": {payer: yuan_text(fen) for payer, fen in paid.items()},
    }
    return quote(terms_of(WANZHOU), coverage, facts, paid_before=paid_before).payable


@given(st.sampled_from(["accident_medical", "major_illness_inpatient", "chronic_outpatient"]), bills(), FEN)
def test_expense_is_never_negative_never_more_than_was_left_and_grows_with_the_bill(coverage, bill, more):
    payable = expense_payable(coverage, bill)
    left = from_fen(bill[0] - sum(bill[1].values()))
    assert 0 <= payable <= left
    assert payable <= expense_payable(coverage, bill, more)


@given(bills())
def test_accident_medical_stays_within_its_limit(bill):
    assert expense_payable("accident_medical", bill) <= 5000


@given(bills(), bills())
def test_two_bills_that_use_up_one_limit_pay_the_same_in_either_order(one, other):
    def total(first, second):
        paid = expense_payable("accident_medical", first)
        before = [{"coverage": "accident_medical", "amount": str(paid)}]
        return paid + expense_payable("accident_medical", second, paid_before=before)

    assert total(one, other) == total(other, one)


@given(STRUCTURES, FEN, FEN)
def test_loss_is_paid_up_to_the_limit_and_grows_with_the_loss(structure, loss, more):
    def payable(fen):
        facts = {"cause": "accident", "structure": structure, "assessed_loss": yuan_text(fen)}
        return quote(terms_of(WANZHOU), "rural_housing", facts).payable

    limit = terms_of(WANZHOU).limits["house_limit"].amount.values[structure].value
    assert payable(loss) == min(from_fen(loss), limit)
    assert payable(loss) <= payable(loss + more)


@given(st.lists(st.integers(min_value=1, max_value=10), min_size=1, max_size=5), st.integers(0, 5_000_000))
def test_death_and_disability_share_one_maximum(grades, paid_fen):
    terms = terms_of(WANZHOU)
    before = [{"coverage": "accident_death_disability", "amount": yuan_text(paid_fen)}]
    facts = {
        "event": "accident_disability",
        "same_accident": True,
        "disability_items": [{"grade": grade} for grade in grades],
    }
    disability = quote(terms, "accident_death_disability", facts, paid_before=before).payable
    before.append({"coverage": "accident_death_disability", "amount": str(disability)})
    death = quote(terms, "accident_death_disability", {"event": "accident_death"}, paid_before=before).payable
    assert from_fen(paid_fen) + disability + death == Decimal(50000)


def amount_of(printed):
    return Decimal(printed.replace(",", "").replace("−", "-"))


@given(bills())
def test_the_balance_column_can_be_added_up(bill):
    expense, paid = bill
    facts = {
        "eligible_expense": yuan_text(expense),
        "paid_by": {key: yuan_text(fen) for key, fen in paid.items()},
    }
    steps = quote(terms_of(WANZHOU), "major_illness_inpatient", facts).steps
    balance = Decimal(0)
    for step in steps:
        if step.op in ("", "减"):
            balance += amount_of(step.value)
            assert amount_of(step.balance) == balance
