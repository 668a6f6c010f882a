"""The day by which a claim is to be paid: it counts from the step that the edition's deadline names."""

from datetime import date

from calc.dates import Due
from claims.models import Claim
from office.calendar import work_calendar
from schemes.rules.deadlines import due_of
from schemes.terms.model import Deadline

# the actions of claims/workflow.py that bring a claim to the step of the terms
BEGINNINGS = {"reported": ("report", "resubmit"), "accepted": ("accept",)}


def deadline_of(claim: Claim) -> Deadline | None:
    """The deadline of the claim's coverage that ends with the payment; None where the edition sets none."""
    return claim.terms.coverages[claim.coverage].deadline_until("paid")


def begins_with(claim: Claim, action: str) -> bool:
    """Whether the clock of the claim starts with this action."""
    deadline = deadline_of(claim)
    return deadline is not None and action in BEGINNINGS[deadline.after]


def due_from(claim: Claim, start: date) -> Due | None:
    """When the deadline ends that started on this day; None where the edition sets none."""
    deadline = deadline_of(claim)
    return due_of(deadline, start, work_calendar()) if deadline else None


def start_clock(claim: Claim, action: str, on: date) -> None:
    """Note the day due where the clock starts with this action; saving is left to the caller.

    A claim that came back corrected starts again: the days in which papers were missing are not the insurer's.
    """
    if not begins_with(claim, action):
        return
    due = due_from(claim, on)
    claim.due_on, claim.due_provisional = (due.day, due.provisional) if due else (None, False)
