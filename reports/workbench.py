"""The figures of the workbench; each counter leads to the list it counts."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from claims.models import Claim
from claims.presenting import deadline_tag
from claims.querysets import OPEN, awaiting, due_soon, overdue
from claims.views.lists import soon
from claims.workflow import STATE, from_state
from enrollment.models import Endorsement, RosterBatch, RosterConflict, VillageTotal
from enrollment.waiting import waiting_for
from orgs.models import Organization, User
from orgs.permissions import may
from orgs.scope import visible
from schemes.in_force import offered_coverages
from schemes.models import Edition

PAID = ("paid", "closed")
NEXT_DUE = 6
CHART_HEIGHT = 100
TOLD_DAYS = 7  # how long a refusal stays on the workbench of who asked


def workbench_of(edition: Edition | None, user: User, today: date) -> dict[str, Any]:
    """What the page shows; without an edition only the frame."""
    context: dict[str, Any] = {"today": today, "edition": edition, "may_claims": may(user, "claim.view")}
    if edition is None:
        return context
    persons = visible(VillageTotal, user).filter(edition=edition).aggregate(n=Sum("persons", default=0))["n"]
    context |= {"persons": persons, "insurer": _insurer(edition, user), "batches": _batches(edition, user)}
    context["roster_waiting"] = waiting_for(edition, user)
    context["endorsements"] = _endorsements(edition, user, today)
    if may(user, "roster.decide"):
        waiting = visible(RosterConflict, user).filter(edition=edition, state=RosterConflict.State.OPEN)
        context["conflicts"] = waiting.count()
    if context["may_claims"]:
        context |= _claims(visible(Claim, user).filter(edition=edition), edition, user, today)
    return context


def _claims(claims: QuerySet[Claim], edition: Edition, user: User, today: date) -> dict[str, Any]:
    near = soon(today)
    return {
        "counts": _counts(claims, user, today, near),
        "due": _next_due(claims, user, today),
        "months": _months(claims, edition),
        "coverages": _coverages(claims, edition),
        "waiting": _waiting(claims, user),
    }


def _counts(claims: QuerySet[Claim], user: User, today: date, near: date) -> list[dict[str, Any]]:
    mine, returned = awaiting(claims, user).count(), claims.filter(state="returned").count()
    due, late = due_soon(claims, today, near).count(), overdue(claims, today).count()
    return [
        {"n": mine, "name": "待办", "hint": "轮到我办的案件", "view": "mine", "tone": ""},
        {"n": returned, "name": "退回", "hint": "要补正后再报", "view": "returned", "tone": ""},
        {"n": due, "name": "临期", "hint": "2 个工作日内到期", "view": "due", "tone": "due" if due else ""},
        {"n": late, "name": "逾期", "hint": "过了应赔付日", "view": "late", "tone": "late" if late else ""},
    ]


def _next_due(claims: QuerySet[Claim], user: User, today: date) -> list[Claim]:
    """The open claims that are due first, late ones on top."""
    rows = list(claims.filter(state__in=OPEN, due_on__isnull=False).order_by("due_on", "id")[:NEXT_DUE])
    for claim in rows:
        claim.deadline = deadline_tag(claim, today)
        claim.state_name = STATE[claim.state].name
        claim.is_mine = any(may(user, step.act) and step.kind == "primary" for step in from_state(claim.state))
    return rows


def _waiting(claims: QuerySet[Claim], user: User) -> list[dict[str, Any]]:
    """What waits for the person, by state."""
    counted = awaiting(claims, user).order_by("state").values_list("state").annotate(n=Count("id"))
    return [{"name": STATE[state].name, "n": n, "state": state} for state, n in counted]


def _months(claims: QuerySet[Claim], edition: Edition) -> dict[str, Any]:
    """Reported and paid by month of report, for the chart over its own table."""
    rows = (
        claims.annotate(month=TruncMonth("reported_at"))
        .values("month")
        .annotate(n=Count("id"), fen=Sum("adjusted_fen", filter=Q(state__in=PAID), default=0))
        .order_by("month")
    )
    months = [{"month": row["month"], "n": row["n"], "fen": row["fen"]} for row in rows][-12:]
    most_n, most_fen = max((m["n"] for m in months), default=0), max((m["fen"] for m in months), default=0)
    for month in months:
        month["n_height"] = _height(month["n"], most_n)
        month["fen_height"] = _height(month["fen"], most_fen)
        month["n_top"], month["fen_top"] = (
            CHART_HEIGHT - month["n_height"],
            CHART_HEIGHT - month["fen_height"],
        )
    return {"rows": months, "n": sum(m["n"] for m in months), "fen": sum(m["fen"] for m in months)}


def _height(value: int, most: int) -> int:
    return max(1, value * CHART_HEIGHT // most) if value and most else 0


def _coverages(claims: QuerySet[Claim], edition: Edition) -> dict[str, Any]:
    """Paid by coverage, with a bar against the largest."""
    paid = claims.filter(state__in=PAID).order_by("coverage").values("coverage")
    sums = {row["coverage"]: row for row in paid.annotate(n=Count("id"), fen=Sum("adjusted_fen", default=0))}
    most = max((row["fen"] for row in sums.values()), default=0)
    rows = [
        {
            "label": coverage.label,
            "n": sums[code]["n"],
            "fen": sums[code]["fen"],
            "width": _height(sums[code]["fen"], most) * 64 // 100,
        }
        for code, coverage in offered_coverages(edition).items()
        if code in sums
    ]
    rows.sort(key=lambda row: -row["fen"])
    return {"rows": rows, "n": sum(row["n"] for row in rows), "fen": sum(row["fen"] for row in rows)}


def _insurer(edition: Edition, user: User) -> Organization | None:
    """The insurer of a clerk's township."""
    assignment = edition.assignments.filter(township_id=user.organization.region_id).select_related("insurer").first()
    return assignment.insurer if assignment else None


def _batches(edition: Edition, user: User) -> list[RosterBatch]:
    """Uploads of the person's own office that wait for their confirmation; a township's are not the bureau's work."""
    if not may(user, "roster.import"):
        return []
    own = visible(RosterBatch, user).filter(made_by__organization=user.organization_id)
    return list(own.filter(edition=edition, state=RosterBatch.State.CHECKED)[:3])


def _endorsements(edition: Edition, user: User, today: date) -> list[dict[str, Any]]:
    """Endorsements that wait for the insurer, to both sides; those refused lately, to who asked."""
    if not (may(user, "endorsement.ask") or may(user, "endorsement.decide")):
        return []
    state, word = Endorsement.State, "待我确认" if may(user, "endorsement.decide") else "待承保机构确认"
    lately = Q(state=state.REFUSED, decided_at__date__gt=today - timedelta(days=TOLD_DAYS))
    counted = visible(Endorsement, user).filter(edition=edition).aggregate(
        asked=Count("id", filter=Q(state=state.ASKED)), refused=Count("id", filter=lately)
    )  # fmt: skip
    told = [(word, state.ASKED, counted["asked"])]
    if may(user, "endorsement.ask"):
        told.append(("近日未同意", state.REFUSED, counted["refused"]))
    return [{"name": name, "state": code, "n": n} for name, code, n in told if n]
