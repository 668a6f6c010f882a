"""People typed in: the road of an upload in one step, all of it or nothing, and nothing overwritten unasked."""

import pytest

from enrollment.models import Enrollment, RosterBatch, RosterRow, VillageTotal
from enrollment.services.entering import Entered, EntryOrder, EntryRefused, enter_rows
from orgs.models import AuditEvent, Organization, Role, User
from orgs.scope import acting, scope_of
from tests.cast import NEAR, OWN, Cast, enrol, id_number, read_edition, township, villages
from tests.ground import everything

pytestmark = pytest.mark.django_db


def row(n: int, name: str = "谭某华", **more: str) -> dict[str, str]:
    return {"name": name, "id_number": id_number(n), "village": villages(OWN)[0].name} | more


def enter(by: User, *rows: dict[str, str], place: str = OWN, **order) -> Entered:
    where = EntryOrder(edition=read_edition(), township=township(place), by=by, **order)
    with acting(scope_of(by)):
        return enter_rows(rows=dict(enumerate(rows, start=1)), order=where)


def names() -> set[str]:
    with everything():
        return set(Enrollment.objects.filter(removed_at__isnull=True).values_list("name", flat=True))


def test_right_rows_are_one_confirmed_batch(cast: Cast) -> None:
    answer = enter(cast.clerk, row(1), row(2, "谭某英", phone="１０００００00002", relation="配偶"))
    with everything():
        batch = RosterBatch.objects.get()
        assert (batch.kind, batch.state, batch.made_by) == ("entry", "confirmed", cast.clerk)
        assert (batch.counts["new"], answer.batch) == (2, batch)
        second = Enrollment.objects.get(name="谭某英")
        assert (second.phone.reveal(), second.relation, second.batch) == ("10000000002", "10", batch)
        assert VillageTotal.objects.get(village=second.village).persons == 2
        assert {"roster.enter", "roster.confirm"} <= set(AuditEvent.objects.values_list("action", flat=True))


def test_one_wrong_row_keeps_all_out_and_is_told_by_its_number_and_column(cast: Cast) -> None:
    answer = enter(cast.clerk, row(1), row(2, "谭某英", village="没有的村"), row(3, ""))
    assert answer.batch is None
    assert {n: [p["column"] for p in found] for n, found in answer.problems.items()} == {2: ["village"], 3: ["name"]}
    with everything():
        assert (Enrollment.objects.count(), RosterBatch.objects.count(), RosterRow.objects.count()) == (0, 0, 0)


def test_the_right_ones_alone_are_a_choice(cast: Cast) -> None:
    answer = enter(cast.clerk, row(1), row(2, "谭某英", village="没有的村"), only_valid=True)
    assert (names(), set(answer.problems)) == ({"谭某华"}, {2})


def test_somebody_on_the_roster_is_changed_only_when_asked(cast: Cast) -> None:
    enrol(n=1, name="谭某华")
    asked = enter(cast.clerk, row(1, group="2组"))
    assert (asked.batch, asked.changing) == (None, [1])
    with everything():
        assert Enrollment.objects.get().group == ""
    enter(cast.clerk, row(1, group="2组"), may_change=frozenset({1}))
    with everything():
        assert (Enrollment.objects.get().group, Enrollment.objects.get().version) == ("2组", 2)


def test_the_same_again_is_no_batch(cast: Cast) -> None:
    enter(cast.clerk, row(1))
    again = enter(cast.clerk, row(1))
    assert (again.batch, again.unchanged) == (None, [1])
    with everything():
        assert RosterBatch.objects.count() == 1


def test_a_person_of_another_township_is_refused_without_a_word_of_it(cast: Cast) -> None:
    enrol(NEAR, 1)
    answer = enter(cast.clerk, row(1))
    assert answer.batch is None
    assert NEAR not in str(answer.problems)
    assert "本乡镇登记" in str(answer.problems[1])


def test_twice_in_one_block_is_told(cast: Cast) -> None:
    answer = enter(cast.clerk, row(1), row(1))
    assert "第 1 行" in answer.problems[2][0]["message"]


def test_nothing_and_too_much_are_refused(cast: Cast) -> None:
    with pytest.raises(EntryRefused, match="还没有录入"):
        enter(cast.clerk, {"village": villages(OWN)[0].name, "group": "1组"})
    with pytest.raises(EntryRefused, match="最多录入 200"):
        enter(cast.clerk, *(row(n) for n in range(201)))


def village_clerk(name: str = "village.clerk", *, village: int = 0) -> User:
    place = villages(OWN)[village]
    office = Organization.objects.create(
        kind=Organization.Kind.TOWNSHIP, name=f"{place.name}村委会", short_name=place.name, region=place
    )
    return User.objects.create(
        username=name, name="村某干", organization=office, role=Role.CLERK, password="!", must_change_password=False
    )


def test_a_villages_clerk_enters_their_own_village_only(cast: Cast) -> None:
    own, other = villages(OWN)[:2]
    by = village_clerk()
    refused = enter(by, row(1, village=other.name))
    assert [problem["column"] for problem in refused.problems[1]] == ["village"]
    enrol(n=2, name="谭某邻", village=other)
    taken = enter(by, row(2, "谭某邻"))
    assert taken.batch is None
    assert "本村登记" in str(taken.problems)
    assert enter(by, row(3, "谭某新")).batch is not None
    with everything():
        assert Enrollment.objects.get(name="谭某新").village == own
        assert RosterBatch.objects.get().region_path == own.path
