"""One gate for every change of state: permission, version, workflow table, step, audit, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from claims.models import Claim, ClaimStep
from claims.workflow import STATE, TRANSITION, Transition
from orgs.audit import record
from orgs.models import User
from orgs.permissions import may
from orgs.scope import visible
from orgs.versions import EditConflict


class StepRefused(Exception):
    """The step can't be taken now; the message says why and what to do instead."""


@contextmanager
def moving(*, claim: Claim, action: str, by: User, read_version: int, opinion: str = "") -> Iterator[Claim]:
    """Yields the claim locked and fresh; what the body sets on it is saved with its new state.

    Raises StepRefused (not allowed now), EditConflict (changed since it was read), Claim.DoesNotExist (not theirs).
    """
    step = TRANSITION[action]
    with transaction.atomic():
        fresh = visible(Claim, by).select_for_update(of=("self",)).select_related("edition", "insurer").get(pk=claim.pk)
        _check(fresh, step, by, read_version, opinion)
        came_from = fresh.state
        yield fresh
        fresh.state = step.target
        fresh.version += 1
        fresh.save()
        _write_step(fresh, step, came_from, by, opinion)


def _check(claim: Claim, step: Transition, by: User, read_version: int, opinion: str) -> None:
    if not may(by, step.act):
        raise StepRefused(f"您的角色不能办理“{step.name}”")
    if claim.state not in step.sources:
        raise StepRefused(f"案件现在是“{STATE[claim.state].name}”，不能{step.name}；可能别人刚办过，请看最新记录")
    if claim.version != read_version:
        raise EditConflict(claim)
    if step.wants_opinion and not opinion.strip():
        raise StepRefused(f"请写明{step.name}的原因，报案人会看到")


def _write_step(claim: Claim, step: Transition, came_from: str, by: User, opinion: str) -> None:
    write_step(
        claim,
        action=step.action,
        name=step.name,
        came_from=came_from,
        by=by,
        opinion=opinion,
        fen=claim.adjusted_fen,
    )


def write_step(
    claim: Claim,
    *,
    action: str,
    name: str,
    came_from: str,
    by: User,
    opinion: str = "",
    fen: int | None = None,
) -> ClaimStep:
    """A line of the claim's log and its audit event."""
    record(f"claim.{action}", by=by, target=claim, state=[came_from, claim.state], fen=fen)
    return ClaimStep.objects.create(
        claim=claim,
        region_path=claim.region_path,
        insurer_id=claim.insurer_id,
        action=action,
        name=name,
        from_state=came_from,
        to_state=claim.state,
        by=by,
        by_name=f"{by.name}（{by.organization.short_name}）"[:80],
        opinion=opinion.strip(),
        fen=fen,
    )
