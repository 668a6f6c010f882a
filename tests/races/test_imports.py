"""Imports at once: one of them goes through, the other is told and finds its preview right; each race has its control."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet, Sum

from claims.models import Claim
from enrollment.models import Enrollment, RosterBatch, VillageTotal
from enrollment.services import confirming, uploading
from enrollment.services.uploading import UploadRefused, request_confirmation, upload_roster
from office import jobs
from office.models import Job
from orgs.models import User
from orgs.scope import acting, scope_of, visible
from tests.cast import (
    OWN,
    enrol,
    id_number,
    read_cast,
    read_edition,
    report,
    report_of,
    reread_batch,
    roster_book,
    township,
    uploaded,
    villages,
)
from tests.ground import as_owner, everything
from tests.races.racing import failures, how_many, race

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = "person_is_enrolled_once_an_edition"


def book(first: int, last: int) -> bytes:
    village = villages(OWN)[0].name
    return roster_book(
        *((f"郑某{'甲乙丙丁戊己庚'[n % 7]}", id_number(n), OWN, village) for n in range(first, last + 1))
    )


def order(batch: RosterBatch, by: User) -> Job:
    with transaction.atomic(), acting(scope_of(by)):
        return request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=by)


def enrolled() -> tuple[int, int]:
    """On the roster, and in the sums of the villages."""
    with everything():
        persons = VillageTotal.objects.aggregate(n=Sum("persons"))["n"] or 0
        return Enrollment.objects.filter(removed_at__isnull=True).count(), persons


def two_ordered() -> list[Job]:
    """The confirmations of two imports of one township that share three people."""
    clerk = read_cast().clerk
    batches = [uploaded(book(1, 5), clerk, name="甲.xlsx"), uploaded(book(3, 7), clerk, name="乙.xlsx")]
    return [order(batch, clerk) for batch in batches]


def two_at_once() -> list[Job]:
    """Both are done at the same moment."""
    both = two_ordered()
    assert failures(race(lambda n: jobs.run(both[n].pk), 2)) == []
    return list(Job.objects.filter(pk__in=[job.pk for job in both]).order_by("state"))


def test_of_two_imports_at_once_one_is_written_and_the_other_looked_at_again() -> None:
    done, refused = two_at_once()
    assert (done.state, refused.state) == ("done", "refused")
    assert "名册有了变动" in refused.message
    assert enrolled() == (5, 5)
    with everything():
        second = RosterBatch.objects.get(pk=refused.target_id)
    assert (second.state, second.counts["new"]) == ("checked", 2)
    again = order(second, read_cast().clerk)
    assert jobs.run(again.pk)
    assert reread_batch(second).state == "confirmed"
    assert enrolled() == (7, 7)


def test_without_the_constraint_the_same_two_imports_enrol_people_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(confirming, "_refuse_moved_roster", lambda _batch: None)
    with without_index(INDEX):
        for job in two_ordered():
            jobs.run(job.pk)
        assert enrolled()[0] == 10


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """The unique index is away until the end of the block; what came in meanwhile is cleared first."""
    with as_owner(), connection.cursor() as cursor:
        where = (
            "SELECT sql FROM sqlite_master WHERE name"
            if connection.vendor == "sqlite"
            else "SELECT indexdef FROM pg_indexes WHERE indexname"
        )
        cursor.execute(f"{where} = %s", [name])
        (statement,) = cursor.fetchone()
        cursor.execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        with as_owner():
            with everything():
                Enrollment.objects.all()._raw_delete("default")
            with connection.cursor() as cursor:
                cursor.execute(statement)


def upload_at_once() -> list[Any]:
    clerk, edition, place = read_cast().clerk, read_edition(), township(OWN)
    content = book(1, 3)

    def send(_n: int) -> RosterBatch:
        with transaction.atomic(), acting(scope_of(clerk)):
            return upload_roster(edition=edition, township=place, name="同.xlsx", content=content, by=clerk)[0]

    return race(send)


def test_one_file_sent_by_many_clicks_is_taken_once() -> None:
    outcomes = upload_at_once()
    assert {type(error) for error in failures(outcomes)} == {UploadRefused}
    assert len(failures(outcomes)) == how_many() - 1
    with everything():
        assert (RosterBatch.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.postgres
def test_without_taking_turns_the_same_clicks_are_taken_several_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(uploading, "wait_for_turn", lambda _subject: None)
    assert len(failures(upload_at_once())) < how_many() - 1


def confirm_at_once() -> list[Any]:
    clerk = read_cast().clerk
    batch = uploaded(book(1, 3), clerk)
    return race(lambda _n: order(batch, clerk), 20)


def test_twenty_clicks_confirm_once() -> None:
    outcomes = confirm_at_once()
    assert {type(error) for error in failures(outcomes)} == {UploadRefused}
    assert len(failures(outcomes)) == 19
    assert Job.objects.filter(kind="roster_confirm").count() == 1
    for job_id in jobs.waiting_job_ids():
        jobs.run(job_id)
    assert enrolled() == (3, 3)


@pytest.mark.postgres
def test_without_the_lock_twenty_clicks_order_it_several_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: on SQLite whoever writes waits for whoever wrote, lock or not."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(uploading, "_refuse_unread_villages", lambda *_: time.sleep(0.1))
    assert len(failures(confirm_at_once())) < 19


def test_claims_are_reported_while_an_import_is_written() -> None:
    """Neither waits for ever, and both are there afterwards."""
    cast = read_cast()
    people = [enrol(n=n) for n in range(1, 6)]
    job = order(uploaded(book(3, 60), cast.clerk), cast.clerk)

    def work(n: int) -> object:
        if n == 0:
            return jobs.run(job.pk)
        return report(people[n - 1], cast.clerk, report_of(n=n))

    assert failures(race(work, 6)) == []
    job.refresh_from_db()
    assert job.state == "done"
    with everything():
        assert Claim.objects.count() == 5
        assert {claim.enrollment_id for claim in Claim.objects.all()} == {person.pk for person in people}
    assert enrolled() == (60, 60)


def test_an_upload_dropped_and_confirmed_at_once_is_one_of_the_two() -> None:
    clerk = read_cast().clerk
    batch = uploaded(book(1, 3), clerk)

    def work(n: int) -> object:
        if n == 0:
            return order(batch, clerk)
        with transaction.atomic(), acting(scope_of(clerk)):
            return uploading.discard_batch(batch=visible(RosterBatch, clerk).get(pk=batch.pk), by=clerk)

    assert [type(error) for error in failures(race(work, 2))] == [UploadRefused]
    for job_id in jobs.waiting_job_ids():
        jobs.run(job_id)
    assert (reread_batch(batch).state, enrolled()) in [("discarded", (0, 0)), ("confirmed", (3, 3))]
