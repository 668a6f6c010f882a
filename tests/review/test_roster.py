"""Uploads whose roster, person or worker changes between the check and the confirmation."""

import pytest
from django.utils import timezone

from enrollment.models import Enrollment, RosterBatch, RosterRow, VillageTotal
from enrollment.services.uploading import UploadRefused, discard_batch, request_confirmation
from office import jobs
from office.models import Job
from orgs.models import Region, User
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


def test_a_row_whose_person_was_removed_after_the_check_is_not_lost(cast: Cast) -> None:
    """It was `unchanged` in the preview; a confirmation must not say that all went well and leave it out."""
    village = villages(OWN)[0]
    confirmed(uploaded(roster_book(row(1, village)), cast.clerk), cast.clerk)
    batch = uploaded(roster_book(row(1, village), row(2, village)), cast.clerk, name="第二份.xlsx")
    assert batch.counts["unchanged"] == 1
    with system_scope("tests change"):
        Enrollment.objects.update(removed_at=timezone.now())
    after = confirmed(batch, cast.clerk)
    assert (after.state, after.counts["new"]) == ("checked", 2)
    assert Job.objects.latest("pk").state == "refused"
    assert confirmed(after, cast.clerk).state == "confirmed"
    assert sum(enrolled().values()) == 2


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


def test_a_check_begun_again_leaves_the_rows_of_a_finished_one(cast: Cast) -> None:
    """Its worker died between the preview and its own record; the person may be confirming at this moment."""
    village = villages(OWN)[0]
    batch = uploaded(roster_book(row(1, village)), cast.clerk)
    job = Job.objects.select_related("requested_by__organization__region").get(target_id=batch.pk)
    Job.objects.filter(pk=job.pk).update(state="waiting")
    with system_scope("tests look"):
        before = list(RosterRow.objects.values_list("pk", flat=True))
        assert jobs.run(job.pk)
        assert list(RosterRow.objects.values_list("pk", flat=True)) == before


def test_people_added_after_the_check_are_not_taken_out_with_their_village(cast: Cast) -> None:
    village = villages(OWN)[0]
    enrol(OWN, 1, village=village)
    batch = uploaded(roster_book(row(1, village)), cast.clerk)
    enrol(OWN, 2, village=village)
    after = confirmed(batch, cast.clerk, whole=(village.pk,))
    assert (after.state, enrolled()) == ("checked", {village.pk: 2})
    assert confirmed(after, cast.clerk, whole=(village.pk,)).state == "confirmed"
    assert enrolled() == {village.pk: 1}
