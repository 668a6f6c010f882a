"""What must hold for every kind and every step: in each feature's edition, and in documents composed at random."""

import os
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schemes.rules.payout import quote
from schemes.rules.refusal import FactsRefused
from schemes.terms.benefits import Daily, Expense, PerUnit, PoolShare, singles_of
from tests.rules.features import FEATURES, terms_of
from tests.rules.making import (
    benefits,
    composed,
    documents,
    facts_of,
    grown,
    limits,
    loss_of,
    money,
    paid_one_after_another,
    pasts_of,
    splitting_steps,
    states_of,
)

SLOW = [HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
EDITIONS = [*FEATURES, "composed"]
MEASURED = (Expense, PoolShare, PerUnit, Daily)
EXAMPLES = 200 if os.environ.get("PORTAL_TESTS_LONG") else 10  # for each property and edition
some = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW)


def measured(terms):
    """Codes of the coverages that pay by the size of a loss."""
    return [code for code, one in terms.coverages.items() if isinstance(singles_of(one.benefit)[0], MEASURED)]


def one_claim(data, edition):
    """Terms, a coverage, facts, earlier payments and states."""
    terms = data.draw(documents(), label="terms") if edition == "composed" else terms_of(edition)
    coverage = terms.coverages[data.draw(st.sampled_from(sorted(terms.coverages)))]
    own, everybody = data.draw(pasts_of(terms), label="own"), data.draw(pasts_of(terms), label="everybody")
    around = {"paid_before": own, "edition_paid_before": everybody, "edition_state": data.draw(states_of(terms))}
    return terms, coverage, data.draw(facts_of(terms, coverage), label="facts"), around


def quoted(terms, coverage, facts, around):
    """The quote; facts that can't be true together are left to the tests of refusals."""
    try:
        return quote(terms, coverage.code, facts, **around)
    except FactsRefused:
        assume(False)
        raise


def used_of(terms, cap, around):
    """What the earlier payments have used of a limit, told once more in the words of the notice."""
    counts = {
        "claim": lambda _paid: False,
        "person": lambda paid: paid["same_person"],
        "accident": lambda paid: paid["same_person"] and paid["same_accident"],
        "event": lambda paid: paid["same_event"],
        "county": lambda paid: paid["same_county"],
    }.get(cap.per, lambda _paid: True)
    past = around["edition_paid_before" if cap.per in ("event", "county", "edition") else "paid_before"]
    shared = terms.sharing(cap.code)
    return sum((Decimal(paid["amount"]) for paid in past if paid["coverage"] in shared and counts(paid)), Decimal(0))


@pytest.mark.parametrize("edition", EDITIONS)
@some
@given(data=st.data())
def test_never_negative_never_above_what_a_limit_leaves(edition, data):
    terms, coverage, facts, around = one_claim(data, edition)
    found = quoted(terms, coverage, facts, around)
    assert found.payable >= 0
    assert found.payable == found.payable.quantize(Decimal("0.01"))
    if not coverage.settles:
        for cap in found.caps:
            assert found.payable <= max(cap.top - used_of(terms, cap, around), 0)


@pytest.mark.parametrize("edition", [name for name in EDITIONS if name == "composed" or measured(terms_of(name))])
@some
@given(data=st.data(), more=st.integers(1, 5_000_000))
def test_more_loss_never_pays_less(edition, data, more):
    terms, coverage, facts, around = one_claim(data, edition)
    assume(coverage.code in measured(terms))
    code = loss_of(terms, coverage, facts)
    before = quoted(terms, coverage, facts, around).payable
    assert before <= quoted(terms, coverage, facts | {code: grown(terms, code, facts[code], more)}, around).payable


@pytest.mark.parametrize("edition", EDITIONS)
@some
@given(data=st.data())
def test_the_order_of_what_is_stated_changes_nothing(edition, data):
    terms, coverage, facts, around = one_claim(data, edition)
    found = quoted(terms, coverage, facts, around)
    for name in ("paid_before", "edition_paid_before"):
        # a day's payments in another order are the same payments
        around |= {name: data.draw(st.permutations(around[name]))}
    facts = dict(data.draw(st.permutations(sorted(facts.items(), key=lambda item: item[0]))))
    if "disability_items" in facts:
        facts |= {"disability_items": data.draw(st.permutations(facts["disability_items"]))}
    if "paid_by" in facts:
        facts |= {"paid_by": dict(data.draw(st.permutations(sorted(facts["paid_by"].items()))))}
    again = quoted(terms, coverage, facts, around)
    assert (again.payable, again.covered, again.reason) == (found.payable, found.covered, found.reason)


@pytest.mark.parametrize("edition", EDITIONS)
@some
@given(data=st.data())
def test_an_explanation_ends_with_the_payment_and_cites_clauses(edition, data):
    terms, coverage, facts, around = one_claim(data, edition)
    found = quoted(terms, coverage, facts, around)
    assert found.steps[-1].value.replace(",", "") == str(found.payable)
    assert {step.clause for step in found.steps} <= set(terms.clauses)
    assert bool(found.reason) == (not found.payable)


# several claims

PARTS = st.lists(st.integers(0, 40), min_size=2, max_size=4)


@st.composite
def splitting(draw):
    """An expense whose steps take several bills of an accident together, with limits in whole ten thousands."""
    benefit = {"label": "费用", "of": "loss", "clause": "三", "steps": draw(splitting_steps())}
    loaded = composed({"expense": benefit}, draw(limits(at_least=1)))
    assert loaded.terms is not None, [problem.sentence for problem in loaded.problems]
    return loaded.terms


def total(terms, coverage, claims):
    return sum(paid_one_after_another(terms, coverage, claims))


@some
@given(splitting(), PARTS)
def test_an_accident_pays_the_same_in_one_claim_or_in_several(terms, parts):
    assume(all(limit.per != "claim" for limit in terms.limits.values()))
    whole = total(terms, "any", [{"loss": f"{sum(parts)}0000.00"}])
    assert total(terms, "any", [{"loss": f"{part}0000.00"} for part in parts]) == whole


@given(PARTS)
def test_days_are_paid_the_same_in_one_stay_or_in_several(parts):
    benefit = {
        "label": "津贴",
        "days": "days",
        "amount": {"value": "33.33", "clause": "三"},
        "at_most_days": {"period": {"value": "60", "clause": "三"}, "accident": {"value": "45", "clause": "三"}},
    }
    terms = days_terms(benefit)
    whole = total(terms, "any", [{"days": sum(parts)}])
    assert total(terms, "any", [{"days": part} for part in parts]) == whole == Decimal("33.33") * min(sum(parts), 45)


def days_terms(benefit, found={}):  # noqa: B006 — parsed once
    if not found:
        limit = {
            "total": {"label": "限额", "per": "event", "clause": "三", "amount": {"value": "9999.00", "clause": "三"}}
        }
        found["terms"] = composed({"daily": benefit}, limit).terms
    return found["terms"]


@given(PARTS)
def test_the_years_ladder_pays_the_same_in_one_bill_or_in_several(parts):
    terms = terms_of("progressive-ladder")
    whole = total(terms, "yearly", [{"expense": f"{sum(parts)}00.00"}])
    assert total(terms, "yearly", [{"expense": f"{part}00.00"} for part in parts]) == whole


@some
@given(data=st.data())
def test_claims_that_use_up_the_same_limits_pay_the_same_in_any_order(data):
    kinds = benefits(st.just([]))
    loaded = composed(data.draw(kinds), data.draw(limits()))
    terms = loaded.terms
    assert terms is not None
    claims = [data.draw(facts_of(terms, terms.coverages["any"])) for _ in range(3)]
    try:
        paid = total(terms, "any", claims)
    except FactsRefused:
        assume(False)
    assert total(terms, "any", data.draw(st.permutations(claims))) == paid


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=12).filter(any))
def test_shares_of_a_pool_never_pass_the_pool(weights):
    terms, whole = terms_of("pool-share"), money(sum(weights))
    alone = [quote(terms, "relief", {"loss": money(weight), "all_losses": whole}).payable for weight in weights]
    assert Decimal(1_000_000) - len(weights) * Decimal("0.01") < sum(alone) <= 1_000_000
    claims = [{"loss": money(weight), "all_losses": whole} for weight in weights]
    assert paid_one_after_another(terms, "relief", claims) == alone


@given(st.permutations([0, 1, 2, 3]), st.lists(st.integers(0, 9_000_000), min_size=4, max_size=4))
def test_a_household_pays_the_same_whoever_of_it_comes_first(order, losses):
    terms = terms_of("limits-per-household")

    def whole(claims):
        before = []
        for loss in claims:
            found = quote(terms, "property", {"loss": money(loss)}, paid_before=before)
            before.append({"coverage": "property", "amount": str(found.payable), "same_person": False})
        return sum(Decimal(paid["amount"]) for paid in before)

    assert whole(losses) == whole([losses[at] for at in order]) == min(Decimal(sum(losses)) / 100, Decimal(50000))
