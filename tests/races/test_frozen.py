"""A worker that stands still while it compares, and clerks who type while a batch is written: a defined answer each.

While it compares a worker holds the job's row: nobody else can have the job until it goes on, dies, or the database
drops its transaction.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Timer
from typing import Any

import pytest
from django.db import connection

from enrollment.models import Enrollment, RosterRow
from enrollment.roster.typed import TypedRow
from enrollment.services import checking, confirming
from enrollment.services.entering import Entered, EntryOrder, enter_rows
from office import jobs
from office.models import Job
from orgs.models import User
from orgs.scope import acting, scope_of
from tests.cast import OWN, read_cast, read_edition, reread_batch, township, uploaded
from tests.enrollment.batches import book, on_roster, row
from tests.enrollment.test_import import totals_agree
from tests.ground import everything
from tests.races.racing import failures, race
from tests.races.test_batches import ordered_confirmation

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


class Freezer:
    """Holds the first call of a function until it is let go; `pid`: of the database's process that serves it."""

    def __init__(self, plain: Callable[..., Any]) -> None:
        self.plain, self.calls = plain, 0
        self.reached, self.thawed = Event(), Event()
        self.pid = 0

    def __call__(self, *args: Any, **more: Any) -> Any:
        self.calls += 1
        if self.calls == 1:
            if connection.vendor == "postgresql":
                self.pid = connection.connection.info.backend_pid
            self.reached.set()
            assert self.thawed.wait(PATIENCE)
        return self.plain(*args, **more)


@pytest.fixture
def comparing(monkeypatch: pytest.MonkeyPatch) -> Freezer:
    """A check stands still where it begins to compare; its lease is over long before it goes on."""
    freezer = Freezer(checking.compare)
    monkeypatch.setattr(checking, "compare", freezer)
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.3))
    return freezer


def checked_by_two(comparing: Freezer, second: Callable[[Job], Any]) -> tuple[list[Any], Job]:
    """One worker freezes; `second` is what the other does meanwhile. What both came to, and the job."""
    batch = uploaded(book(1, 2, 3), read_cast().clerk, checked=False)
    job = Job.objects.get(target_id=batch.pk)

    def work(n: int) -> Any:
        if n == 0:
            return jobs.run(job.pk)
        assert comparing.reached.wait(PATIENCE)
        time.sleep(0.6)
        return second(job)

    outcomes = race(work, 2)
    job.refresh_from_db()
    with everything():
        rows = RosterRow.objects.filter(batch=batch)
        assert (rows.count(), rows.filter(outcome="new").count()) == (3, 3)
    assert (reread_batch(batch).state, job.state) == ("checked", "done")
    return outcomes, job


def test_a_worker_frozen_while_it_compares_keeps_the_job_and_ends_it(comparing: Freezer) -> None:
    def second(job: Job) -> bool:
        waker = thaw(comparing, after=0.5)
        try:
            return jobs.run(job.pk)
        finally:
            waker.join()

    outcomes, job = checked_by_two(comparing, second)
    assert (outcomes, job.fence, comparing.calls) == ([True, False], 1, 1)


def thaw(freezer: Freezer, *, after: float) -> Timer:
    timer = Timer(after, freezer.thawed.set)
    timer.start()
    return timer


@pytest.mark.postgres
def test_one_whose_transaction_the_database_dropped_wakes_to_find_it_done(comparing: Freezer) -> None:
    def second(job: Job) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [comparing.pid])
        until = time.monotonic() + PATIENCE
        while not (taken := jobs.run(job.pk)) and time.monotonic() < until:  # its heart may have beaten once more
            time.sleep(0.1)
        comparing.thawed.set()
        return taken

    outcomes, job = checked_by_two(comparing, second)
    assert (outcomes, job.fence, comparing.calls) == ([True, True], 2, 2)


# --- typing while a batch is written ------------------------------------------------------------------------------
def typed(n: int, **more: str) -> TypedRow:
    name, number, _, village = row(n)
    return {"name": name, "id_number": number, "village": village} | more


def enter(by: User, *rows: TypedRow) -> Entered:
    order = EntryOrder(edition=read_edition(), township=township(OWN), by=by)
    with acting(scope_of(by)):
        return enter_rows(rows=dict(enumerate(rows, start=1)), order=order)


def people() -> list[tuple[str, str]]:
    with everything():
        enrolled = Enrollment.objects.filter(removed_at__isnull=True).order_by("id_index")
        return sorted(enrolled.values_list("name", "group"))


def test_who_types_while_a_batch_is_written_waits_and_is_shown_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is enrolled twice, and what the batch wrote is not changed unasked."""
    clerk = read_cast().clerk
    writing = Freezer(confirming._write)
    monkeypatch.setattr(confirming, "_write", writing)
    order = ordered_confirmation(uploaded(book(1, 2), clerk), clerk)

    def work(n: int) -> Any:
        if n == 0:
            return jobs.run(order.pk)
        assert writing.reached.wait(PATIENCE)
        waker = thaw(writing, after=0.5)
        try:
            return enter(clerk, typed(1, group="9组"), typed(3))
        finally:
            waker.join()

    done, answer = race(work, 2)
    assert (done, answer.batch, answer.changing) == (True, None, [1])
    assert [group for _, group in people()] == ["", ""]
    totals_agree()


def test_a_batch_that_finds_somebody_typed_meanwhile_goes_back_to_its_preview() -> None:
    clerk = read_cast().clerk
    batch = uploaded(book(1, 2), clerk)
    order = ordered_confirmation(batch, clerk)
    assert enter(clerk, typed(1, group="9组")).batch
    jobs.run(order.pk)
    order.refresh_from_db()
    after = reread_batch(batch)
    assert (order.state, after.state, after.counts["new"], after.counts["changed"]) == ("refused", "checked", 1, 1)
    assert on_roster(1).group == "9组"


def test_at_the_same_moment_it_is_one_of_the_two() -> None:
    cast = read_cast()
    batch = uploaded(book(1, 2), cast.clerk)
    order = ordered_confirmation(batch, cast.clerk)
    outcomes = race(lambda n: enter(cast.clerk, typed(1, group="9组"), typed(3)) if n else jobs.run(order.pk), 2)
    assert failures(outcomes) == []
    order.refresh_from_db()
    typed_in = outcomes[1].batch is not None
    assert (order.state, reread_batch(batch).state) == (("refused", "checked") if typed_in else ("done", "confirmed"))
    assert people() == sorted([(row(1)[0], "9组"), (row(3)[0], "")] if typed_in else [(row(1)[0], ""), (row(2)[0], "")])
    totals_agree()
