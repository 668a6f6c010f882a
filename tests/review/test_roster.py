"""Uploads whose roster, person or worker changes between the check and the confirmation."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enrollment.models import Enrollment, RosterBatch, RosterRow, VillageTotal
from enrollment.services.staging import stage
from enrollment.services.uploading import UploadRefused, discard_batch, request_confirmation
from enrollment.tasks import check_roster
from office import jobs
from office.models import Job
from orgs.models import Organization, Region, Role, User
from orgs.scope import acting, scope_of, system_scope
from tests.cast import (
    OWN,
    Cast,
    enrol,
    id_number,
    read_edition,
    reread_batch,
    roster_book,
    run_waiting_jobs,
    uploaded,
    villages,
)

pytestmark = pytest.mark.django_db


def row(n: int, village: Region, name: str = "谭某华") -> tuple[str, str, str, str]:
    return (name, id_number(n), OWN, village.name)


def order(batch: RosterBatch, by: User, *, whole: tuple[int, ...] = (), only_valid: bool = True) -> Job:
    with acting(scope_of(by)):
        return request_confirmation(batch=batch, only_valid=only_valid, whole_villages=list(whole), by=by)


def confirmed(batch: RosterBatch, by: User, **more) -> RosterBatch:
    order(batch, by, **more)
    run_waiting_jobs()
    return reread_batch(batch)


def totals() -> dict[int, int]:
    with system_scope("tests look"):
        return dict(VillageTotal.objects.values_list("village_id", "persons"))


def enrolled() -> dict[int, int]:
    with system_scope("tests look"):
        found: dict[int, int] = {}
        for village in Enrollment.objects.filter(removed_at__isnull=True).values_list("village_id", flat=True):
            found[village] = found.get(village, 0) + 1
        return found


def test_a_person_who_moves_within_the_township_is_paid_for_once(cast: Cast) -> None:
    first, second = villages(OWN)[:2]
    enrol(OWN, 1, village=first)
    enrol(OWN, 2, village=first)
    batch = confirmed(uploaded(roster_book(row(1, second)), cast.clerk), cast.clerk)
    assert batch.state == "confirmed" and batch.counts["changed"] == 1
    assert totals() == enrolled() == {first.pk: 1, second.pk: 1}


def test_a_row_whose_person_was_removed_after_the_check_is_not_lost(cast: Cast) -> None:
    """It was `unchanged` in the preview; a confirmation must not say that all went well and leave it out."""
    village = villages(OWN)[0]
    confirmed(uploaded(roster_book(row(1, village)), cast.clerk), cast.clerk)
    batch = uploaded(roster_book(row(1, village), row(2, village)), cast.clerk, name="第二份.xlsx")
    assert batch.counts["unchanged"] == 1
    with system_scope("tests change"):
        Enrollment.objects.update(removed_at=timezone.now())
    after = confirmed(batch, cast.clerk)
    assert after.state == "checked" and "new" in after.counts and after.counts["new"] == 2
    assert Job.objects.latest("pk").state == "refused"
    assert confirmed(after, cast.clerk).state == "confirmed"
    assert sum(enrolled().values()) == 2


def test_a_preview_made_anew_shows_the_new_counts(cast: Cast) -> None:
    village = villages(OWN)[0]
    batch = uploaded(roster_book(row(1, village), row(2, village)), cast.clerk)
    enrol("甘宁镇", 1)
    after = confirmed(batch, cast.clerk)
    assert after.state == "checked"
    assert (after.counts["new"], after.counts["rejected"]) == (1, 1)
    line = next(line for line in after.villages if line["id"] == village.pk)
    assert (line["new"], line["invalid"]) == (1, 1)
    with pytest.raises(UploadRefused):
        order(after, cast.clerk, only_valid=False)


def test_a_village_is_not_emptied_because_its_rows_could_not_be_read(cast: Cast) -> None:
    village = villages(OWN)[0]
    for n in (1, 2, 3):
        enrol(OWN, n, village=village)
    unreadable = [("谭某华", f"50010119700101{n}", OWN, village.name) for n in (1, 2, 3)]
    batch = uploaded(roster_book(*unreadable), cast.clerk)
    with pytest.raises(UploadRefused):
        order(batch, cast.clerk, whole=(village.pk,))
    assert enrolled() == {village.pk: 3}


def test_a_whole_village_with_one_unreadable_row_is_not_taken_as_whole(cast: Cast) -> None:
    village = villages(OWN)[0]
    for n in (1, 2):
        enrol(OWN, n, village=village)
    batch = uploaded(roster_book(row(1, village), ("谭某华", "500101", OWN, village.name)), cast.clerk)
    with pytest.raises(UploadRefused):
        order(batch, cast.clerk, whole=(village.pk,))
    assert confirmed(batch, cast.clerk).state == "confirmed"
    assert enrolled() == {village.pk: 2}


def test_a_worker_back_from_the_dead_stages_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its job went on elsewhere; a chunk of its rows beside the other's would make the batch useless."""
    village = villages(OWN)[0]
    batch = uploaded(roster_book(row(1, village)), cast.clerk, checked=False)
    job = Job.objects.get(target_id=batch.pk)
    dead = jobs._take(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    def rows_then_overtaken(rows, *, stamp, scope, progress):
        rows = list(rows)
        assert jobs.run(job.pk)  # the other worker does it all
        return stage(iter(rows), stamp=stamp, scope=scope, progress=progress)

    taken = []

    def once(*args, **kwargs):
        taken.append(1)
        return rows_then_overtaken(*args, **kwargs) if len(taken) == 1 else stage(*args, **kwargs)

    monkeypatch.setattr("enrollment.services.checking.stage", once)
    job = Job.objects.select_related("requested_by__organization__region").get(pk=job.pk)
    with pytest.raises(jobs.FenceLost):
        check_roster(job, dead)
    with system_scope("tests look"):
        assert RosterRow.objects.filter(batch=batch).count() == 1
    assert reread_batch(batch).state == "checked"


def test_a_confirmation_begun_again_leaves_a_discarded_upload_alone(cast: Cast) -> None:
    """The worker died after sending the batch back to its preview; then the person discarded it."""
    village = villages(OWN)[0]
    enrol(OWN, 1, village=village)
    batch = uploaded(roster_book(row(1, village)), cast.clerk)
    order(batch, cast.clerk, whole=(village.pk,))
    with acting(scope_of(cast.clerk)):
        RosterBatch.objects.filter(pk=batch.pk).update(state="checked")
        discard_batch(batch=batch, by=cast.clerk)
    run_waiting_jobs()
    assert reread_batch(batch).state == "discarded"
    assert enrolled() == {village.pk: 1}


@pytest.mark.parametrize("stuck", ["checking", "confirming"])
def test_an_upload_whose_work_has_failed_can_be_dropped(cast: Cast, login, stuck: str) -> None:
    batch = uploaded(roster_book(row(1, villages(OWN)[0])), cast.clerk)
    with system_scope("tests change"):
        RosterBatch.objects.filter(pk=batch.pk).update(state=stuck)
    Job.objects.filter(target_id=batch.pk).update(state="failed")
    client: Client = login(cast.clerk)
    client.post(f"/roster/import/{batch.pk}/discard/")
    assert reread_batch(batch).state == "discarded"


@pytest.mark.parametrize("stuck", ["checking", "confirming"])
def test_an_upload_at_work_can_not_be_dropped(cast: Cast, login, stuck: str) -> None:
    batch = uploaded(roster_book(row(1, villages(OWN)[0])), cast.clerk)
    with system_scope("tests change"):
        RosterBatch.objects.filter(pk=batch.pk).update(state=stuck)
    Job.objects.filter(target_id=batch.pk).update(state="running", lease_until=timezone.now())
    login(cast.clerk).post(f"/roster/import/{batch.pk}/discard/")
    assert reread_batch(batch).state == stuck


def test_somebody_whose_role_changed_imports_nothing_any_more(cast: Cast) -> None:
    """The region of the new office is the same; the act is not theirs."""
    batch = uploaded(roster_book(row(1, villages(OWN)[0])), cast.authority)
    order(batch, cast.authority)
    audit = Organization.objects.get(kind="audit")
    User.objects.filter(pk=cast.authority.pk).update(role=Role.AUDITOR, organization=audit)
    (job,) = run_waiting_jobs()
    assert job.state == "refused"
    assert enrolled() == {}


def test_two_confirmations_of_one_township_count_right(cast: Cast) -> None:
    village = villages(OWN)[0]
    first = uploaded(roster_book(row(1, village), row(2, village)), cast.clerk)
    second = uploaded(roster_book(row(2, village), row(3, village)), cast.clerk, name="第二份.xlsx")
    order(first, cast.clerk)
    order(second, cast.clerk)
    run_waiting_jobs()
    assert (reread_batch(first).state, reread_batch(second).state) == ("confirmed", "checked")
    assert confirmed(second, cast.clerk).state == "confirmed"
    assert totals() == enrolled() == {village.pk: 3}
    with system_scope("tests look"):
        assert Enrollment.objects.filter(edition=read_edition()).count() == 3
