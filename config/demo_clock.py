"""Moves the demo's claims back in time, so that its clocks and months have something to show."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from claims.models import Claim, ClaimStep
from claims.services.clock import begins_with, due_from
from schemes.models import Edition

# days ago that the claim of this place in the demo was reported; the next one follows the day after, and so on
DAYS_AGO = (1, 22, 14, 6, 75, 130, 40, 30, 100, 160)
MORNING = time(9, 20)


def spread_over_time(edition: Edition) -> None:
    """Reports, steps and days due of the demo's claims, each claim moved as a whole."""
    for position, claim in enumerate(Claim.objects.filter(edition=edition).order_by("id")):
        _move(claim, DAYS_AGO[position % len(DAYS_AGO)])


def _move(claim: Claim, days_ago: int) -> None:
    reported = timezone.localdate() - timedelta(days=days_ago)
    steps = list(ClaimStep.objects.filter(claim=claim))
    for number, step in enumerate(steps):
        day = min(reported + timedelta(days=number), timezone.localdate())
        at = timezone.make_aware(datetime.combine(day, MORNING)) + timedelta(minutes=7 * number)
        ClaimStep.objects.filter(pk=step.pk).update(at=min(at, timezone.now()))
        if step.action == "report":
            Claim.objects.filter(pk=claim.pk).update(reported_at=at)
        if claim.due_on is not None and begins_with(claim, step.action):
            due = due_from(claim, day)
            Claim.objects.filter(pk=claim.pk).update(due_on=due.day if due else None)
