"""Whom an endorsement took off a roster no batch brings back: that would cover them twice, unseen by the insurer."""

import pytest

from enrollment.models import Enrollment, RosterBatch, RosterRow
from enrollment.services.conflicts import DecisionRefused
from enrollment.services.entering import EntryOrder, enter_rows
from enrollment.services.uploading import request_confirmation
from office.models import Job
from orgs.scope import acting, scope_of
from tests.cast import NEAR, OWN, Cast, enrol, read_edition, run_waiting_jobs, township, uploaded, villages
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
from tests.enrollment.endorsing import DAY, addition, agree, removal
from tests.ground import everything

pytestmark = pytest.mark.django_db


def gone(cast: Cast, n: int = 1, place: str = OWN) -> Enrollment:
    """Somebody of a roster in force whom an endorsement took off it."""
    by = cast.clerk if place == OWN else cast.near_clerk
    person = enrol(place, n, name=row(n)[0], household=f"H{n}")
    enrol(place, n + 40, name="常某在", household=f"H{n + 40}")
    agree(removal(person, cast, by=by), cast.adjuster)
    return person


def said(batch: RosterBatch) -> str:
    """What the batch says of its wrong rows."""
    with everything():
        found = RosterRow.objects.filter(batch=batch, outcome="invalid").values_list("problems", flat=True)
        return " ".join(problem["message"] + problem["mend"] for problems in found for problem in problems)


def test_an_import_refuses_them_and_says_until_when_they_were_covered(cast: Cast) -> None:
    gone(cast)
    batch = uploaded(book(1, 2), cast.clerk)
    assert (batch.counts["new"], batch.counts["invalid"]) == (1, 1)
    assert batch.counts["errors_by_kind"] == {"endorsed_out": 1}
    assert ("已批改减员，保障到 2021-05-31 止" in said(batch), "办批改增员" in said(batch)) == (True, True)
    confirm(batch, cast.clerk)
    assert (on_roster(1), on_roster(2) is not None) == (None, True)


def test_another_township_is_told_that_no_batch_enrols_them_and_not_why(cast: Cast) -> None:
    gone(cast, place=NEAR)
    batch = uploaded(book(1), cast.clerk)
    assert "该证件不能由导入登记" in said(batch)
    assert not [word for word in (NEAR, "减员，", "2021-05-31") if word in said(batch)]


def test_their_row_does_not_keep_a_whole_village_from_being_taken(cast: Cast) -> None:
    """The row leaves open nobody: it is known whom it names."""
    gone(cast)
    batch = uploaded(book(1, 2), cast.clerk)
    confirm(batch, cast.clerk, whole=(villages(OWN)[0].pk,))
    assert on_roster(41) is None


def test_typed_rows_are_refused_the_same(cast: Cast) -> None:
    gone(cast)
    name, number, _, village = row(1)
    order = EntryOrder(edition=read_edition(), township=township(OWN), by=cast.clerk, only_valid=True)
    with acting(scope_of(cast.clerk)):
        answer = enter_rows(rows={1: {"name": name, "id_number": number, "village": village}}, order=order)
    assert (answer.batch, answer.problems[1][0]["kind"]) == (None, "endorsed_out")


def test_last_years_roster_brings_nobody_back_either(cast: Cast) -> None:
    confirmed(book(1, 2), cast.clerk)
    later = another_edition("wanzhou-2022", years=1)
    batch = carried(later, OWN, cast.clerk)
    confirm(batch, cast.clerk)
    with everything():
        person = Enrollment.objects.select_related("edition", "village", "township").get(edition=later, name=row(1)[0])
    agree(removal(person, cast, day=DAY.replace(year=2022)), cast.adjuster)
    assert carried(later, OWN, cast.clerk).counts["errors_by_kind"] == {"endorsed_out": 1}


@pytest.mark.parametrize("known", [True, False], ids=["who was on the roster", "who came and went meanwhile"])
def test_whoever_goes_after_the_preview_is_not_written(cast: Cast, known: bool) -> None:
    enrol(n=41, name="常某在")
    person = enrol(n=1, name=row(1)[0]) if known else None
    batch = uploaded(book(1, 2), cast.clerk)
    if person is None:
        person = agree(addition(by=cast.clerk, n=1), cast.adjuster).enrollment
    agree(removal(person, cast, day=DAY.replace(month=8)), cast.adjuster)
    with acting(scope_of(cast.clerk)):
        job = request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)
    assert "已重新核对" in run(job).message
    with everything():
        fresh = RosterBatch.objects.get(pk=batch.pk)
    assert (fresh.state, fresh.counts["invalid"], fresh.counts["new"]) == ("checked", 1, 1)
    assert on_roster(1) is None


def test_who_came_back_by_an_endorsement_is_found(cast: Cast) -> None:
    gone(cast)
    agree(addition(by=cast.clerk, n=1, name=row(1)[0], day=DAY.replace(month=9)), cast.adjuster)
    batch = uploaded(book(1), cast.clerk)
    assert (batch.counts["unchanged"] + batch.counts["changed"], batch.counts["invalid"]) == (1, 0)


@pytest.mark.parametrize("came", [False, True], ids=["who went by endorsement", "who came by endorsement"])
def test_the_county_moves_nobody_whose_days_an_endorsement_set(cast: Cast, came: bool) -> None:
    enrol(NEAR, 41, name="常某在")
    if came:
        agree(addition(by=cast.near_clerk, place=NEAR, n=1, name=row(1)[0]), cast.adjuster)
    person = None if came else enrol(NEAR, 1, name=row(1)[0])
    confirmed(book(1), cast.clerk)
    (conflict,) = waiting()
    if person is not None:
        agree(removal(person, cast, by=cast.near_clerk), cast.adjuster)
    with pytest.raises(DecisionRefused, match=r"办过批改.*维持原登记"):
        decided(conflict, "transfer", cast.authority)
    decided(conflict, "keep", cast.authority)
    assert (on_roster(1) is not None) == came
    assert run_waiting_jobs() == []
    assert not Job.objects.filter(state="failed").exists()


def test_undoing_a_batch_brings_nobody_back_who_came_and_went_by_endorsement_since(cast: Cast) -> None:
    confirmed(book(1, 2), cast.clerk)
    whole = confirmed(book(2), cast.clerk, name="整村.xlsx", whole=(villages(OWN)[0].pk,))
    person = agree(addition(by=cast.clerk, n=1, name=row(1)[0]), cast.adjuster).enrollment
    agree(removal(person, cast, day=DAY.replace(month=9)), cast.adjuster)
    reversal = undone(whole, cast.clerk)
    assert (reversal.counts["new"], reversal.counts["stays"]["enrolled_since"]) == (0, 1)
    assert on_roster(1) is None


def test_undoing_a_transfer_puts_nobody_back_who_went_by_endorsement_since(cast: Cast) -> None:
    enrol(NEAR, 41, name="常某在")
    enrol(NEAR, 1, name=row(1)[0])
    confirmed(book(1, 2), cast.clerk)
    (conflict,) = waiting()
    decided(conflict, "transfer", cast.authority)
    agree(removal(on_roster(1), cast), cast.adjuster)
    with everything():
        decision = RosterBatch.objects.get(kind="decision")
    assert undone(decision, cast.authority).counts["new"] == 0
    assert on_roster(1) is None
