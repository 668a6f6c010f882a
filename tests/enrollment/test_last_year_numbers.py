"""Against last year's roster somebody whose number was put right is the same person, in whichever year that was."""

import pytest

from enrollment.models import Enrollment, IdCorrection, RosterBatch
from enrollment.services.last_year_numbers import Few, Person, chains_of, come_again, not_gone
from schemes.models import Edition
from tests.cast import NEAR, OWN, Cast, enrol, id_number, roster_book, villages
from tests.enrollment.batches import another_edition, book, confirm, confirmed, row
from tests.enrollment.test_comparing import _uploaded_for
from tests.ground import everything
from tests.people.test_correcting import correct

pytestmark = pytest.mark.django_db


def of_edition(edition: Edition, n: int) -> Enrollment:
    with everything():
        people = Enrollment.objects.select_related("edition__place", "township", "village")
        return people.get(edition=edition, name=row(n)[0], removed_at__isnull=True)


def as_number(n: int, number: int) -> tuple[str, ...]:
    """The row of the nth person under another's number."""
    name, _, place, village = row(n)
    return name, id_number(number), place, village


def last_year(batch: RosterBatch) -> tuple[int, int, int]:
    told = batch.counts["last_year"]
    return told["again"], told["first"], told["gone"]


@pytest.fixture
def after(cast: Cast) -> Edition:
    confirmed(book(1, 2, 3), cast.clerk)
    return another_edition("next", years=1)


@pytest.mark.parametrize("times", [1, 2])
def test_who_was_corrected_this_year_comes_again_under_the_right_number(cast: Cast, after: Edition, times: int) -> None:
    confirm(_uploaded_for(after, book(1, 2), cast), cast.clerk)
    for number in (50, 51)[:times]:
        correct(of_edition(after, 1), id_number(number), cast.clerk)
    sheet = roster_book(as_number(1, 49 + times), row(2))
    assert last_year(_uploaded_for(after, sheet, cast)) == (2, 0, 1)
    assert last_year(_uploaded_for(after, book(2), cast)) == (1, 0, 1)  # on this year's roster already


def test_who_was_corrected_last_year_comes_again_under_the_wrong_number(cast: Cast, after: Edition) -> None:
    correct(on_last_year(1), id_number(50), cast.clerk)
    batch = _uploaded_for(after, book(1, 2), cast)
    assert last_year(batch) == (2, 0, 1)
    assert (batch.villages[0]["again"], batch.villages[0]["gone"]) == (2, 1)


def on_last_year(n: int) -> Enrollment:
    with everything():
        people = Enrollment.objects.select_related("edition__place", "township", "village")
        return people.get(edition__code="wanzhou-2021", name=row(n)[0])


def test_the_owner_of_a_number_that_was_mistyped_is_nobody_elses_last_year(cast: Cast, after: Edition) -> None:
    correct(on_last_year(1), id_number(50), cast.clerk)
    owner = ("别某人", id_number(1), *row(1)[2:])
    assert last_year(_uploaded_for(after, roster_book(owner, row(2)), cast)) == (1, 1, 2)


def test_a_correction_in_another_township_is_none_of_this_ones_business(cast: Cast, after: Edition) -> None:
    there = enrol(NEAR, 60, name="郑某移", village=villages(NEAR)[0])
    correct(there, id_number(61), cast.near_clerk)
    sheet = roster_book(("郑某移", id_number(60), OWN, villages(OWN)[0].name), row(2))
    assert last_year(_uploaded_for(after, sheet, cast)) == (1, 1, 2)
    with everything():
        assert IdCorrection.objects.count() == 1


def test_both_numbers_of_one_person_in_the_rows_are_one_who_comes_again() -> None:
    chains = chains_of([("甲", "a", "b"), ("乙", "b", "c")])
    rows = [Person(1, 9, "a", "甲"), Person(1, 9, "b", "甲")]
    few = Few(rows=rows, before=[Person(1, 9, "a", "甲")], now=[], chains=chains)
    assert (come_again(few), not_gone(few)) == ({}, {})
