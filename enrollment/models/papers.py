"""What was printed of a roster, posted in the villages and handed to households."""

from django.db import models
from django.utils import timezone

from orgs.models import Region, ScopedModel
from schemes.models import Edition

CODE_LENGTH = 9  # A81D-3F06


class Paper(models.TextChoices):
    """The papers that are printed of a roster."""

    ROSTER = "roster", "参保名册"
    NOTICE = "notice", "公示名单"
    SLIPS = "slips", "保险凭证"
    LEAFLETS = "leaflets", "明白卡"
    GENERAL = "general", "明白卡（通用）"


class PaperModel(ScopedModel):
    """A row of one township, or of one of its villages, in one edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="乡镇")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="村")

    class Meta:
        abstract = True

    @property
    def place(self) -> Region:
        """The village, or the township as a whole."""
        return self.village or self.township


class PrintOrder(PaperModel):
    """What somebody asked to be printed: at once, or as a job. Its prints hold the files."""

    kind = models.CharField("文书", max_length=10, choices=Paper.choices)
    copies = models.PositiveSmallIntegerField("份数", default=1)
    ordered_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.place.name}{self.get_kind_display()}"


class RosterPrint(PaperModel):
    """One paper as it was printed: its check code, what it counted, and the people on it.

    `snapshot` is a few bytes for each person (enrollment/papers/content.py), kept with the first print of a content;
    with it, a paper that comes back tells what has changed since.
    """

    order = models.ForeignKey(PrintOrder, on_delete=models.PROTECT, related_name="prints")
    kind = models.CharField("文书", max_length=10, choices=Paper.choices)
    code = models.CharField("校验码", max_length=CODE_LENGTH)
    digest = models.CharField(max_length=64)
    persons = models.PositiveIntegerField("人数")
    households = models.PositiveIntegerField("户数")
    premium_fen = models.BigIntegerField("保费（分）", null=True)
    copies = models.PositiveSmallIntegerField("份数")
    unprintable = models.PositiveIntegerField("姓名印不全的人数", default=0)
    snapshot = models.BinaryField(default=b"")
    file = models.ForeignKey("office.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    printed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["code", "-id"], name="roster_print_by_code"),
            models.Index(fields=["edition", "township", "kind", "-id"], name="roster_print_of_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.place.name}{self.get_kind_display()} {self.code}"


class PublicNotice(PaperModel):
    """公示: a village's list on its board, from the first day to the last. A village has one that is up."""

    class State(models.TextChoices):
        POSTED = "posted", "公示中"
        CLOSED = "closed", "公示结束"
        WITHDRAWN = "withdrawn", "已撤下"

    first_day = models.DateField("公示起")
    last_day = models.DateField("公示止")
    persons = models.PositiveIntegerField("人数")
    households = models.PositiveIntegerField("户数")
    code = models.CharField("校验码", max_length=CODE_LENGTH)
    digest = models.CharField(max_length=64)
    snapshot = models.BinaryField(default=b"")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.POSTED)
    opened_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField("结果", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["edition_id", "region_path", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "village"],
                condition=models.Q(state__in=["posted", "closed"]),
                name="village_has_one_public_notice_an_edition",
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="public_notice_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place.name}公示"


class PolicySlip(PaperModel):
    """保险凭证 of a household. Its number is given at the first print and stays, whoever joins or leaves."""

    household = models.CharField("户", max_length=30)
    running = models.PositiveIntegerField("顺序号")
    number = models.CharField("凭证号", max_length=40)
    code = models.CharField("校验码", max_length=CODE_LENGTH, blank=True)
    persons = models.PositiveSmallIntegerField("人数", default=0)
    premium_fen = models.BigIntegerField("保费（分）", null=True)
    printed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["edition_id", "township_id", "running"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "village", "household"], name="household_has_one_policy_slip"),
            models.UniqueConstraint(fields=["edition", "township", "running"], name="policy_slip_is_numbered_once"),
        ]
        indexes = [models.Index(fields=["number"], name="policy_slip_by_number")]

    def __str__(self) -> str:
        return self.number


class Handout(PaperModel):
    """What a household was given: when, and by whom."""

    class Kind(models.TextChoices):
        LEAFLET = "leaflet", "明白卡"
        SLIP = "slip", "保险凭证"
        INSURERS = "insurers", "承保机构宣传资料"

    household = models.CharField("户", max_length=30)
    kind = models.CharField("发放", max_length=10, choices=Kind.choices)
    given_on = models.DateField("发放日期")
    given_by = models.CharField("发放人", max_length=40)
    recorded_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["edition_id", "region_path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "village", "household", "kind"], name="household_is_given_each_paper_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.given_on}"
