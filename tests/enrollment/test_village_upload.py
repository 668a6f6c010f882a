"""A village's clerk uploads like a township's, for their own village: others' people are neither seen nor touched."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from enrollment.models import Enrollment, RosterBatch, RosterRow, VillageTotal
from enrollment.services.undoing import staying, undo_preview
from orgs.models import User
from tests.cast import (
    NEAR,
    OWN,
    Cast,
    enrol,
    id_number,
    reread_batch,
    roster_book,
    run_waiting_jobs,
    township,
    uploaded,
    villages,
)
from tests.enrollment.batches import another_edition, book, carried, confirm, confirmed, on_roster, row, undone, waiting
from tests.ground import everything
from tests.people.test_correcting import correct
from tests.people.test_entering import village_clerk

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(cast: Cast) -> User:
    return User.objects.select_related("organization__region").get(pk=village_clerk().pk)


def kinds(batch: RosterBatch) -> dict[str, int]:
    return batch.counts["errors_by_kind"]


def test_their_own_village_is_imported_and_undone(by: User) -> None:
    own = villages(OWN)[0]
    batch = confirmed(book(1, 2), by)
    assert (batch.state, batch.counts["new"], batch.region_path) == ("confirmed", 2, own.path)
    with everything():
        assert {person.village for person in Enrollment.objects.all()} == {own}
        assert VillageTotal.objects.get().persons == 2
        assert set(RosterRow.objects.values_list("region_path", flat=True)) == {own.path}
    undone(batch, by)
    assert on_roster(1) is None


def test_rows_of_another_village_are_wrong_rows_of_theirs(by: User) -> None:
    batch = uploaded(roster_book(row(1), row(2, village=1), row(3, place=NEAR)), by)
    assert (batch.counts["new"], batch.counts["invalid"]) == (1, 2)
    with everything():
        assert set(RosterRow.objects.values_list("region_path", flat=True)) == {by.organization.region.path}


def test_who_is_on_the_roster_of_another_village_is_left_there_without_a_word(cast: Cast, by: User) -> None:
    enrol(n=2, name="谭某邻", village=villages(OWN)[1])
    batch = uploaded(roster_book(row(1), ("谭某邻", *row(2)[1:]), row(3)), by)
    assert (batch.counts["new"], kinds(batch)) == (2, {"other_village": 1})
    confirm(batch, by)
    assert (on_roster(2).village, waiting()) == (villages(OWN)[1], [])


def test_a_corrected_number_of_somebody_of_another_village_is_left_there_without_a_word(cast: Cast, by: User) -> None:
    """Not enrolled a second time under the wrong number, nor told that another village has them."""
    correct(enrol(n=2, name=row(2)[0], village=villages(OWN)[1]), id_number(9), cast.authority)
    batch = uploaded(book(1, 2), by)
    assert (batch.counts["new"], kinds(batch)) == (1, {"other_village": 1})
    confirm(batch, by)
    assert on_roster(2) is None


def test_a_whole_village_takes_nobody_of_another_off(cast: Cast, by: User) -> None:
    own, other = villages(OWN)[:2]
    enrol(n=5, name="谭某旧")
    enrol(n=6, name="谭某邻", village=other)
    batch = uploaded(book(1), by)
    assert confirm(batch, by, whole=(own.pk, other.pk)).counts["removed"] == 1
    assert (on_roster(5), on_roster(6).village) == (None, other)


def test_who_came_to_another_village_meanwhile_is_found_at_the_confirmation(cast: Cast, by: User) -> None:
    batch = uploaded(book(1, 2), by)
    confirmed(book(1, village=1), cast.clerk)
    after = confirm(batch, by)
    assert (after.state, after.counts["new"], after.counts["invalid"]) == ("checked", 1, 1)


def test_undoing_tells_nothing_of_whoever_moved_to_another_village(cast: Cast, by: User) -> None:
    batch = confirmed(book(1, 2), by)
    confirmed(book(1, village=1), cast.clerk, name="移.xlsx")
    assert undo_preview(batch).stays == {"changed_since": 1}
    assert staying(batch, 10) == []
    undone(batch, by)
    assert (on_roster(1).village, on_roster(2)) == (villages(OWN)[1], None)


def test_last_years_village_alone_is_carried_over(cast: Cast, by: User) -> None:
    confirmed(book(1, 2), cast.clerk)
    confirmed(book(3, village=1), cast.clerk, name="又.xlsx")
    assert carried(another_edition("next", years=1), OWN, by).counts["new"] == 2


def test_the_pages_take_it(cast: Cast, login, by: User) -> None:
    client = login(by)
    page = client.get("/roster/import/").content.decode()
    assert (OWN in page, NEAR in page) == (True, False)
    file = SimpleUploadedFile("村名册.xlsx", book(1, 2))
    answer = client.post("/roster/import/", {"township": township(OWN).pk, "file": file}, follow=True)
    run_waiting_jobs()
    with everything():
        batch = RosterBatch.objects.get()
    assert (answer.status_code, batch.counts["new"]) == (200, 2)
    assert "新增 2" in client.get(f"/roster/import/{batch.pk}/").content.decode()
    assert client.post(f"/roster/import/{batch.pk}/confirm/", {"only_valid": "no"}).status_code == 302
    run_waiting_jobs()
    assert reread_batch(batch).state == "confirmed"
    assert login(cast.clerk).get(f"/roster/import/{batch.pk}/").status_code == 200
    other = SimpleUploadedFile("别处.xlsx", book(3))
    assert client.post("/roster/import/", {"township": township(NEAR).pk, "file": other}).status_code == 422


def test_the_template_offers_their_village(login, by: User) -> None:
    book = load_workbook(io.BytesIO(login(by).get("/roster/import/template.xlsx").content))
    text = str([list(sheet.values) for sheet in book])
    assert (villages(OWN)[0].name in text, villages(OWN)[1].name in text) == (True, False)
