"""The life of a claim through the services: every step of the table, and every step that the table does not have."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from calc.money import from_fen
from claims.models import Claim, ClaimStep, LimitUse, Payment
from claims.services import adjusting
from claims.services.adjusting import FactsDoNotCompute
from claims.services.moving import StepRefused
from claims.services.reporting import LikelyDouble, ReportRefused, resubmit_claim
from claims.workflow import STATES, TRANSITIONS
from enrollment.models import Enrollment
from office.calendar import work_calendar
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from orgs.versions import EditConflict
from premiums.models import LedgerEntry
from schemes.rules import payout
from tests.cast import (
    FAR,
    INPATIENT,
    NEAR,
    OWN,
    ROADS,
    SERVICES,
    Cast,
    claim_in,
    enrol,
    hand_for,
    id_number,
    report,
    report_of,
    reread,
    step,
)
from tests.ground import everything


def test_the_main_road_from_report_to_close(cast: Cast) -> None:
    claim = reread(claim_in("closed", cast))
    with everything():
        steps = list(ClaimStep.objects.filter(claim=claim).values_list("action", "to_state", "by__username"))
        payment = Payment.objects.get(claim=claim)
        entries = dict(LedgerEntry.objects.values_list("account", "fen"))
    assert steps == [
        ("report", "reported", "clerk"), ("accept", "accepted", "adjuster"), ("adjust", "adjusted", "adjuster"),
        ("submit", "in_approval", "adjuster"), ("approve", "approved", "approver"), ("pay", "paid", "adjuster"),
        ("close", "closed", "adjuster"),
    ]  # fmt: skip
    assert (claim.adjusted_fen, payment.fen, payment.payee_account) == (300_000, 300_000, claim.payee_account)
    assert entries == {"claims_paid": 300_000, "claims_bank": -300_000}
    assert claim.adjustment["payable"] == "3000.00"
    assert claim.adjustment["steps"][-1]["label"] == "应赔金额"


@pytest.mark.parametrize("state", [state.code for state in STATES])
def test_each_step_is_taken_from_its_own_states_only(cast: Cast, state: str) -> None:
    """Whatever the table does not allow is refused, and the claim stays as it was."""
    claim = claim_in(state, cast)
    allowed = {t.action for t in TRANSITIONS if state in t.sources} - {"resubmit"}
    for action in SERVICES:
        if action not in allowed:
            with pytest.raises(StepRefused, match="现在是"):
                step(claim, action, hand_for(action, claim, cast))
    after = reread(claim)
    assert (after.state, after.version) == (state, claim.version)


def test_the_road_of_every_state_is_known() -> None:
    assert set(ROADS) == {state.code for state in STATES}


def test_return_correct_and_report_again(cast: Cast) -> None:
    claim = claim_in("returned", cast)
    assert reread(claim).due_on is None
    changed = report_of(facts_eligible_expense="29000.00")
    with acting(scope_of(cast.clerk)):
        again = resubmit_claim(claim=claim, report=changed, by=cast.clerk, read_version=claim.version)
    assert (again.state, again.facts["eligible_expense"]) == ("reported", "29000.00")
    paid = step(step(again, "accept", cast.adjuster), "adjust", cast.adjuster)
    assert paid.adjusted_fen == 210_000  # 29,000 − 24,000 − 2,900


def test_a_correction_that_is_wrong_is_refused_and_nothing_changes(cast: Cast) -> None:
    claim = claim_in("returned", cast)
    with acting(scope_of(cast.clerk)), pytest.raises(ReportRefused):
        resubmit_claim(claim=claim, report=report_of(payee_account="12"), by=cast.clerk, read_version=claim.version)
    assert reread(claim).state == "returned"


def test_rework_forgets_the_adjustment(cast: Cast) -> None:
    claim = step(claim_in("in_approval", cast), "rework", cast.approver)
    assert (claim.state, claim.adjusted_fen, claim.adjustment, claim.adjusted_by) == (
        "accepted",
        None,
        {},
        None,
    )


@pytest.mark.parametrize("action", ["return", "deny", "withdraw", "rework"])
def test_a_stop_wants_its_reason(cast: Cast, action: str) -> None:
    claim = claim_in({"rework": "in_approval"}.get(action, "accepted"), cast)
    with pytest.raises(StepRefused, match="请写明"):
        step(claim, action, hand_for(action, claim, cast), opinion="  ")


def test_a_stale_version_is_refused(cast: Cast) -> None:
    claim = claim_in("accepted", cast)
    with pytest.raises(EditConflict, match="刚被别人改过"):
        step(claim, "adjust", cast.adjuster, read_version=claim.version - 1)
    assert reread(claim).adjusted_fen is None


def test_nobody_approves_their_own_adjustment(cast: Cast) -> None:
    """Not by the service, and not by the database where the service is gone round."""
    claim = claim_in("in_approval", cast)
    with everything():
        Claim.objects.filter(pk=claim.pk).update(adjusted_by=cast.approver)
    claim = reread(claim)
    with pytest.raises(StepRefused, match="必须是两个人"):
        step(claim, "approve", cast.approver)
    with everything(), pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(approved_by=cast.approver)


@pytest.mark.parametrize(
    ("action", "state", "who"),
    [
        ("accept", "reported", "clerk"), ("accept", "reported", "approver"), ("accept", "reported", "authority"),
        ("approve", "in_approval", "adjuster"), ("approve", "in_approval", "second_adjuster"), ("pay", "approved", "approver"),
        ("pay", "approved", "finance"), ("withdraw", "reported", "adjuster"), ("deny", "accepted", "clerk"),
    ],
)  # fmt: skip
def test_a_role_without_the_act_is_refused_by_the_service_too(cast: Cast, action: str, state: str, who: str) -> None:
    claim = claim_in(state, cast)
    with pytest.raises((StepRefused, Claim.DoesNotExist)):
        step(claim, action, getattr(cast, who))
    assert reread(claim).state == state


@pytest.mark.parametrize("who", ["far_adjuster", "near_clerk", "far_clerk"])
def test_a_claim_of_others_is_not_there(cast: Cast, who: str) -> None:
    claim = claim_in("reported", cast)
    with pytest.raises(Claim.DoesNotExist):
        step(claim, "accept", getattr(cast, who))


def test_a_claim_that_pays_nothing_is_not_submitted_but_denied(cast: Cast) -> None:
    poor = report_of(facts_paid_by={"basic_medical": "30000.00"})
    claim = claim_in("adjusted", cast, what=poor)
    assert claim.adjusted_fen == 0
    with pytest.raises(StepRefused, match=r"应赔金额为 0\.00 元"):
        step(claim, "submit", cast.adjuster)
    assert step(claim, "deny", cast.adjuster).state == "denied"


def test_the_deadline_counts_working_days_from_acceptance(cast: Cast) -> None:
    claim = claim_in("accepted", cast)
    assert claim.due_on == work_calendar().due_after(timezone.localdate(), working_days=10).day
    assert step(claim, "return", cast.adjuster).due_on is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"paid_on": timezone.localdate() + timedelta(days=1)}, "还没有到"),
        ({"reference": "  "}, "请填银行流水号"),
    ],
)
def test_a_payment_needs_its_receipt(cast: Cast, more: dict, sentence: str) -> None:
    claim = claim_in("approved", cast)
    with pytest.raises(StepRefused, match=sentence):
        step(claim, "pay", cast.adjuster, **more)
    assert reread(claim).state == "approved"


# --- limits -----------------------------------------------------------------------------------------------------
def medical(expense: str, day: str = "2021-05-01") -> object:
    return report_of("accident_medical", facts_eligible_expense=expense, facts_paid_by={}, facts_accident_date=day)


def test_what_was_paid_before_uses_the_limit_up(cast: Cast) -> None:
    person = enrol()
    first = claim_in("approved", cast, person, medical("3200.00"))
    second = claim_in("approved", cast, person, medical("4000.00", "2021-06-01"))
    third = claim_in("adjusted", cast, person, medical("100.00", "2021-07-01"))
    assert [from_fen(c.adjusted_fen) for c in (first, second, third)] == [3200, 1800, 0]
    with everything():
        use = LimitUse.objects.get(limit="accident_medical_maximum")
    assert (use.limit_fen, use.used_fen) == (500_000, 500_000)


def test_two_adjusted_at_once_are_not_both_approved(cast: Cast) -> None:
    """Each was within the limit when it was computed; together they are not."""
    person = enrol()
    first = claim_in("in_approval", cast, person, medical("3200.00"))
    second = claim_in("in_approval", cast, person, medical("4000.00", "2021-06-01"))
    step(first, "approve", cast.approver)
    with pytest.raises(StepRefused, match="退回理算"):
        step(second, "approve", cast.approver)
    with everything():
        assert LimitUse.objects.aggregate(used=Sum("used_fen"))["used"] == 320_000
    again = step(step(step(step(second, "rework", cast.approver), "adjust", cast.adjuster), "submit", cast.adjuster), "approve", cast.approver)  # fmt: skip
    assert again.adjusted_fen == 180_000


def test_one_maximum_for_death_and_disability(cast: Cast) -> None:
    person = enrol()
    disability = report_of(
        "accident_death_disability", facts_event="accident_disability", facts_disability_items=[{"grade": 3}],
        facts_death_date="", payee="insured", payee_id_number="",
    )  # fmt: skip
    disability.facts.pop("death_date")
    first = claim_in("approved", cast, person, disability)
    second = claim_in("approved", cast, person, report_of("accident_death_disability"))
    assert [from_fen(c.adjusted_fen) for c in (first, second)] == [40_000, 10_000]


def test_each_house_of_a_household_has_its_own_limit(cast: Cast) -> None:
    """The rules tell houses apart by their name; so do the claims that were paid before."""
    owner, wife = enrol(n=1, household="H7"), enrol(n=2, household="H7", name="谭某妻")

    def house(name: str, loss: str, day: str) -> object:
        return report_of("rural_housing", facts_house=name, facts_assessed_loss=loss, facts_damaged_on=day)

    first = claim_in("approved", cast, owner, house("上院", "30000.00", "2021-07-01"))
    same = claim_in("adjusted", cast, wife, house("上院", "30000.00", "2021-08-01"))
    other = claim_in("approved", cast, wife, house("下院", "30000.00", "2021-09-01"))
    assert [from_fen(c.adjusted_fen) for c in (first, same, other)] == [25_000, 0, 25_000]


def test_a_benefit_due_once_is_paid_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two claims of one death, both approved by mistake: the database refuses the second payment."""
    monkeypatch.setattr(adjusting, "_refuse_second_sum", lambda _: None)
    monkeypatch.setattr(payout, "may_pay_again", lambda *_: True)
    person = enrol()
    claim_in("paid", cast, person, report_of("illness_death"))
    second = claim_in("approved", cast, person, report_of("illness_death"))
    with pytest.raises(StepRefused, match="已经支付过"):
        step(second, "pay", cast.adjuster)
    with everything():
        assert Payment.objects.count() == 1
        assert reread(second).state == "approved"


def test_the_database_pays_a_claim_once(cast: Cast) -> None:
    claim = claim_in("paid", cast)
    with everything():
        payment = Payment.objects.get(claim=claim)
        payment.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            payment.save(force_insert=True)


def test_the_ledger_balances_after_everything(cast: Cast) -> None:
    for number, (place, state) in enumerate([(OWN, "paid"), (NEAR, "closed"), (FAR, "paid"), (OWN, "denied")]):
        claim_in(state, cast, enrol(place, number))
    with everything():
        sums = LedgerEntry.objects.order_by().values_list("transaction").annotate(fen=Sum("fen"))
        assert {fen for _, fen in sums} == {0}
        assert len(sums) == Payment.objects.count() == 3
        assert LedgerEntry.objects.filter(fen__gt=0).aggregate(fen=Sum("fen"))["fen"] == 900_000


# --- report -----------------------------------------------------------------------------------------------------
def test_a_likely_double_is_shown_and_may_be_another_event(cast: Cast) -> None:
    person = enrol()
    first = report(person, cast.clerk)
    with pytest.raises(LikelyDouble) as double:
        report(person, cast.clerk)
    assert [claim.number for claim in double.value.claims] == [first.number]
    assert report(person, cast.clerk, another_event=True).number != first.number
    assert report(person, cast.clerk, report_of(facts_admitted_on="2021-08-10")).state == "reported"


def test_a_withdrawn_claim_is_no_double(cast: Cast) -> None:
    person = enrol()
    step(report(person, cast.clerk), "withdraw", cast.clerk)
    assert report(person, cast.clerk).state == "reported"


def test_a_claim_keeps_its_own_snapshot_of_the_person(cast: Cast) -> None:
    person = enrol(name="谭某华")
    claim = report(person, cast.clerk)
    with everything():
        Enrollment.objects.filter(pk=person.pk).update(name="改某名", household="H9")
    after = reread(claim)
    assert (after.person_name, after.household) == ("谭某华", "H001")
    assert after.id_number.reveal() == id_number(1)
    assert str(after.id_number) == "5001************" + id_number(1)[-2:]


@pytest.mark.parametrize(
    ("coverage", "changes", "field"),
    [
        ("major_illness_inpatient", {"payee": "heir"}, "payee"),
        ("accident_death_disability", {"payee": "insured"}, "payee"),
        ("illness_death", {"payee": "insured"}, "payee"),
        ("illness_death", {"payee_name": ""}, "payee_name"),
        ("illness_death", {"payee_relation": ""}, "payee_relation"),
        ("illness_death", {"payee_id_number": "500101197001010010"}, "payee_id_number"),
        ("major_illness_inpatient", {"payee_account": "12345"}, "payee_account"),
        ("major_illness_inpatient", {"reporter_name": ""}, "reporter_name"),
        ("major_illness_inpatient", {"reporter_phone": "12"}, "reporter_phone"),
        ("major_illness_inpatient", {"not_one_stop_reason": ""}, "not_one_stop_reason"),
        ("major_illness_inpatient", {"facts_paid_by": {"basic_medical": "40000.00"}}, "paid_by.basic_medical"),
        ("major_illness_inpatient", {"facts_discharged_on": "2021-08-01"}, "discharged_on"),
        ("major_illness_inpatient", {"facts_eligible_expense": "-1.00"}, "eligible_expense"),
    ],
)  # fmt: skip
def test_a_report_that_is_wrong_is_refused_with_its_field(cast: Cast, coverage: str, changes: dict, field: str) -> None:
    with pytest.raises(ReportRefused) as refused:
        report(enrol(), cast.clerk, report_of(coverage, **changes))
    assert field in {problem.field for problem in refused.value.problems}
    with everything():
        assert not Claim.objects.exists()


def test_all_that_is_wrong_is_told_at_once(cast: Cast) -> None:
    bad = report_of(payee="heir", payee_name="", payee_relation="", payee_id_number="1", payee_account="", reporter_name="",
                    reporter_phone="", not_one_stop_reason="", facts_eligible_expense="")  # fmt: skip
    with pytest.raises(ReportRefused) as refused:
        report(enrol(), cast.clerk, bad)
    assert len(refused.value.problems) >= 9


def test_facts_that_no_longer_compute_go_back(cast: Cast) -> None:
    claim = claim_in("accepted", cast)
    with everything():
        Claim.objects.filter(pk=claim.pk).update(facts=dict(INPATIENT) | {"eligible_expense": "1.00"})
    with pytest.raises(FactsDoNotCompute, match="请退回补正"):
        step(claim, "adjust", cast.adjuster)


def test_numbers_run_without_a_gap(cast: Cast) -> None:
    numbers = [report(enrol(n=n), cast.clerk).number for n in range(3)]
    assert numbers == ["WZ21-00001", "WZ21-00002", "WZ21-00003"]


def test_every_step_leaves_its_event(cast: Cast) -> None:
    claim = claim_in("closed", cast)
    with everything():
        events = list(AuditEvent.objects.filter(target=claim.number).order_by("id").values_list("action", flat=True))
    assert events == ["claim.report", *(f"claim.{action}" for action in ROADS["closed"])]
