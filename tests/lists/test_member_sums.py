"""The sums of the members list are what a count from scratch gives, whatever has changed the roster or the lists."""

import pytest

from enrollment.models import MemberTotal, PersonList
from enrollment.services.correcting import RightNumber, correct_id
from enrollment.services.list_uploading import withdraw_list
from enrollment.services.objecting import remove_for_objection
from enrollment.unenrolled import Gap, Unenrolled, count_gaps, gaps_of, lists_for
from orgs.scope import acting, scope_of
from schemes.models import Edition
from tests.cast import FAR, NEAR, OWN, Cast, enrol, id_number, read_edition, roster_book, township, uploaded, villages
from tests.enrollment.batches import book, confirm, confirmed, decided, on_roster, row, undone, waiting
from tests.enrollment.endorsing import addition, agree, correction, removal
from tests.ground import everything
from tests.lists.making import in_force, row_of
from tests.steps.climbing import bring_up, enrol_in, object_to, steps_edition, take

LISTED = {OWN: range(1, 9), NEAR: range(21, 25), FAR: range(31, 33)}


def members(by, *, edition: Edition | None = None) -> PersonList:
    """People of three townships, by turns of their first two villages, one of a village that nobody knows."""
    rows = [
        row_of(n, place=place, village=villages(place)[n % 2].name)
        for place, several in LISTED.items()
        for n in several
    ]
    return in_force("members", *rows, row_of(40, place=OWN, village="没有的村"), by=by, edition=edition)


def missing(edition: Edition | None = None) -> int:
    """Of the whole county, once the kept sums are shown to be exact."""
    edition = edition or read_edition()
    lists = lists_for(edition)
    with everything():
        kept = MemberTotal.objects.filter(edition=edition, counted_by=lists.key)
        found = {(one.township_id, one.village_id): Gap(one.members, one.missing, one.region_path) for one in kept}
        assert found == count_gaps(edition, lists)
        assert MemberTotal.objects.filter(edition=edition).count() == len(found)
    assert gaps_of(edition) == found
    return sum(gap.missing for gap in found.values())


def test_batches_and_their_undoing(cast: Cast) -> None:
    members(cast.authority)
    everybody = missing()
    batch = confirmed(book(1, 2, 50), cast.clerk)  # 50 stands on no list
    assert missing() == everybody - 2
    confirmed(book(21, place=NEAR), cast.near_clerk, place=NEAR)
    confirmed(roster_book(row(31)), cast.clerk, name="他乡.xlsx")  # listed in FAR, enrolled here
    assert missing() == everybody - 4
    changed = uploaded(roster_book(row(1), row(3)), cast.clerk, name="整村.xlsx")
    changed = confirm(changed, cast.clerk, whole=(villages(OWN)[0].pk,))
    assert changed.counts["removed"] == 3
    assert missing() == everybody - 3
    undone(changed, cast.clerk)
    assert missing() == everybody - 4
    undone(batch, cast.clerk)
    assert missing() == everybody - 3  # the second person went on from there, and stays


def test_the_countys_decision(cast: Cast) -> None:
    members(cast.authority)
    confirmed(book(1, place=NEAR), cast.near_clerk, place=NEAR)
    before = missing()
    confirmed(book(1), cast.clerk)
    decided(waiting()[0], "transfer", cast.authority)
    assert (on_roster(1).township.name, missing()) == (OWN, before)


def test_endorsements(cast: Cast) -> None:
    members(cast.authority)
    person = enrol(OWN, 1)
    before = missing()
    agree(addition(by=cast.clerk, n=2), cast.adjuster)
    assert missing() == before - 1
    agree(correction(person, cast.clerk, name="谭某改"), cast.adjuster)
    assert missing() == before - 1
    agree(removal(on_roster(1), cast), cast.adjuster)
    assert missing() == before


def test_a_corrected_number(cast: Cast) -> None:
    """Neither village's roster has another count, yet other people are missing."""
    members(cast.authority)
    person = enrol(OWN, 1)
    before = missing()
    with acting(scope_of(cast.clerk)):
        right = RightNumber(id_number(22), "typing", "户口簿第 3 页")
        correct_id(person=person, right=right, by=cast.clerk, read_version=person.version)
    assert missing() == before
    with everything():
        gap = gaps_of(read_edition())[township(NEAR).pk, villages(NEAR)[0].pk]
    assert (gap.members, gap.missing) == (2, 1)


def test_somebody_taken_out_for_an_objection(cast: Cast) -> None:
    edition = steps_edition()
    members(cast.authority, edition=edition)
    person = enrol_in(edition, OWN, 1)
    confirmed(book(2), cast.clerk)  # in the other edition, which has no list
    bring_up(edition, "police", cast)
    objection = object_to(person, cast.police)
    take(edition, OWN, "send_back", cast.police, opinion="")
    with acting(scope_of(cast.clerk)):
        remove_for_objection(objection=objection, by=cast.clerk)
    assert missing(edition) == sum(map(len, LISTED.values())) + 1


def test_lists_that_come_and_go(cast: Cast) -> None:
    enrol(OWN, 1)
    enrol(OWN, 41)  # not on the list
    made = members(cast.authority)
    everybody = missing()
    dead = in_force("dead", row_of(1), row_of(2), by=cast.authority)
    assert missing() == everybody - 1
    in_force("members", row_of(1), row_of(3, place=OWN), by=cast.authority, title="新名单")
    assert missing() == 1
    with acting(scope_of(cast.authority)):
        withdraw_list(person_list=dead, reason="弄错了", by=cast.authority)
    assert missing() == 1
    assert made.pk != lists_for(read_edition()).members


def test_sums_of_other_lists_are_not_shown(cast: Cast) -> None:
    """Should a list come in force past the services, or an edition begin, the page counts for itself."""
    members(cast.authority)
    before = missing()
    with everything():
        MemberTotal.objects.update(counted_by="1-2", missing=0)
    assert sum(gap.missing for gap in gaps_of(read_edition()).values()) == before


@pytest.mark.parametrize("person", ["clerk", "authority"])
def test_pages_hold_everybody_once_in_the_order_of_places(cast: Cast, person: str) -> None:
    """However the pages fall over villages in which many are enrolled and few missing."""
    members(cast.authority)
    for n in (1, 3, 4, 6, 8, 21, 23):
        enrol(OWN, n)
    user = getattr(cast, person)
    with acting(scope_of(user)):
        people = Unenrolled(read_edition(), user, None)
        everybody = [one.pk for one in people[:]]
        for size in (1, 2, 3, 5):
            pages = [people[first : first + size] for first in range(0, people.count(), size)]
            assert [one.pk for page in pages for one in page] == everybody
    assert len(everybody) == people.count() == (4 if person == "clerk" else 8)
