"""Rosters that were taken out with full numbers: by whom, in whose layout, how many people."""

from django.db import models
from django.utils import timezone

from orgs.models import Region, ScopedModel
from schemes.models import Edition


class InsurerLayout(ScopedModel):
    """How an insurer wants the roster: which columns under which titles, how it writes sex, dates and kinds of papers.

    Belongs to the insurer alone: its `region_path` is empty, so that no region's people see it.
    """

    columns = models.JSONField(default=list)  # [{"key": …, "title": …}] in their order
    sex = models.CharField(max_length=10)
    dates = models.CharField(max_length=10)
    id_kinds = models.JSONField(default=dict)  # our kind → the insurer's code
    changed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["insurer"], name="insurer_has_one_layout")]

    def __str__(self) -> str:
        return f"{self.insurer} 名册版式"


class RosterDownload(ScopedModel):
    """One download; `township` None: all townships of whoever asked. The file, where it was made by a job, expires."""

    class Step(models.TextChoices):
        POLICE = "police", "户籍核对名册"
        UNDERWRITE = "underwrite", "承保名册"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    step = models.CharField(max_length=10, choices=Step.choices)
    requested_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    persons = models.PositiveIntegerField(default=0)
    file = models.ForeignKey("office.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.township or '全部乡镇'}"
