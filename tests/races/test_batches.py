"""Batches against one another, against claims and against the county: a defined answer each, in either order."""

from threading import Event, Thread

import pytest
from django.db import connections, transaction
from django.utils import timezone

from claims.models import Claim
from claims.services import reporting
from claims.services.reporting import ReportRefused
from enrollment.models import Enrollment, RosterBatch
from enrollment.services import undoing
from enrollment.services.undoing import request_undo
from enrollment.services.uploading import request_confirmation
from office import jobs
from office.models import Job
from orgs.scope import acting, scope_of
from orgs.versions import EditConflict
from tests.cast import NEAR, enrol, read_cast, report, reread_batch, uploaded
from tests.enrollment.batches import book, confirm, confirmed, decided, on_roster, roster_as_it_is, waiting
from tests.enrollment.test_import import totals_agree
from tests.ground import everything
from tests.races.racing import failures, how_many, race

pytestmark = pytest.mark.django_db(transaction=True)


def ordered_undo(batch: RosterBatch, by) -> Job:
    with transaction.atomic(), acting(scope_of(by)):
        reversal = request_undo(batch=batch, typed=batch.file_name, by=by)
    return Job.objects.get(kind="roster_undo", target_id=reversal.pk)


def ordered_confirmation(batch: RosterBatch, by) -> Job:
    with transaction.atomic(), acting(scope_of(by)):
        return request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=by)


def test_undoing_is_ordered_once_however_many_press_the_button() -> None:
    cast = read_cast()
    batch = confirmed(book(1, 2), cast.clerk)
    outcomes = race(lambda _n: ordered_undo(batch, cast.clerk).pk)
    assert failures(outcomes) == []
    assert len(set(outcomes)) == 1
    assert jobs.run(outcomes[0])
    assert roster_as_it_is() == ([], {})


def test_two_imports_of_one_township_at_once_lose_and_double_nobody() -> None:
    """The second finds the roster moved, looks again, and is right after its preview was seen."""
    cast = read_cast()
    both = [uploaded(book(*numbers), cast.clerk, name=f"{numbers}.xlsx") for numbers in ((1, 2, 3), (3, 4))]
    orders = [ordered_confirmation(batch, cast.clerk) for batch in both]
    assert failures(race(lambda n: jobs.run(orders[n].pk), 2)) == []
    states = {reread_batch(batch).state for batch in both}
    assert states == {"confirmed", "checked"}
    late = next(batch for batch in both if reread_batch(batch).state == "checked")
    assert reread_batch(late).counts["unchanged"] == 1
    confirm(reread_batch(late), cast.clerk)
    assert sorted(person[0][5] for person in roster_as_it_is()[0]) == sorted(f"郑某{name}" for name in "乙丙丁戊")
    totals_agree()


def test_what_a_clerk_types_while_an_import_waits_is_not_written_over() -> None:
    """Somebody corrects a person after the preview: the confirmation goes back to it."""
    cast = read_cast()
    confirmed(book(1), cast.clerk)
    batch = uploaded(book(1, village=1), cast.clerk, name="又.xlsx")
    person = on_roster(1)
    with everything():
        Enrollment.objects.filter(pk=person.pk).update(phone="10000009999", content="typed", version=2)
    order = ordered_confirmation(batch, cast.clerk)
    jobs.run(order.pk)
    order.refresh_from_db()
    assert (order.state, "名册有了变动" in order.message, on_roster(1).content) == ("refused", True, "typed")
    assert reread_batch(batch).counts["changed"] == 1


def test_somebody_typed_into_a_whole_village_is_not_removed_unseen() -> None:
    """Also where somebody else has left, so that the village has as many people as before."""
    cast = read_cast()
    confirmed(book(1, 2), cast.clerk)
    batch = uploaded(book(1), cast.clerk, name="少.xlsx")
    village = on_roster(2).village
    enrol(n=7, name="郑某庚", village=village)
    with everything():
        Enrollment.objects.filter(pk=on_roster(2).pk).update(removed_at=timezone.now())
    batch = confirm(batch, cast.clerk, whole=(village.pk,))
    assert (batch.state, on_roster(7) is not None) == ("checked", True)


def test_of_two_who_decide_at_once_one_decides() -> None:
    cast = read_cast()
    enrol(NEAR, 1, name="郑某乙")
    confirmed(book(1), cast.clerk)
    (case,) = waiting()
    people = (cast.authority, cast.second_authority)

    def decide(n: int) -> str:
        with transaction.atomic():
            return decided(case, "transfer", people[n % 2]).decision

    outcomes = race(decide)
    assert {type(error) for error in failures(outcomes)} == {EditConflict}
    assert len(failures(outcomes)) == how_many() - 1
    totals_agree()


# --- undoing while claims are reported --------------------------------------------------------------------------
def claim_or_refusal(person: Enrollment, by):
    with transaction.atomic():
        return report(person, by)


def never_a_claim_on_somebody_taken_out_unseen() -> None:
    with everything():
        for claim in Claim.objects.all():
            assert Enrollment.objects.filter(pk=claim.enrollment_id, removed_at__isnull=True).exists(), claim.number


@pytest.mark.parametrize("repeat", range(3))
def test_undoing_while_claims_are_reported(repeat: int) -> None:
    cast = read_cast()
    batch = confirmed(book(1, 2, 3, 4), cast.clerk)
    people = [on_roster(n) for n in (1, 2, 3, 4)]
    order = ordered_undo(batch, cast.clerk)

    def work(n: int):
        return jobs.run(order.pk) if n == 0 else claim_or_refusal(people[n - 1], cast.clerk)

    outcomes = race(work, 5)
    assert {type(error) for error in failures(outcomes)} <= {ReportRefused}
    never_a_claim_on_somebody_taken_out_unseen()
    with everything():
        claims = Claim.objects.count()
    assert reread_batch(RosterBatch(pk=order.target_id)).counts["rejected"] == claims == 4 - len(failures(outcomes))
    totals_agree()


@pytest.mark.postgres
def test_a_report_that_is_being_written_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reporter holds the person; the undoing stands still until the claim is there, and lets the person be."""
    cast = read_cast()
    batch = confirmed(book(1), cast.clerk)
    person, order = on_roster(1), ordered_undo(batch, cast.clerk)
    holding, go_on = Event(), Event()
    plain = reporting.next_number

    def slow(edition):
        holding.set()
        assert go_on.wait(20)
        return plain(edition)

    monkeypatch.setattr(reporting, "next_number", slow)
    reporter = in_thread(lambda: claim_or_refusal(person, cast.clerk))
    assert holding.wait(20)
    undoer = in_thread(lambda: jobs.run(order.pk))
    undoer.join(1)
    assert undoer.is_alive(), "the undoing did not wait for the report"
    go_on.set()
    reporter.join(20), undoer.join(20)
    never_a_claim_on_somebody_taken_out_unseen()
    assert (on_roster(1) is not None, reread_batch(RosterBatch(pk=order.target_id)).counts["rejected"]) == (True, 1)


@pytest.mark.postgres
def test_a_report_that_comes_during_the_undoing_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = read_cast()
    batch = confirmed(book(1), cast.clerk)
    person, order = on_roster(1), ordered_undo(batch, cast.clerk)
    holding, go_on = Event(), Event()
    plain = undoing.sum_up_villages

    def slow(*args):
        holding.set()
        assert go_on.wait(20)
        return plain(*args)

    monkeypatch.setattr(undoing, "sum_up_villages", slow)
    undoer = in_thread(lambda: jobs.run(order.pk))
    assert holding.wait(20)
    outcome: list[object] = []

    def try_to_report() -> None:
        try:
            outcome.append(claim_or_refusal(person, cast.clerk))
        except ReportRefused as refused:
            outcome.append(str(refused))

    reporter = in_thread(try_to_report)
    reporter.join(1)
    assert reporter.is_alive(), "the report did not wait for the undoing"
    go_on.set()
    reporter.join(20), undoer.join(20)
    assert "刚从参保名册上撤下" in str(outcome[0])
    with everything():
        assert Claim.objects.count() == 0


def in_thread(work) -> Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread
