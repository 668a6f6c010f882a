"""名册裁定: the county decides between two rosters, or between a roster and a file."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from enrollment.cover import taken_off
from enrollment.models import Enrollment, RosterBatch, RosterConflict
from enrollment.services.changing import CORRECTED, keep_added, keep_before, take_out
from enrollment.services.confirming import take_turns
from enrollment.services.deciding import begin_batch, close_batch
from enrollment.services.holding import held_among
from enrollment.services.progress import RosterGoneUp, refuse_gone_up
from enrollment.services.queueing import SNAPSHOT
from orgs.audit import record
from orgs.models import User
from orgs.scope import system_scope, visible
from orgs.versions import EditConflict

Kind, Decision, State = RosterConflict.Kind, RosterConflict.Decision, RosterConflict.State
OFFERED = {
    Kind.ELSEWHERE.value: (Decision.TRANSFER, Decision.KEEP),
    Kind.OTHER_NAME.value: (Decision.RENAME, Decision.KEEP_NAME),
}
MOST_REASON = 200


class DecisionRefused(Exception):
    """The decision can't be carried out; the message says why and what can be done."""


@transaction.atomic
def decide_conflict(
    *, conflict: RosterConflict, decision: str, reason: str, by: User, read_version: int
) -> RosterConflict:
    """Decide what waits, once. Where the roster changes, a batch of its own writes it, so that it can be undone.

    Raises EditConflict where somebody else decided first or the row was sent anew, DecisionRefused otherwise.
    """
    take_turns(conflict.edition_id)
    rows = visible(RosterConflict, by).select_related("edition__place", "township").select_for_update(of=("self",))
    fresh = rows.get(pk=conflict.pk)
    if fresh.version != read_version or fresh.state != State.OPEN:
        raise EditConflict(fresh)
    _refuse_incomplete(fresh, decision, reason)
    if decision in {Decision.TRANSFER, Decision.RENAME}:
        with system_scope("名册裁定：写入双方名册"):
            _refuse_gone_up(fresh)
            fresh.decision_batch = _carry_out(fresh, by)
    fresh.state, fresh.decision, fresh.reason = State.DECIDED, decision, reason.strip()
    fresh.decided_by, fresh.decided_at, fresh.version = by, timezone.now(), read_version + 1
    fresh.save(update_fields=["state", "decision", "reason", "decided_by", "decided_at", "version", "decision_batch"])
    record("roster.decide", by=by, target=fresh, decision=decision, reason=fresh.reason)
    return fresh


def _refuse_gone_up(conflict: RosterConflict) -> None:
    other = other_side(conflict)
    try:
        refuse_gone_up(conflict.edition, {conflict.township_id} | ({other.township_id} if other else set()))
    except RosterGoneUp as gone:
        raise DecisionRefused(str(gone)) from gone


def other_side(conflict: RosterConflict) -> Enrollment | None:
    """The enrolment that the row meets now, or None where it is gone. For the county's eyes, which see both."""
    people = Enrollment.objects.select_related("township", "village", "insurer")
    same = people.filter(edition=conflict.edition_id, id_index=conflict.id_index, removed_at__isnull=True)
    return same.first()


def is_other_held(other: Enrollment | None) -> bool:
    """Whether a claim keeps the other enrolment where it is."""
    return other is not None and bool(held_among(Enrollment.objects.filter(pk=other.pk)))


def _refuse_incomplete(conflict: RosterConflict, decision: str, reason: str) -> None:
    if decision not in OFFERED[conflict.kind]:
        raise DecisionRefused("请选择一项裁定")
    if not reason.strip():
        raise DecisionRefused("请写明裁定的理由，两个乡镇以后查得到依据")
    if len(reason) > MOST_REASON:
        raise DecisionRefused(f"理由最多 {MOST_REASON} 字，现在是 {len(reason)} 字")


def _carry_out(conflict: RosterConflict, by: User) -> RosterBatch:
    others = Enrollment.objects.select_for_update(of=("self",))
    other = others.filter(edition=conflict.edition_id, id_index=conflict.id_index, removed_at__isnull=True).first()
    here = other is not None and other.township_id == conflict.township_id
    batch = begin_batch(
        RosterBatch.Kind.DECISION, edition=conflict.edition, by=by,
        region_path=by.organization.region.path,  # the county's: neither township looks through it at the other
        title=f"裁定 {conflict.township.name} {conflict.name}",
    )  # fmt: skip
    if conflict.kind == Kind.OTHER_NAME:
        if other is None or not here:
            raise DecisionRefused("这个人已不在本乡镇名册上，没有姓名可更正；请选“维持原姓名”")
        _rename(batch, conflict, other)
    else:
        _refuse_transfer(conflict, other, here)
        _refuse_endorsed(conflict, other)
        _transfer(batch, conflict, other)
    close_batch(batch, villages={conflict.village_id})
    return batch


def _refuse_transfer(conflict: RosterConflict, other: Enrollment | None, here: bool) -> None:
    if here:
        raise DecisionRefused(f"{conflict.name}现在已在本乡镇名册上，不用转入；请选“维持原登记”")
    if is_other_held(other):
        raise DecisionRefused(
            f"{conflict.name}在原乡镇已有案件，名册要留在原处，不能转入；请选“维持原登记”，案件办结以后再说"
        )


def _refuse_endorsed(conflict: RosterConflict, other: Enrollment | None) -> None:
    """A transfer covers the person for the whole period; where an endorsement set other days, for a premium of its
    own, another endorsement has to."""
    went = taken_off(Enrollment.objects.filter(edition=conflict.edition_id, id_index=conflict.id_index)).exists()
    if went or (other is not None and other.covered_from is not None):
        raise DecisionRefused(
            f"{conflict.name}本年度办过批改，保障不是整个期间，不能转入；请选“维持原登记”，由两个乡镇办批改减员、增员"
        )


def _transfer(batch: RosterBatch, conflict: RosterConflict, other: Enrollment | None) -> None:
    """Out of the one roster and into the other; where nobody has the person any more, just in."""
    if other is not None:
        keep_before(batch, "removed", "FROM enrollment_enrollment AS e WHERE e.id = %s", [other.pk])
        take_out(batch)
    values: dict[str, Any] = {column: getattr(conflict, column) for column in SNAPSHOT}
    Enrollment.objects.create(
        edition_id=conflict.edition_id, batch=batch, township_id=conflict.township_id, village_id=conflict.village_id,
        region_path=conflict.region_path, insurer_id=conflict.insurer_id, **values,
    )  # fmt: skip
    keep_added(batch)


def _rename(batch: RosterBatch, conflict: RosterConflict, other: Enrollment) -> None:
    """The whole row is written, as the township sent it: its name, and what else differs."""
    keep_before(batch, "changed", "FROM enrollment_enrollment AS e WHERE e.id = %s", [other.pk])
    values = {column: getattr(conflict, column) for column in CORRECTED}
    Enrollment.objects.filter(pk=other.pk).update(**values, version=other.version + 1)
