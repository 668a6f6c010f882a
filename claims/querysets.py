"""Readings of claims: what waits for whom, what is due, what is late."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from claims.workflow import STATES, TRANSITIONS
from orgs.permissions import may

OPEN = tuple(state.code for state in STATES if state.open)
SOON_DAYS = 2


def awaiting(claims: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Claims whose next ordinary step the person may take."""
    mine = {source for step in TRANSITIONS if step.kind == "primary" and may(user, step.act) for source in step.sources}
    rows = claims.filter(state__in=mine)
    return rows.exclude(state="in_approval", adjusted_by=user) if may(user, "claim.approve") else rows


def overdue(claims: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Open claims whose day has passed."""
    return claims.filter(state__in=OPEN, due_on__lt=today)


def due_soon(claims: QuerySet[Any], today: date, until: date) -> QuerySet[Any]:
    """Open claims due from today to `until`, both included."""
    return claims.filter(state__in=OPEN, due_on__gte=today, due_on__lte=until)


def totals(claims: QuerySet[Any]) -> dict[str, int]:
    """Number, adjusted fen and paid fen of claims; denied and withdrawn claims count as nothing."""
    counted = Q(state__in=(*OPEN, "closed"))
    sums = claims.aggregate(
        n=Count("id"),
        fen=Sum("adjusted_fen", filter=counted, default=0),
        paid=Sum("adjusted_fen", filter=Q(state__in=("paid", "closed")), default=0),
    )
    return {key: int(value) for key, value in sums.items()}
