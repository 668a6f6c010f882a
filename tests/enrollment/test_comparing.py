"""What a batch meets on the rosters: each outcome, last year, other schemes; and what a township is never told."""

import pytest

from enrollment.models import RosterConflict, RosterRow
from enrollment.services.changing import sum_up_villages
from enrollment.services.comparing import DECIDED
from enrollment.services.uploading import request_confirmation
from orgs.scope import acting, scope_of
from schemes.models import Scheme
from tests.cast import FAR, NEAR, OWN, Cast, enrol, reread_batch, roster_book, township, uploaded, villages
from tests.enrollment.batches import (
    another_edition,
    book,
    carried,
    confirm,
    confirmed,
    decided,
    on_roster,
    row,
    run,
    undone,
    waiting,
)
from tests.ground import everything


def outcomes(batch) -> dict[str, str]:
    with everything():
        return dict(RosterRow.objects.filter(batch=batch).values_list("name", "outcome"))


def test_each_outcome_in_one_batch(cast: Cast) -> None:
    confirmed(book(1, 2, 3), cast.clerk)
    enrol(NEAR, 4, name="郑某戊")
    rows = (row(1), row(2, village=1), row(3, name="郑某异"), row(4), row(5), row(5))
    batch = uploaded(roster_book(*rows), cast.clerk, name="又.xlsx")
    assert outcomes(batch)["郑某异"] == "conflict"
    expected = {"unchanged": 1, "changed": 1, "new": 1, "conflicts": 2, "duplicates": 1, "invalid": 0, "to_mend": 1}
    assert {key: batch.counts[key] for key in expected} == expected
    assert (batch.counts["rows"], batch.counts["valid"], batch.counts["rejected"]) == (6, 3, 3)
    assert batch.counts["errors_by_kind"]["enrolled_elsewhere"] == batch.counts["errors_by_kind"]["other_name"] == 1


def test_another_name_is_never_written_over_in_silence(cast: Cast) -> None:
    confirmed(book(1), cast.clerk)
    after = confirmed(roster_book(row(1, name="郑某异")), cast.clerk, name="又.xlsx")
    assert (after.counts["queued"], on_roster(1).name) == (1, "郑某乙")
    assert [case.kind for case in waiting()] == ["other_name"]


def test_what_a_conflict_keeps_is_the_row_and_a_number_that_leads_nowhere(cast: Cast) -> None:
    other = enrol(FAR, 1, name="郑某乙")
    batch = confirmed(book(1, 2), cast.clerk)
    (case,) = waiting()
    own = township(OWN)
    assert (case.other_enrollment_id, case.township, case.region_path[: len(own.path)]) == (other.pk, own, own.path)
    assert (case.insurer_id, case.number) == (cast.adjuster.organization_id, 2)
    assert case.id_number.reveal() == other.id_number.reveal()
    assert (batch.counts["new"], batch.counts["queued"]) == (1, 1)


def test_the_same_row_again_waits_once_and_a_corrected_row_takes_its_place(cast: Cast) -> None:
    enrol(NEAR, 1, name="郑某乙")
    confirmed(book(1), cast.clerk)
    confirmed(book(1, 2), cast.clerk, name="又.xlsx")
    (case,) = waiting()
    assert case.version == 1
    third = confirmed(book(1, village=1), cast.clerk, name="三.xlsx")
    (case,) = waiting()
    assert (case.version, case.village, case.batch_id) == (2, villages(OWN)[1], third.pk)


def test_what_the_county_turned_down_is_not_asked_again_while_it_stands(cast: Cast) -> None:
    enrol(NEAR, 1, name="郑某乙")
    confirmed(book(1), cast.clerk)
    decided(waiting()[0], "keep", cast.authority)
    batch = uploaded(book(1, 2), cast.clerk, name="又.xlsx")
    assert (batch.counts["conflicts"], batch.counts["invalid"]) == (0, 1)
    assert batch.counts["errors_by_kind"] == {DECIDED["kind"]: 1}
    corrected = uploaded(book(1, village=1), cast.clerk, name="三.xlsx")
    assert corrected.counts["conflicts"] == 1


def test_a_conflict_that_has_gone_by_the_confirmation_is_new_again(cast: Cast) -> None:
    other = confirmed(book(1, place=NEAR), cast.near_clerk, place=NEAR)
    batch = uploaded(book(1), cast.clerk, name="又.xlsx")
    undone(other, cast.near_clerk)
    batch = confirm(batch, cast.clerk)
    assert (batch.state, batch.counts["new"], batch.counts["conflicts"]) == ("checked", 1, 0)
    assert confirm(batch, cast.clerk).state == "confirmed"


@pytest.mark.parametrize("place", [NEAR, FAR])
def test_a_township_is_told_nothing_of_another(cast: Cast, login, place: str) -> None:
    """Page, status, error workbook: the same words whichever township it is, and no word of it."""
    import io

    from openpyxl import load_workbook

    enrol(place, 1, name="谭某别", household="别户", address="别路")
    client = login(cast.clerk)
    batch = confirm(uploaded(book(1, 2), cast.clerk), cast.clerk)
    page = client.get(f"/roster/import/{batch.pk}/", {"tab": "conflict"}).content.decode()
    answer = client.get(f"/roster/import/{batch.pk}/errors/1.xlsx")
    cells = [str(cell) for line in load_workbook(io.BytesIO(answer.content)).active.values for cell in line]
    assert "暂不能在本乡镇登记" in page
    assert any("暂不能在本乡镇登记" in cell for cell in cells)
    for word in (place, "谭某别", "别户", "别路", "人寿"):
        assert word not in page
        assert word not in "".join(cells)
    decided(waiting()[0], "keep", cast.authority, reason=f"人在{place}")
    assert place not in client.get(f"/roster/import/{batch.pk}/", {"tab": "conflict"}).content.decode()


# --- last year and other schemes --------------------------------------------------------------------------------
def test_last_year_by_village(cast: Cast) -> None:
    confirmed(book(1, 2, 3), cast.clerk)
    enrol(NEAR, 8, name="郑某甲")
    after = another_edition("next", years=1)
    batch = _uploaded_for(after, book(1, 2, 7, 8), cast)
    last = batch.counts["last_year"]
    assert (last["again"], last["first"], last["gone"]) == (
        2,
        2,
        1,
    )  # 8 was on another township's: none of its business
    assert batch.villages[0]["gone"] == 1


def test_without_a_former_roster_there_is_no_last_year(cast: Cast) -> None:
    batch = uploaded(book(1), cast.clerk)
    assert "last_year" not in batch.counts
    assert "again" not in batch.villages[0]


def test_somebody_covered_by_another_scheme_is_a_note_and_no_refusal(cast: Cast, login) -> None:
    scheme = Scheme.objects.create(code="other-scheme", name="别的险种", place=cast.authority.organization.region)
    other = another_edition("aside", years=0, scheme=scheme)
    confirm(_uploaded_for(other, book(1, 2), cast), cast.clerk)
    batch = uploaded(book(1, 3), cast.clerk)
    assert batch.counts["covered_besides"] == [{"title": other.title, "n": 1}]
    assert batch.counts["new"] == 2
    page = login(cast.clerk).get(f"/roster/import/{batch.pk}/", {"tab": "new"}).content.decode()
    assert page.count(other.title) >= 2


def test_a_scheme_of_another_county_is_not_named(cast: Cast) -> None:
    elsewhere = cast.stranger.organization.region
    scheme = Scheme.objects.create(code="abroad", name="外县险种", place=elsewhere)
    other, person = another_edition("abroad-1", years=0, scheme=scheme, place=elsewhere), enrol(NEAR, 1)
    with everything():
        type(person).objects.filter(pk=person.pk).update(edition=other)
        sum_up_villages(other.pk, {person.village_id})
    batch = uploaded(book(1), cast.clerk)
    assert batch.counts["covered_besides"] == [{"title": "其他区县的方案", "n": 1}]


# --- 上年结转 ----------------------------------------------------------------------------------------------------
def test_last_years_roster_is_carried_over_once_looked_at(cast: Cast) -> None:
    confirmed(book(1, 2, 3), cast.clerk)
    confirmed(book(9, place=NEAR), cast.near_clerk, place=NEAR)
    after = another_edition("next", years=1)
    batch = carried(after, OWN, cast.clerk)
    assert (batch.kind, batch.state, batch.counts["new"], batch.source_edition.code) == (
        "carried",
        "checked",
        3,
        "wanzhou-2021",
    )
    assert batch.counts["last_year"]["again"] == 3
    confirm(batch, cast.clerk)
    with everything():
        people = list(after.enrollments.filter(removed_at__isnull=True).order_by("name"))
    assert {person.name: person.id_number.reveal() for person in people} == {row(n)[0]: row(n)[1] for n in (1, 2, 3)}
    again = carried(after, OWN, cast.clerk)
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 3)


def test_a_carried_batch_whose_staging_is_gone_is_taken_from_last_year_again(cast: Cast) -> None:
    confirmed(book(1, 2, 3), cast.clerk)
    batch = carried(another_edition("next", years=1), OWN, cast.clerk)
    with everything():
        RosterRow.objects.filter(batch=batch).delete()
    with acting(scope_of(cast.clerk)):
        job = request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)
    assert job.kind == "roster_carry"
    run(job)
    assert confirm(reread_batch(batch), cast.clerk).counts["new"] == 3


def test_whoever_left_last_year_is_not_carried_over(cast: Cast) -> None:
    confirmed(book(1, 2, 3), cast.clerk)
    first, second = on_roster(1), on_roster(2)
    with everything():
        type(first).objects.filter(pk=first.pk).update(covered_to=first.edition.first_day)
        type(first).objects.filter(pk=second.pk).update(covered_to=first.edition.last_day)
    assert carried(another_edition("next", years=1), OWN, cast.clerk).counts["new"] == 2


def test_the_county_carries_everybody_over(cast: Cast) -> None:
    confirmed(book(1, 2), cast.clerk)
    confirmed(book(9, place=FAR), cast.far_clerk, place=FAR)
    assert carried(another_edition("next", years=1), None, cast.authority).counts["new"] == 3


def test_a_clerk_carries_over_their_own_township_only(cast: Cast, login) -> None:
    confirmed(book(1, place=NEAR), cast.near_clerk, place=NEAR)
    after = another_edition("next", years=1)
    client = login(cast.clerk)
    client.post("/editions/choose/", {"code": after.code})
    client.post("/roster/import/carry/", {"township": township(NEAR).pk})
    with everything():
        assert not type(uploaded(book(5), cast.clerk)).objects.filter(kind="carried").exists()


def _uploaded_for(edition, content: bytes, cast: Cast):
    """An upload for an edition other than the cast's."""
    from enrollment.services.uploading import upload_roster
    from orgs.scope import acting, scope_of

    with acting(scope_of(cast.clerk)):
        batch, job = upload_roster(
            edition=edition, township=township(OWN), name="名册.xlsx", content=content, by=cast.clerk
        )
    run(job)
    return reread_batch(batch)


def test_an_open_conflict_is_one_a_person_and_township(cast: Cast) -> None:
    """Two townships may both wait for the same person."""
    enrol(FAR, 1, name="郑某乙")
    confirmed(book(1), cast.clerk)
    confirmed(book(1, place=NEAR), cast.near_clerk, place=NEAR)
    assert len(waiting()) == 2
    with everything():
        assert RosterConflict.objects.values("township").distinct().count() == 2
