"""Limits and deductibles that several coverages or a household share, through the services."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from calc.money import from_fen
from claims.services.moving import StepRefused
from claims.services.reporting import Report
from schemes.models import Edition
from schemes.terms.benefits import Expense
from schemes.terms.cache import terms_of_document
from schemes.terms.figures import Figure
from schemes.terms.model import Coverage, EditionTerms, Frequency, Limit, Settles
from schemes.terms.steps import Deductible
from tests.cast import Cast, claim_in, enrol, report_of, step

CLAUSE = "五（五）"
PAYERS = ("basic_medical", "major_illness_insurance", "civil_affairs_aid", "poverty_medical_fund")
SHARING = ("rural_housing", "accident_medical")


@pytest.fixture
def wanzhou_but(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[EditionTerms], EditionTerms]], None]:
    """Wanzhou's terms with one thing put differently."""

    def put(change: Callable[[EditionTerms], EditionTerms]) -> None:
        def terms(edition: Edition) -> EditionTerms:
            return change(terms_of_document(edition.document, edition.sha256))

        monkeypatch.setattr(Edition, "terms", property(terms))

    return put


def figure(value: str) -> Figure:
    return Figure(Decimal(value), value, CLAUSE)


def limited(per: str, height: str, **settling: str) -> Callable[[EditionTerms], EditionTerms]:
    def change(terms: EditionTerms) -> EditionTerms:
        limit = Limit("together", "合计", per, CLAUSE, figure(height))
        coverages = dict(terms.coverages)
        for code in SHARING:
            coverages[code] = replace(coverages[code], limits=(*coverages[code].limits, "together"))
        for code, settled in settling.items():
            coverages[code] = replace(coverages[code], settles=Settles((settled,), CLAUSE))
        return replace(terms, limits={**terms.limits, "together": limit}, coverages=coverages)

    return change


def coverage_but(code: str, change: Callable[[Coverage], Coverage]) -> Callable[[EditionTerms], EditionTerms]:
    return lambda terms: replace(terms, coverages={**terms.coverages, code: change(terms.coverages[code])})


def house(loss: str) -> Report:
    return report_of("rural_housing", facts_assessed_loss=loss, facts_damaged_on="2021-07-01")


def medical(expense: str, day: str) -> Report:
    nothing = dict.fromkeys(PAYERS, "0.00")
    return report_of("accident_medical", facts_eligible_expense=expense, facts_paid_by=nothing, facts_accident_date=day)


def test_a_household_limit_counts_every_coverage_that_shares_it(cast: Cast, wanzhou_but) -> None:
    wanzhou_but(limited("household", "12000.00"))
    owner, wife = enrol(n=1, household="H7"), enrol(n=2, household="H7", name="谭某妻")
    claim_in("approved", cast, owner, house("10000.00"))
    second = claim_in("adjusted", cast, wife, medical("4000.00", "2021-08-01"))
    assert from_fen(second.adjusted_fen) == 2_000
    step(step(second, "submit", cast.adjuster), "approve", cast.approver)


def test_an_advance_uses_up_no_limit_of_everybody_twice(cast: Cast, wanzhou_but) -> None:
    """An advance of 4,000 of a final 10,000 under a limit of 10,000 for the event: 6,000 are left to pay."""
    wanzhou_but(limited("event", "10000.00", rural_housing="accident_medical"))
    owner = enrol(n=1, household="H7")
    claim_in("approved", cast, owner, medical("4000.00", "2021-07-01"))
    final = claim_in("adjusted", cast, owner, house("10000.00"))
    assert from_fen(final.adjusted_fen) == 6_000
    step(step(final, "submit", cast.adjuster), "approve", cast.approver)


def with_deductible(coverage: Coverage) -> Coverage:
    benefit = coverage.benefit
    assert isinstance(benefit, Expense)
    taken = Deductible(figure("5000.00"), "household")
    return replace(coverage, benefit=replace(benefit, steps=(*benefit.steps[:-1], taken)), limits=())


def test_bills_that_a_deductible_swallowed_count_for_the_household(cast: Cast, wanzhou_but) -> None:
    """5,000 a household and year: two bills of 2,000 pay nothing and are denied; the third, of the wife, pays 1,000."""
    wanzhou_but(coverage_but("accident_medical", with_deductible))
    owner, wife = enrol(n=1, household="H7"), enrol(n=2, household="H7", name="谭某妻")
    for day in ("2021-07-01", "2021-08-01"):
        swallowed = claim_in("adjusted", cast, owner, medical("2000.00", day))
        assert swallowed.adjusted_fen == 0
        step(swallowed, "deny", cast.adjuster, opinion="未超过免赔额，记入累计")
    third = claim_in("adjusted", cast, wife, medical("2000.00", "2021-09-01"))
    assert from_fen(third.adjusted_fen) == 1_000


def test_a_benefit_is_approved_as_often_as_the_edition_says(cast: Cast, wanzhou_but) -> None:
    once = Frequency(figure("1"), "household")
    wanzhou_but(coverage_but("accident_medical", lambda coverage: replace(coverage, frequency=once)))
    owner, wife = enrol(n=1, household="H7"), enrol(n=2, household="H7", name="谭某妻")
    first = claim_in("in_approval", cast, owner, medical("300.00", "2021-07-01"))
    second = claim_in("in_approval", cast, wife, medical("300.00", "2021-08-01"))
    step(first, "approve", cast.approver)
    with pytest.raises(StepRefused, match=r"已经赔满|金额已变"):
        step(second, "approve", cast.approver)
    third = claim_in("adjusted", cast, wife, medical("300.00", "2021-09-01"))
    assert third.adjusted_fen == 0
    assert "每户最多赔 1 次，此前已赔 1 次" in third.adjustment["reason"]
