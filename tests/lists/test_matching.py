"""Rosters against lists: who is refused, with which sentence, and by which lists no longer."""

import pytest

from enrollment.models import ListedPerson, RosterRow
from enrollment.services.list_uploading import ListRefused, withdraw_list
from office import jobs
from orgs.scope import acting, scope_of
from tests.cast import FAR, NEAR, OWN, Cast, id_number, roster_book, uploaded, villages
from tests.ground import everything
from tests.lists.making import csv_of, in_force, reread, row_of, sent


def roster_of(*numbers: int, name: str = "谭某华", place: str = OWN) -> bytes:
    return roster_book(*((name, id_number(n), place, villages(place)[0].name) for n in numbers))


def said(batch) -> list[str]:
    """The sentences of the refused rows."""
    with everything():
        rows = RosterRow.objects.filter(batch=batch, outcome="invalid").order_by("number")
        return [problem["message"] for row in rows for problem in row.problems]


@pytest.mark.parametrize(
    ("kind", "day", "sentence"),
    [
        ("dead", "2021-03-05", "登记为已死亡（2021年03月）（某名单，截至 2021-06-30）"),
        ("dead", "", "登记为已死亡（某名单，截至 2021-06-30）"),
        ("moved_out", "2020-12-31", "登记为已迁出（2020年12月）（某名单，截至 2021-06-30）"),
        ("left_system", "", "在不参保名单上（已调出全国系统人员），不能参保（某名单，截至 2021-06-30，依据 二）"),
    ],
)
def test_people_on_a_list_are_refused_with_a_sentence(cast: Cast, kind: str, day: str, sentence: str) -> None:
    in_force(kind, row_of(1, day=day), by=cast.authority, title="某名单")
    batch = uploaded(roster_of(1, 2), cast.clerk)
    assert (batch.counts["new"], batch.counts["invalid"]) == (1, 1)
    assert said(batch) == [sentence]


def test_somebody_under_another_name_is_refused_all_the_same(cast: Cast) -> None:
    """The number decides; whose name the list has is not told."""
    in_force("dead", row_of(1, name="骆某秘"), row_of(2, name=""), by=cast.authority)
    batch = uploaded(roster_of(1, 2), cast.clerk)
    other, same = said(batch)
    assert "名单上的姓名不同，请核对身份证号" in other
    assert "姓名不同" not in same
    assert "骆某秘" not in other


def test_people_who_are_unchanged_or_changed_are_refused_too(cast: Cast) -> None:
    from tests.cast import enrol

    enrol(OWN, 1)
    in_force("dead", row_of(1), by=cast.authority)
    batch = uploaded(roster_of(1), cast.clerk)
    assert batch.counts["invalid"] == 1


def test_a_withdrawn_list_refuses_nobody(cast: Cast) -> None:
    listed = in_force("dead", row_of(1), by=cast.authority)
    with acting(scope_of(cast.authority)):
        withdraw_list(person_list=listed, reason="传错了", by=cast.authority)
        with pytest.raises(ListRefused, match="不在用"):
            withdraw_list(person_list=listed, reason="传错了", by=cast.authority)
    assert uploaded(roster_of(1), cast.clerk).counts["new"] == 1


def test_a_list_replaces_the_one_that_it_names(cast: Cast) -> None:
    first = in_force("dead", row_of(1), by=cast.authority)
    in_force("dead", row_of(2), by=cast.authority, replaces=first)
    assert (reread(first).state, reread(first).withdrawn_reason) == ("withdrawn", "由《dead 名单》替换")
    batch = uploaded(roster_of(1, 2), cast.clerk)
    assert (batch.counts["new"], batch.counts["invalid"]) == (1, 1)


def test_a_list_that_is_still_being_read_refuses_nobody(cast: Cast) -> None:
    """A roster is checked while a list comes in: the list counts from the moment when it is whole, not before."""
    made, job = sent("dead", csv_of(row_of(1), row_of(2)), cast.authority)
    from orgs.crypto import blind_index

    with everything():  # what a worker has kept so far
        ListedPerson.objects.create(list=made, region_path=made.region_path, id_index=blind_index(id_number(1)))
    assert uploaded(roster_of(1), cast.clerk).counts["new"] == 1
    assert jobs.run(job.pk)
    with everything():
        assert ListedPerson.objects.filter(list=made).count() == 2
    assert uploaded(roster_of(1, 2), cast.clerk, name="又一份.xlsx").counts["invalid"] == 2


def test_a_list_of_the_whole_place_holds_and_one_of_another_edition_does_not(cast: Cast) -> None:
    from tests.access.world import _census_edition

    other = _census_edition()
    in_force("dead", row_of(1), by=cast.authority, edition=other)
    in_force("moved_out", row_of(2), by=cast.authority, edition=other, everywhere=True)
    batch = uploaded(roster_of(1, 2), cast.clerk)
    assert (batch.counts["new"], batch.counts["invalid"]) == (1, 1)


def test_a_list_refuses_in_every_township_and_tells_nothing_of_them(cast: Cast) -> None:
    in_force("dead", row_of(1, place=FAR, village=villages(FAR)[0].name), by=cast.authority)
    for place, clerk in ((OWN, cast.clerk), (NEAR, cast.near_clerk)):
        batch = uploaded(roster_of(1, place=place), clerk, place=place, name=f"{place}.xlsx")
        assert batch.counts["invalid"] == 1
        assert FAR not in "".join(said(batch))


def test_what_the_notice_does_not_exclude_is_not_a_list(cast: Cast) -> None:
    with pytest.raises(ListRefused, match="没有写明"):
        sent("public_staff", csv_of(row_of(1)), cast.authority)


def test_a_township_brings_no_list(cast: Cast) -> None:
    with pytest.raises(ListRefused, match="主管部门"):
        sent("dead", csv_of(row_of(1)), cast.clerk)
