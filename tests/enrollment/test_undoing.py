"""撤销整批: the roster is as it was before, to the letter; what somebody went on from stays, and says so."""

import pytest

from claims.models import Claim
from enrollment.models import Enrollment, RosterBatch, RosterChange
from enrollment.services.undoing import UndoRefused, request_undo, undo_preview
from office.models import Job
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from tests.cast import NEAR, OWN, Cast, enrol, report, reread_batch, roster_book, step, uploaded, villages
from tests.enrollment.batches import (
    book,
    confirm,
    confirmed,
    decided,
    on_roster,
    roster_as_it_is,
    row,
    undone,
    waiting,
)
from tests.ground import everything


def much(cast: Cast) -> RosterBatch:
    """A batch that adds, changes (and moves), removes, and has a conflict; over a roster of four."""
    confirmed(book(1, 2, 3, 4), cast.clerk, name="原.xlsx")
    enrol(NEAR, 40, name="郑某甲")
    rows = (row(1), row(2, village=1), row(5), row(6, village=1), row(40))
    batch = uploaded(roster_book(*rows), cast.clerk, name="改.xlsx")
    return confirm(batch, cast.clerk, whole=(villages(OWN)[0].pk,))


def reasons(reversal: RosterBatch) -> dict[str, str]:
    with everything():
        return {kept.name: kept.problems[0]["kind"] for kept in reversal.rows.all()}


def test_the_roster_is_as_it_was_before(cast: Cast) -> None:
    confirmed(book(1, 2, 3, 4), cast.clerk, name="原.xlsx")
    before = roster_as_it_is()
    batch = uploaded(roster_book(row(1), row(2, village=1), row(5), row(6, village=1)), cast.clerk, name="改.xlsx")
    batch = confirm(batch, cast.clerk, whole=(villages(OWN)[0].pk,))
    assert {key: batch.counts[key] for key in ("new", "changed", "removed")} == {"new": 2, "changed": 1, "removed": 2}
    assert roster_as_it_is() != before
    reversal = undone(batch, cast.clerk)
    assert roster_as_it_is() == before
    assert {key: reversal.counts[key] for key in ("new", "changed", "removed", "rejected")} == {
        "new": 2, "changed": 1, "removed": 2, "rejected": 0,
    }  # fmt: skip


def test_what_the_batch_had_sent_to_the_county_leaves_the_queue(cast: Cast) -> None:
    batch = much(cast)
    assert len(waiting()) == 1
    assert undone(batch, cast.clerk).counts["dropped"] == 1
    assert waiting() == []


def test_undoing_twice_is_undoing_once(cast: Cast) -> None:
    batch = much(cast)
    with acting(scope_of(cast.clerk)):
        first = request_undo(batch=batch, typed=batch.file_name, by=cast.clerk)
        second = request_undo(batch=batch, typed="", by=cast.clerk)
    assert first == second
    assert Job.objects.filter(kind="roster_undo").count() == 1
    undone(batch, cast.clerk)
    with everything():
        events = AuditEvent.objects.filter(action="roster.undo")
        assert [event.detail["removed"] for event in events] == [2]


@pytest.mark.parametrize("typed", ["", "改", "改.xls"])
def test_the_name_must_be_typed(cast: Cast, typed: str) -> None:
    batch = much(cast)
    with acting(scope_of(cast.clerk)), pytest.raises(UndoRefused, match="请照着输入"):
        request_undo(batch=batch, typed=typed, by=cast.clerk)
    with everything():
        assert not RosterBatch.objects.filter(kind="reversal").exists()


def test_neither_a_reversal_nor_a_preview_can_be_undone(cast: Cast) -> None:
    reversal = undone(much(cast), cast.clerk)
    for batch, sentence in ((reversal, "重新导入"), (uploaded(book(9), cast.clerk, name="新.xlsx"), "不用撤销")):
        with acting(scope_of(cast.clerk)), pytest.raises(UndoRefused, match=sentence):
            request_undo(batch=batch, typed=batch.file_name, by=cast.clerk)


def test_after_undoing_the_same_file_may_come_again(cast: Cast) -> None:
    batch = confirmed(book(1, 2), cast.clerk)
    undone(batch, cast.clerk)
    assert confirmed(book(1, 2), cast.clerk).counts["new"] == 2


# --- what stays -------------------------------------------------------------------------------------------------
def test_whoever_has_a_claim_stays_and_is_named(cast: Cast, login) -> None:
    batch = much(cast)
    report(on_roster(5), cast.clerk)
    report(on_roster(2), cast.clerk)
    preview = undo_preview(batch)
    assert (preview.back, preview.stays) == ({"added": 1, "removed": 2}, {"has_claim": 2})
    page = login(cast.clerk).get(f"/roster/import/{batch.pk}/undo/").content.decode()
    assert ("已有案件" in page, row(5)[0] in page, row(2)[0] in page) == (True, True, True)
    reversal = undone(batch, cast.clerk)
    assert reasons(reversal) == {row(5)[0]: "has_claim", row(2)[0]: "has_claim"}
    assert on_roster(2).village == villages(OWN)[1]
    assert (on_roster(6), on_roster(5) is not None) == (None, True)
    shown = login(cast.clerk).get(f"/roster/import/{reversal.pk}/").content.decode()
    assert ("保留不动 2" in shown, row(5)[0] in shown) == (True, True)


def test_a_claim_that_was_withdrawn_holds_nobody(cast: Cast) -> None:
    batch = confirmed(book(1), cast.clerk)
    claim = report(on_roster(1), cast.clerk)
    step(claim, "withdraw", cast.clerk)
    undone(batch, cast.clerk)
    assert on_roster(1) is None


def test_what_a_later_batch_changed_stays(cast: Cast) -> None:
    first = confirmed(book(1, 2, 3), cast.clerk)
    confirmed(book(1, village=1), cast.clerk, name="又.xlsx")
    later = confirm(uploaded(book(3), cast.clerk, name="三.xlsx"), cast.clerk, whole=(villages(OWN)[0].pk,))
    assert later.counts["removed"] == 1  # the second person
    reversal = undone(first, cast.clerk)
    assert reasons(reversal) == {row(1)[0]: "changed_since", row(2)[0]: "changed_since"}
    assert (on_roster(1).village, on_roster(2), on_roster(3)) == (villages(OWN)[1], None, None)


def test_whoever_was_removed_and_is_enrolled_elsewhere_since_does_not_come_back(cast: Cast) -> None:
    confirmed(book(1, 2), cast.clerk)
    batch = confirm(uploaded(book(1), cast.clerk, name="少.xlsx"), cast.clerk, whole=(villages(OWN)[0].pk,))
    confirmed(book(2, place=NEAR), cast.near_clerk, place=NEAR)
    reversal = undone(batch, cast.clerk)
    assert reasons(reversal) == {row(2)[0]: "enrolled_since"}
    assert on_roster(2).township.name == NEAR
    with everything():
        assert NEAR not in str(list(reversal.rows.values("problems", "village_name", "region_path")))


def test_in_a_whole_village_whoever_has_a_claim_is_not_removed(cast: Cast, login) -> None:
    confirmed(book(1, 2, 3), cast.clerk)
    report(on_roster(2), cast.clerk)
    batch = confirm(uploaded(book(1), cast.clerk, name="少.xlsx"), cast.clerk, whole=(villages(OWN)[0].pk,))
    assert (batch.counts["removed"], batch.counts["held"], on_roster(2) is not None) == (1, 1, True)
    page = login(cast.clerk).get(f"/roster/import/{batch.pk}/", {"tab": "removed"}).content.decode()
    assert ("1 人已有案件，没有减员" in page, row(3)[0] in page) == (True, True)


# --- what is on record ------------------------------------------------------------------------------------------
def test_every_change_is_on_record_with_what_stood_there_before(cast: Cast) -> None:
    batch = much(cast)
    with everything():
        changes = RosterChange.objects.filter(batch=batch).select_related("enrollment")
        found = {(change.enrollment.name, change.kind, change.name, change.version_after) for change in changes}
        moved = changes.get(kind="changed")
        assert all(change.version_after == change.enrollment.version for change in changes)
    assert found == {
        (row(2)[0], "changed", row(2)[0], 2), (row(3)[0], "removed", row(3)[0], 2), (row(4)[0], "removed", row(4)[0], 2),
        (row(5)[0], "added", "", 1), (row(6)[0], "added", "", 1),
    }  # fmt: skip
    assert (moved.village_id, moved.region_path) == (villages(OWN)[0].pk, villages(OWN)[0].path)


def test_the_page_names_who_is_not_in_the_file_before_anybody_is_removed(cast: Cast, login) -> None:
    confirmed(book(1, 2), cast.clerk)
    batch = uploaded(book(1), cast.clerk, name="少.xlsx")
    page = login(cast.clerk).get(f"/roster/import/{batch.pk}/", {"tab": "missing"}).content.decode()
    assert ("文件里没有 1" in page, row(2)[0] in page, row(1)[0] in page) == (True, True, False)


def test_the_list_says_what_was_undone_and_the_batch_too(cast: Cast, login) -> None:
    batch = much(cast)
    client = login(cast.clerk)
    assert "撤销整批" in client.get(f"/roster/import/{batch.pk}/").content.decode()
    undone(batch, cast.clerk)
    assert "已撤销" in client.get("/roster/import/").content.decode()
    page = client.get(f"/roster/import/{batch.pk}/").content.decode()
    assert ("这一批已撤销" in page, "撤销整批</a>" in page) == (True, False)


# --- workers that die -------------------------------------------------------------------------------------------
def test_an_undoing_killed_half_way_leaves_the_roster_as_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = much(cast)
    before = roster_as_it_is()
    with monkeypatch.context() as patch:
        patch.setattr("enrollment.services.undoing.sum_up_villages", lambda *_: 1 / 0)
        reversal = undone(batch, cast.clerk)
    assert (roster_as_it_is(), reversal.state, reversal.reverses_id) == (before, "discarded", None)
    assert undone(reread_batch(batch), cast.clerk).state == "confirmed"


def test_whoever_may_no_longer_undo_does_not(cast: Cast) -> None:
    batch = much(cast)
    before = roster_as_it_is()
    with acting(scope_of(cast.clerk)):
        request_undo(batch=batch, typed=batch.file_name, by=cast.clerk)
    type(cast.clerk).objects.filter(pk=cast.clerk.pk).update(is_active=False)
    job = Job.objects.get(kind="roster_undo")
    from tests.enrollment.batches import run

    assert (run(job).state, roster_as_it_is()) == ("refused", before)


# --- decisions of the county ------------------------------------------------------------------------------------
def test_a_transfer_undone_puts_both_townships_back(cast: Cast) -> None:
    enrol(NEAR, 1, name="郑某乙")
    confirmed(book(1, 2), cast.clerk)
    before = roster_as_it_is()
    case = decided(waiting()[0], "transfer", cast.authority)
    assert (on_roster(1).township.name, roster_as_it_is() == before) == (OWN, False)
    undone(case.decision_batch, cast.authority)
    assert roster_as_it_is() == before


def test_a_transfer_stays_whole_where_the_person_has_a_claim_since(cast: Cast) -> None:
    """Neither half is undone: the person would be on two rosters or on none."""
    enrol(NEAR, 1, name="郑某乙")
    confirmed(book(1), cast.clerk)
    case = decided(waiting()[0], "transfer", cast.authority)
    report(on_roster(1), cast.clerk)
    after = roster_as_it_is()
    reversal = undone(case.decision_batch, cast.authority)
    assert (roster_as_it_is(), reversal.counts["rejected"]) == (after, 2)
    with everything():
        assert (Claim.objects.count(), Enrollment.objects.filter(removed_at__isnull=True).count()) == (1, 1)


def test_a_batch_that_changed_nobody_is_undone_as_well(cast: Cast) -> None:
    confirmed(book(1), cast.clerk)
    before = roster_as_it_is()
    again = confirmed(roster_book(row(1), row(1)), cast.clerk, name="又.xlsx")
    assert (again.counts["unchanged"], again.counts["new"]) == (1, 0)
    assert undone(again, cast.clerk).state == "confirmed"
    assert roster_as_it_is() == before
