"""Jobs, files and days off."""

import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone

from orgs.models import ScopedModel


class StoredFile(ScopedModel):
    """A file kept encrypted under FILES_DIR: an uploaded workbook, a paper, an error workbook."""

    class Purpose(models.TextChoices):
        ROSTER = "roster", "名册文件"
        ERROR_BOOK = "error_book", "错误工作簿"
        PAPER = "paper", "理赔材料"
        EXPORT = "export", "导出文件"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    made_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


SMALL_JOB = timedelta(seconds=5)


class Job(models.Model):
    """Long work. This row is the record: state, stage, progress, lease and fence; a queue only rings the bell."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待处理"
        RUNNING = "running", "正在处理"
        DONE = "done", "已完成"
        REFUSED = "refused", "未通过"
        FAILED = "failed", "出错停止"

    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    stage = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="jobs")
    target_id = models.BigIntegerField(null=True)
    url = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    scope_kind = "requester"

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["lease_until", "id"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="job_open_by_lease",
            ),
            models.Index(fields=["requested_by", "-id"], name="job_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def percent(self) -> int:
        """0 to 100, whole; 0 while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def asked_every(self) -> str:
        """How often a page that shows its progress asks again, as htmx says it: often for a small job's length."""
        young = timezone.now() - self.created_at < SMALL_JOB
        return "400ms" if young else "2s"


class DayOff(models.Model):
    """A day that differs from the week's rule: a holiday on a weekday, or a weekend day worked in exchange."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
