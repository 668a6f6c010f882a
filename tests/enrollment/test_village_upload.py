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


@pytest.fixture
def neighbour(cast: Cast) -> User:
    """The clerk of OWN's next village."""
    made = village_clerk("next.village", village=1)
    return User.objects.select_related("organization__region").get(pk=made.pk)


def elsewhere(n: int, village: int = 0) -> bytes:
    """A village's file with somebody who is on NEAR's roster: the county has to decide."""
    return book(n, village=village)


def test_what_one_village_has_sent_up_is_not_replaced_by_anothers(cast: Cast, by: User, neighbour: User) -> None:
    """The second is told, without a word of the first; what waits stays with whoever sent it."""
    enrol(NEAR, 1, name=row(1)[0])
    first = confirmed(elsewhere(1), by)
    second = uploaded(elsewhere(1, village=1), neighbour)
    assert (second.counts["conflicts"], kinds(second)) == (0, {"other_village": 1})
    confirm(second, neighbour)
    assert [(one.batch_id, one.village_id) for one in waiting()] == [(first.pk, villages(OWN)[0].pk)]


def test_whoever_waits_elsewhere_does_not_keep_the_whole_village_from_being_taken(
    cast: Cast, by: User, neighbour: User
) -> None:
    """It is known whom the row names, and that nobody of this village goes for it."""
    enrol(NEAR, 1, name=row(1)[0])
    confirmed(book(1), by)
    enrol(n=5, name="谭某旧", village=villages(OWN)[1])
    second = uploaded(book(1, 2, village=1), neighbour)
    assert confirm(second, neighbour, whole=(villages(OWN)[1].pk,)).counts["removed"] == 1


def test_nor_where_both_were_checked_before_either_was_confirmed(cast: Cast, by: User, neighbour: User) -> None:
    enrol(NEAR, 1, name=row(1)[0])
    first, second = uploaded(elsewhere(1), by), uploaded(elsewhere(1, village=1), neighbour)
    assert second.counts["conflicts"] == 1
    confirm(first, by)
    after = confirm(second, neighbour)
    assert (after.state, after.counts["conflicts"], after.counts["invalid"]) == ("checked", 0, 1)
    assert [one.batch_id for one in waiting()] == [first.pk]


def test_the_township_is_told_which_village_waits(cast: Cast, by: User) -> None:
    enrol(NEAR, 1, name=row(1)[0])
    first = confirmed(elsewhere(1), by)
    second = uploaded(elsewhere(1, village=1), cast.clerk)
    with everything():
        (problem,) = second.rows.get().problems
    assert (second.counts["conflicts"], kinds(second)) == (0, {"waits_for_village": 1})
    assert villages(OWN)[0].name in problem["message"]
    undone(first, cast.clerk)
    confirmed(book(1, 3, village=1), cast.clerk, name="又.xlsx")
    assert [one.village_id for one in waiting()] == [villages(OWN)[1].pk]


def test_a_row_sent_anew_by_its_own_village_or_by_its_township_takes_its_place(cast: Cast, by: User) -> None:
    enrol(NEAR, 1, name=row(1)[0])
    confirmed(elsewhere(1), by)
    again = confirmed(roster_book(row(1, name="郑某改")), by, name="改.xlsx")
    assert [(one.batch_id, one.name) for one in waiting()] == [(again.pk, "郑某改")]
    enrol(NEAR, 2, name=row(2)[0])
    confirmed(elsewhere(2), cast.clerk, name="镇.xlsx")
    moved = confirmed(elsewhere(2, village=1), cast.clerk, name="镇又.xlsx")
    assert [one.batch_id for one in waiting()] == [again.pk, moved.pk]


def test_what_the_township_has_sent_up_is_not_replaced_by_another_village(cast: Cast, by: User) -> None:
    enrol(NEAR, 1, name=row(1)[0])
    first = confirmed(elsewhere(1, village=1), cast.clerk)
    assert kinds(uploaded(elsewhere(1), by)) == {"other_village": 1}
    assert [one.batch_id for one in waiting()] == [first.pk]
