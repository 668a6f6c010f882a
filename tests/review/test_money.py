"""Limits and payments by other roads than the straight one."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connections
from django.utils import timezone

from claims.models import Claim, LimitUse
from claims.services.moving import StepRefused
from claims.services.reporting import LikelyDouble
from enrollment.models import Enrollment
from orgs.models import User
from orgs.scope import system_scope
from schemes.rules import payout
from tests.cast import FAR, OWN, Cast, claim_in, enrol, report, report_of, reread, step


def leave(person: Enrollment) -> None:
    """Off the roster, as a whole village's new list takes people out."""
    with system_scope("tests change"):
        Enrollment.objects.filter(pk=person.pk).update(removed_at=timezone.now())


def accident_medical(expense: str):
    return report_of("accident_medical", facts_eligible_expense=expense, facts_paid_by={})


@pytest.mark.django_db
def test_a_person_who_moves_to_another_insurer_takes_their_limit_along(cast: Cast) -> None:
    """5,000 a person and year, whoever pays: 4,000 in one township leave 1,000 in the next."""
    first = enrol(OWN, 1)
    claim_in("paid", cast, first, accident_medical("4000.00"))
    leave(first)
    second = claim_in("adjusted", cast, enrol(FAR, 1), accident_medical("4000.00"))
    assert second.adjusted_fen == 100_000
    second = step(second, "submit", cast.far_adjuster)
    assert step(second, "approve", cast.far_approver).state == "approved"
    with system_scope("tests look"):
        use = LimitUse.objects.get()
        assert (use.used_fen, use.limit_fen) == (500_000, 500_000)


def together(*works: Callable[[], object]) -> list[object]:
    """Each in its own thread and connection; what came out, errors too."""
    out: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(at: int, work: Callable[[], object]) -> None:
        try:
            start.wait(10)
            out[at] = work()
        except Exception as error:
            out[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return out


@pytest.mark.django_db(transaction=True)
def test_one_event_reported_twice_at_once_is_one_claim(cast: Cast) -> None:
    person = enrol(OWN, 1)
    out = together(*[lambda: report(person, cast.clerk)] * 6)
    assert sorted(type(one).__name__ for one in out) == ["Claim"] + ["LikelyDouble"] * 5
    assert any(isinstance(one, LikelyDouble) for one in out)
    with system_scope("tests look"):
        assert Claim.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_insurers_that_approve_for_one_person_at_once_stay_within_the_limit(cast: Cast) -> None:
    first = enrol(OWN, 1)
    ours = claim_in("in_approval", cast, first, accident_medical("4000.00"))
    leave(first)
    theirs = claim_in("in_approval", cast, enrol(FAR, 1), accident_medical("4000.00"))

    def approve(claim: Claim, by: User) -> Callable[[], object]:
        return lambda: step(claim, "approve", by)

    out = together(approve(ours, cast.approver), approve(theirs, cast.far_approver))
    assert sum(isinstance(one, Claim) for one in out) == 1
    assert sum(isinstance(one, StepRefused) for one in out) == 1
    assert {reread(claim).state for claim in (ours, theirs)} == {"approved", "in_approval"}


@pytest.mark.django_db
def test_a_sum_due_once_is_not_approved_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Approved, it could be neither paid nor taken back: nothing leads out of `approved` but the payment.

    The rules pay nothing a second time; here they are made to, so that the approval's own look is put to the test.
    """
    monkeypatch.setattr(payout, "may_pay_again", lambda *_: True)
    person = enrol(OWN, 1)
    claim_in("approved", cast, person, report_of("illness_death"))
    again = claim_in("in_approval", cast, person, report_of("illness_death", facts_death_date="2021-06-02"))
    with pytest.raises(StepRefused, match="只赔一次"):
        step(again, "approve", cast.approver)
    assert step(again, "deny", cast.approver).state == "denied"


@pytest.mark.django_db
def test_a_payment_is_not_older_than_the_event(cast: Cast) -> None:
    claim = claim_in("approved", cast)
    with pytest.raises(StepRefused, match="出险"):
        step(claim, "pay", cast.adjuster, paid_on=date(1, 1, 1))
