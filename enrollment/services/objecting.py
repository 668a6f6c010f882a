"""Objections to a person on a roster: raised by whoever looks at it, answered by the township."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.models import Enrollment, Objection, RosterBatch, RosterChange, TownshipRoster
from enrollment.services.changing import keep_before, removals_of, take_out
from enrollment.services.confirming import take_turns
from enrollment.services.deciding import begin_batch, close_batch
from enrollment.services.progress import state_of
from enrollment.services.stepping import StepRefused
from enrollment.workflow import DRAFTING, STATE
from orgs.audit import record
from orgs.models import User
from orgs.permissions import may
from orgs.scope import visible

Step, State, Reason = Objection.Step, Objection.State, Objection.Reason
# who objects on which step, and where the roster is meanwhile
ACT_OF_STEP: Mapping[str, str] = {
    Step.PUBLICITY: "roster.review",
    Step.POLICE: "roster.register",
    Step.UNDERWRITE: "roster.underwrite",
}
STATE_OF_STEP: Mapping[str, str] = {
    Step.PUBLICITY: DRAFTING,
    Step.POLICE: "police",
    Step.UNDERWRITE: "underwrite",
}
REASONS_OF_STEP: Mapping[str, tuple[Reason, ...]] = {
    Step.PUBLICITY: (Reason.NOT_ELIGIBLE, Reason.MOVED_OUT, Reason.DEAD, Reason.OTHER),
    Step.POLICE: (Reason.NOT_REGISTERED, Reason.MOVED_OUT, Reason.DEAD, Reason.NAME_DIFFERS, Reason.OTHER),
    Step.UNDERWRITE: (Reason.NUMBER_DIFFERS, Reason.NAME_DIFFERS, Reason.NOT_ELIGIBLE, Reason.DEAD, Reason.OTHER),
}


@transaction.atomic
def raise_objection(*, enrollment: Enrollment, step: str, reason: str, note: str, by: User) -> Objection:
    """Object to one person on the step at hand."""
    if not may(by, ACT_OF_STEP[step]):
        raise StepRefused("您的角色不能在这一步提异议")
    if reason not in REASONS_OF_STEP[step]:
        raise StepRefused("请选择异议的原因")
    if reason == Reason.OTHER and not note.strip():
        raise StepRefused("原因选“其他”的，请写明情况，乡镇要照此核对")
    state = _locked_state(enrollment, by)
    if state != STATE_OF_STEP[step] or enrollment.removed_at:
        raise StepRefused(f"名册现在是“{STATE[state].name}”，这一步不能提异议；请看最新进度")
    return _raise(enrollment, step, reason, note, by)


def _locked_state(enrollment: Enrollment, by: User) -> str:
    """Where the roster is; it goes no further until this objection is on record."""
    rows = visible(TownshipRoster, by).select_for_update(of=("self",))
    roster = rows.filter(edition=enrollment.edition, township=enrollment.township_id).first()
    return roster.state if roster else state_of(enrollment.edition, enrollment.township_id)


def _raise(enrollment: Enrollment, step: str, reason: str, note: str, by: User) -> Objection:
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                edition=enrollment.edition,
                township_id=enrollment.township_id,
                region_path=enrollment.region_path,
                insurer_id=enrollment.insurer_id,
                enrollment=enrollment,
                step=step,
                reason=reason,
                note=note.strip()[:200],
                raised_by=by,
            )
    except IntegrityError as error:
        raise StepRefused("对这个人已经提过异议，还没有了结，不用再提") from error
    record("roster.object", by=by, target=objection, step=step, reason=reason)
    return objection


@transaction.atomic
def explain_objection(*, objection: Objection, answer: str, by: User) -> Objection:
    """The township says why the person stays, or what it has corrected; the objector accepts or insists."""
    fresh = _pending(objection, by, "roster.review", (State.OPEN,))
    if not answer.strip():
        raise StepRefused("请写明情况，提异议的单位要看")
    return _settle(fresh, State.EXPLAINED, by, answer=answer.strip()[:200], action="explain")


@transaction.atomic
def remove_for_objection(*, objection: Objection, by: User) -> Objection:
    """The township takes the person out, by a batch of its own; only while the roster is with the township."""
    take_turns(objection.edition_id)
    fresh = _pending(objection, by, "roster.review", Objection.PENDING)
    state = state_of(fresh.edition, fresh.township_id)
    if state != DRAFTING:
        raise StepRefused(f"名册现在是“{STATE[state].name}”，不能删人；请等退回乡镇以后再删，或先写说明")
    people = visible(Enrollment, by).select_for_update(of=("self",)).select_related("edition", "township")
    person = people.get(pk=fresh.enrollment_id)
    fresh.removed_by = _take_out(person, by) if person.removed_at is None else _what_removed(person)
    return _settle(fresh, State.UPHELD, by, answer="已从名册删除", action="uphold")


def _take_out(person: Enrollment, by: User) -> RosterBatch:
    batch = begin_batch(
        RosterBatch.Kind.OBJECTION, edition=person.edition, township=person.township,
        region_path=person.township.path, title=f"异议删除 {person.name}", by=by,
    )  # fmt: skip
    keep_before(batch, "removed", "FROM enrollment_enrollment AS e WHERE e.id = %s", [person.pk])
    take_out(batch)
    close_batch(batch)
    return batch


def _what_removed(person: Enrollment) -> RosterBatch | None:
    """The batch that took the person out before: another objection's, or one that knew nothing of any."""
    change = removals_of(person).select_related("batch").first()
    return change.batch if change is not None else None


def open_again(batch: RosterBatch, reversal: RosterBatch) -> int:
    """The batch is undone: objections to whoever is back on the roster wait for the township once more."""
    back = RosterChange.objects.filter(batch=reversal, kind=RosterChange.Kind.ADDED).values("enrollment_id")
    upheld = Objection.objects.filter(removed_by=batch, state=State.UPHELD, enrollment__in=back)
    return upheld.update(state=State.OPEN, answer="", answered_by=None, answered_at=None, removed_by=None)


@transaction.atomic
def accept_explanation(*, objection: Objection, by: User) -> Objection:
    """The objector lets the person stand."""
    fresh = _pending(objection, by, ACT_OF_STEP[objection.step], (State.EXPLAINED,))
    return _settle(fresh, State.DISMISSED, by, action="dismiss")


@transaction.atomic
def insist_on_objection(*, objection: Objection, note: str, by: User) -> Objection:
    """The objector is not convinced: it is open again."""
    fresh = _pending(objection, by, ACT_OF_STEP[objection.step], (State.EXPLAINED,))
    if note.strip():
        fresh.note = note.strip()[:200]
    return _settle(fresh, State.OPEN, by, action="insist")


@transaction.atomic
def withdraw_objection(*, objection: Objection, by: User) -> Objection:
    """Raised by mistake."""
    fresh = _pending(objection, by, ACT_OF_STEP[objection.step], Objection.PENDING)
    return _settle(fresh, State.WITHDRAWN, by, action="withdraw")


def _pending(objection: Objection, by: User, act: str, states: tuple[str, ...]) -> Objection:
    """The objection locked and fresh, for somebody who may, in one of these states."""
    if not may(by, act):
        raise StepRefused("您的角色不能办理这条异议")
    rows = visible(Objection, by).select_for_update(of=("self",)).select_related("edition")
    fresh: Objection = rows.get(pk=objection.pk)
    if fresh.state not in states:
        raise StepRefused(f"这条异议现在是“{fresh.get_state_display()}”，不能这样办；可能别人刚办过，请看最新记录")
    return fresh


def _settle(objection: Objection, state: str, by: User, *, action: str, answer: str = "") -> Objection:
    came_from, objection.state = objection.state, state
    if answer:
        objection.answer, objection.answered_by, objection.answered_at = answer, by, timezone.now()
    objection.save()
    batch = {"batch": objection.removed_by_id} if objection.removed_by_id else {}
    record(f"roster.objection.{action}", by=by, target=objection, state=[came_from, state], **batch)
    return objection
