"""What the reports keep: what-ifs, as sums only."""

from django.db import models
from django.utils import timezone

from orgs.models import ScopedModel, User
from schemes.models import Amendment, Edition, TermsRecord


class WhatIf(ScopedModel):
    """Proposed terms, an edition's or one of its amendments', over a past edition's claims.

    `result` holds sums by coverage and township, and nobody's data.
    Code (`code~n` for an amendment), title and hash are those of the terms that were computed with: a draft may change
    afterwards, or be dropped.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "正在测算"
        DONE = "done", "已测算"
        STOPPED = "stopped", "没有做完"

    past = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    proposed = models.ForeignKey(Edition, on_delete=models.SET_NULL, null=True, related_name="+")
    amendment = models.ForeignKey(Amendment, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_code = models.CharField(max_length=60)
    proposed_title = models.CharField(max_length=80)
    proposed_sha256 = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["region_path", "-id"], name="what_if_by_region")]

    def __str__(self) -> str:
        return f"{self.proposed_title}用于{self.past}的案件"

    @property
    def terms_record(self) -> TermsRecord | None:
        """What was proposed as it stands now; None where it has been dropped."""
        return self.amendment if is_amendment_code(self.proposed_code) else self.proposed


def code_of(record: TermsRecord) -> str:
    """How a what-if names terms: an edition's code, or `code~n` for its n-th amendment."""
    if isinstance(record, Amendment):
        return f"{record.edition.code}~{record.number}"
    return str(record.code) if isinstance(record, Edition) else ""


def is_amendment_code(code: str) -> bool:
    """No edition's code has a `~`."""
    return "~" in code
