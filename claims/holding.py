"""Who may not be taken off a roster unseen: people with a claim. Named in settings.ENROLLMENT_HELD_BY."""

from typing import Any

from django.db.models import QuerySet

from claims.models import Claim

LET_GO = ("withdrawn",)  # a claim that was taken back holds nobody


def held_enrollments() -> QuerySet[Claim, Any]:
    """Ids of enrolments that have a claim, as a query to be built into others; under the scope in force."""
    return Claim.objects.filter(enrollment__isnull=False).exclude(state__in=LET_GO).values("enrollment_id")
