"""Twenty at once: one payment, no limit passed, no number twice, no bill twice, nobody enrolled twice."""

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from claims.models import Claim, LimitUse, Payment
from claims.services.moving import StepRefused
from claims.services.reporting import ReportRefused
from enrollment.models import Endorsement, EndorsementCounter, Enrollment
from enrollment.services.endorsing import AlreadyAsked, EndorsementRefused
from enrollment.services.uploading import request_confirmation
from office import jobs
from office.models import Job
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from orgs.versions import EditConflict
from premiums.bills import Billed, issue_bills
from premiums.models import LedgerEntry, PremiumBill
from schemes.models import Edition
from schemes.services import EditionRefused, check_amendment, publish_amendment, publish_edition, store_edition
from tests.cast import (
    NEAR,
    OWN,
    claim_in,
    enrol,
    id_number,
    read_cast,
    read_edition,
    report,
    report_of,
    roster_book,
    step,
    uploaded,
    villages,
)
from tests.enrollment.endorsing import addition, agree, counted, removal
from tests.ground import as_owner, everything
from tests.races.racing import failures, how_many, race
from tests.schemes.documents import RAISED, amendment_of, checked, document

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_claim_is_paid_once_however_many_press_the_button() -> None:
    cast = read_cast()
    claim = claim_in("approved", cast)
    outcomes = race(lambda n: step(claim, "pay", cast.adjuster, reference=f"某流水{n}"))
    refused = failures(outcomes)
    assert len(refused) == how_many() - 1
    assert {type(error) for error in refused} <= {StepRefused, EditConflict}
    with everything():
        assert Payment.objects.filter(claim=claim).count() == 1
        assert LedgerEntry.objects.aggregate(fen=Sum("fen"))["fen"] == 0


def test_approvals_never_pass_a_limit_that_they_share() -> None:
    """Each is within 5,000.00 when it is computed; all of them together are not."""
    cast, person = read_cast(), enrol()
    what = [report_of("accident_medical", facts_eligible_expense="1200.00", facts_paid_by={}, facts_accident_date=f"2021-05-{n + 1:02d}")
            for n in range(how_many())]  # fmt: skip
    claims = [claim_in("in_approval", cast, person, one) for one in what]
    outcomes = race(lambda n: step(claims[n], "approve", cast.approver))
    refused = failures(outcomes)
    assert {type(error) for error in refused} == {StepRefused}
    with everything():
        use = LimitUse.objects.get()
        approved = Claim.objects.filter(state="approved").aggregate(fen=Sum("adjusted_fen"))["fen"]
    assert use.used_fen == approved == 480_000 <= use.limit_fen


def test_claim_numbers_are_given_once() -> None:
    cast = read_cast()
    people = [enrol(n=n) for n in range(how_many())]
    outcomes = race(lambda n: report(people[n], cast.clerk).number)
    assert failures(outcomes) == []
    assert sorted(outcomes) == [f"WZ21-{n + 1:05d}" for n in range(how_many())]


def test_a_township_is_billed_once() -> None:
    cast, edition = read_cast(), read_edition()
    enrol()

    def bill(_n: int) -> Billed:
        with transaction.atomic(), acting(scope_of(cast.finance)):
            return issue_bills(edition=edition, by=cast.finance)

    outcomes = race(bill)
    assert failures(outcomes) == []
    assert sum(outcome.bills for outcome in outcomes) == 1
    with everything():
        assert PremiumBill.objects.get().fen == 13_000


def confirmation(place: str, by) -> int:
    book = roster_book(("郑某甲", id_number(1), place, villages(place)[0].name))
    batch = uploaded(book, by, place=place)
    with acting(scope_of(by)), transaction.atomic():
        return request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=by).pk


def test_a_job_is_done_by_one_worker() -> None:
    job = confirmation(OWN, read_cast().clerk)
    outcomes = race(lambda _n: jobs.run(job))
    assert failures(outcomes) == []
    assert outcomes.count(True) == 1
    with everything():
        assert Enrollment.objects.count() == 1


def test_two_townships_do_not_both_enrol_one_person() -> None:
    cast = read_cast()
    both = [confirmation(OWN, cast.clerk), confirmation(NEAR, cast.near_clerk)]
    assert failures(race(lambda n: jobs.run(both[n]), 2)) == []
    with everything():
        assert Enrollment.objects.count() == 1
    assert sorted(Job.objects.filter(pk__in=both).values_list("state", flat=True)) == ["done", "refused"]


def test_an_edition_is_published_once_and_an_amendment_too() -> None:
    cast = read_cast()
    with transaction.atomic():
        edition = checked(cast)
        amendment = check_amendment(amendment=amendment_of(read_edition(), cast, *RAISED), by=cast.authority)
    outcomes = race(lambda _n: publish_edition(edition=edition, by=cast.second_authority))
    outcomes += race(lambda _n: publish_amendment(amendment=amendment, by=cast.second_authority))
    assert failures(outcomes) == []
    with everything():
        published = AuditEvent.objects.filter(action__endswith=".publish", actor=cast.second_authority)
        acts = sorted(published.values_list("action", flat=True))
    assert acts == ["amendment.publish", "edition.publish"]


def test_two_amendments_of_one_day_are_not_both_published() -> None:
    cast = read_cast()
    with transaction.atomic():
        both = [
            check_amendment(amendment=amendment_of(read_edition(), cast, *RAISED), by=cast.authority) for _ in range(2)
        ]
    outcomes = race(lambda n: publish_amendment(amendment=both[n], by=cast.second_authority), 2)
    assert [type(error) for error in failures(outcomes)] == [EditionRefused]


def test_what_is_published_is_what_was_checked() -> None:
    """One stores another document while the other publishes: either way what is published was checked."""
    cast = read_cast()
    with transaction.atomic():
        edition = checked(cast)
    other = document("wanzhou-test", ("title: 受理天数", "title: 受理的天数"))
    steps = (
        lambda: publish_edition(edition=edition, by=cast.second_authority),
        lambda: store_edition(document=other, name="other.yaml", by=cast.authority),
    )
    outcomes = race(lambda n: steps[n](), 2)
    assert [type(error) for error in failures(outcomes)] == [EditionRefused]
    found = Edition.objects.get(pk=edition.pk)
    assert found.is_published == (found.sha256 == edition.sha256)


@pytest.mark.postgres
def test_without_constraint_or_lock_the_same_race_pays_more_than_once() -> None:
    """The control: if this did not go wrong, the race above would prove nothing."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE scratch_payment (claim int)")
        cursor.execute(f'GRANT ALL ON scratch_payment TO "{_portal_role()}"')

    def pay(_n: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM scratch_payment WHERE claim = 1")
            if cursor.fetchone()[0] == 0:
                cursor.execute("SELECT pg_sleep(0.05)")
                cursor.execute("INSERT INTO scratch_payment VALUES (1)")

    try:
        assert failures(race(pay)) == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM scratch_payment")
            assert cursor.fetchone()[0] > 1
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE scratch_payment")


def _portal_role() -> str:
    from urllib.parse import urlparse

    import environ

    return urlparse(environ.Env().str("DATABASE_URL")).username or ""


def test_an_endorsement_takes_effect_once_however_many_agree() -> None:
    cast = read_cast()
    enrol(n=2)
    asked = removal(enrol(n=1), cast)
    refused = failures(race(lambda _: agree(asked, cast.adjuster)))
    assert len(refused) == how_many() - 1
    assert {type(error) for error in refused} <= {EndorsementRefused, EditConflict}
    with everything():
        assert AuditEvent.objects.filter(action="endorsement.agree").count() == 1
        assert Enrollment.objects.filter(removed_at__isnull=False).count() == 1
    assert counted(villages(OWN)[0].name) == (1, 1)


def test_one_person_is_asked_for_and_added_once_though_two_townships_try() -> None:
    cast = read_cast()
    for place in (OWN, NEAR):
        enrol(place, 900 + (place == NEAR))
    homes = ((OWN, cast.clerk), (NEAR, cast.near_clerk))

    def ask(number: int):
        place, clerk = homes[number % 2]
        return addition(by=clerk, place=place, n=50)

    outcomes = race(ask)
    assert len(failures(outcomes)) == how_many() - 1
    assert {type(error) for error in failures(outcomes)} <= {EndorsementRefused, AlreadyAsked}
    with everything():
        asked = Endorsement.objects.get()
        assert EndorsementCounter.objects.get().last == 1
    agree(asked, cast.adjuster)
    with everything():
        assert Enrollment.objects.filter(id_index=asked.id_index).count() == 1


def test_a_report_and_a_removal_at_once_are_one_after_the_other() -> None:
    """Either the claim was there first and the removal is refused, or the day has no cover any more."""
    cast, people = read_cast(), [enrol(n=n) for n in range(how_many() // 2)]
    asked = [removal(person, cast) for person in people]
    what = report_of("accident_medical", facts_accident_date="2021-06-01")

    def work(number: int):
        at = number // 2
        return report(people[at], cast.clerk, what) if number % 2 else agree(asked[at], cast.adjuster)

    outcomes = race(work, len(people) * 2)
    for removed, reported in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert sorted(isinstance(one, Exception) for one in (removed, reported)) == [False, True], (removed, reported)
        assert isinstance(removed, Endorsement | EndorsementRefused)
        assert isinstance(reported, Claim | ReportRefused)
