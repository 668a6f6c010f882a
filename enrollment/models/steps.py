"""Where the rosters of townships stand on their way: the steps taken, the villages signed off, objections by person."""

from django.db import models
from django.utils import timezone

from enrollment.models.batches import RosterBatch
from enrollment.models.people import Enrollment
from enrollment.workflow import ACTIONS, STATES
from orgs.models import Region, ScopedModel
from schemes.models import Edition

DIGEST_LENGTH = 64


class TownshipRoster(ScopedModel):
    """A township's roster of one edition on its way up. Without a row it is in drafting, and nobody has acted yet.

    Totals and digest are those that the township signed when it last sent the roster up.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="township_rosters")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="乡镇")
    state = models.CharField(max_length=10, choices=[(one.code, one.name) for one in STATES], default="drafting")
    revision = models.PositiveIntegerField("第几次上报", default=0)
    persons = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(default=0)
    premium_fen = models.BigIntegerField(null=True)  # None: the edition's premium doesn't go by the roster alone
    digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    submitted_at = models.DateTimeField(null=True)
    in_force_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["edition_id", "region_path"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "township"], name="township_has_one_roster_an_edition"),
        ]
        indexes = [models.Index(fields=["edition", "state"], name="township_roster_by_state")]

    def __str__(self) -> str:
        return f"{self.township} 名册"


class RosterStepTaken(ScopedModel):
    """A line of the log: who took a roster which step, with how many people on it."""

    roster = models.ForeignKey(TownshipRoster, on_delete=models.PROTECT, related_name="steps_taken")
    action = models.CharField(max_length=12, choices=list(ACTIONS.items()))
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    persons = models.PositiveIntegerField()
    by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    opinion = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["roster", "action", "id"], name="roster_step_by_action")]

    def __str__(self) -> str:
        return self.get_action_display()


class VillageReview(ScopedModel):
    """A village's part of the roster as it was handed in by the village, and signed off by the township.

    Both hold for the people of that moment only: `digest` tells whether the roster has changed since.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="village_reviews")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    persons = models.PositiveIntegerField()
    households = models.PositiveIntegerField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    handed_in_at = models.DateTimeField(null=True)
    handed_in_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["edition_id", "region_path"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "village"], name="village_has_one_review_an_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.village} 签收"


class Objection(ScopedModel):
    """Somebody who looks at a roster objects to one person on it; the township answers."""

    class Step(models.TextChoices):
        PUBLICITY = "publicity", "公示"
        POLICE = "police", "户籍确认"
        UNDERWRITE = "underwrite", "承保确认"

    class Reason(models.TextChoices):
        NOT_REGISTERED = "not_registered", "户籍不在本地"
        MOVED_OUT = "moved_out", "户籍已迁出"
        DEAD = "dead", "已死亡"
        NAME_DIFFERS = "name_differs", "姓名与证件不符"
        NUMBER_DIFFERS = "number_differs", "证件号码有误"
        NOT_ELIGIBLE = "not_eligible", "不属于参保对象"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        EXPLAINED = "explained", "已说明，待核"
        UPHELD = "upheld", "成立，已删除"
        DISMISSED = "dismissed", "不成立"
        WITHDRAWN = "withdrawn", "已撤回"

    PENDING = (State.OPEN, State.EXPLAINED)

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="objections")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="objections")
    step = models.CharField(max_length=10, choices=Step.choices)
    reason = models.CharField("原因", max_length=16, choices=Reason.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    raised_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField("答复", max_length=200, blank=True)
    answered_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(
        RosterBatch, on_delete=models.PROTECT, null=True, related_name="upheld"
    )  # what took the person out; undone, the objection is open again

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "step"],
                condition=models.Q(state__in=["open", "explained"]),
                name="person_is_objected_to_once_a_step",
            ),
        ]
        indexes = [models.Index(fields=["edition", "township", "state"], name="objection_by_township")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}异议"

    @property
    def is_pending(self) -> bool:
        """Whether the roster waits for somebody's word on it."""
        return self.state in self.PENDING
