"""Lists that rosters are matched with: who has died, moved out or is not insured, and who should be enrolled."""

from django.db import models
from django.utils import timezone

from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedTextField
from orgs.models import Organization, ScopedModel
from schemes.models import Edition


class PersonList(ScopedModel):
    """One list as it came from an office, stamped with the county. Only a list that was read whole comes in force.

    Without an edition it holds for every edition of the county.
    """

    class Kind(models.TextChoices):
        DEAD = "dead", "死亡人员"
        MOVED_OUT = "moved_out", "迁出人员"
        PUBLIC_STAFF = "public_staff", "机关事业单位人员"
        LEFT_SYSTEM = "left_system", "已调出全国系统人员"
        MEMBERS = "members", "应参保人员"

    class State(models.TextChoices):
        CHECKING = "checking", "正在读入"
        IN_FORCE = "in_force", "在用"
        WITHDRAWN = "withdrawn", "已撤下"
        REFUSED = "refused", "没有通过"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="person_lists")
    kind = models.CharField("名单", max_length=12, choices=Kind.choices)
    title = models.CharField("名称", max_length=80)
    as_of = models.DateField("截止日期")
    source = models.CharField("来源", max_length=80)
    file = models.ForeignKey("office.StoredFile", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    error_file = models.ForeignKey("office.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CHECKING)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    refusal = models.TextField(blank=True)
    made_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    in_force_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition"],
                condition=models.Q(kind="members", state="in_force"),
                name="edition_has_one_members_list",
            ),
            models.UniqueConstraint(
                fields=["region_path"],
                condition=models.Q(kind="members", state="in_force", edition__isnull=True),
                name="place_has_one_members_list",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ListedPerson(ScopedModel):
    """A person on a list; stamped with the village or township that the row names, else with the county."""

    list = models.ForeignKey(
        PersonList, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="people"
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    id_number = EncryptedTextField("身份证号", mask="id", sealed_as="roster.id_number")
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH)
    name = models.CharField("姓名", max_length=60, blank=True)
    township_id = models.BigIntegerField(null=True)
    village_id = models.BigIntegerField(null=True)
    written_place = models.CharField("名单上的乡镇、村", max_length=120, blank=True)
    event_date = models.DateField("日期", null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["list", "id_index"], name="person_stands_on_a_list_once"),
        ]
        indexes = [models.Index(fields=["list", "region_path", "id"], name="listed_person_page")]

    def __str__(self) -> str:
        return self.name


class MemberTotal(ScopedModel):
    """How many people of a place the members list names who may be enrolled, and how many of them are not; kept in the
    transaction that changes the roster (services/member_sums.py).

    `counted_by` names the lists by which it was counted: where others are in force, the row says nothing.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    township_id = models.BigIntegerField()  # 0, as the village: of people whose row names none that is known
    village_id = models.BigIntegerField()
    counted_by = models.CharField(max_length=200)
    members = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()

    class Meta:
        ordering = ["edition_id", "region_path"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "region_path", "township_id", "village_id"],
                name="members_of_a_place_have_one_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_path} {self.missing}"


class NotEnrolled(ScopedModel):
    """Why somebody on the members list is not enrolled, as the township found out; the scheme may be voluntary."""

    class Reason(models.TextChoices):
        UNWILLING = "unwilling", "自愿不参保"
        AWAY = "away", "长期外出"
        ELSEWHERE = "elsewhere", "已在外地参保"
        OTHER = "other", "其他"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH)
    township_id = models.BigIntegerField(null=True)
    village_id = models.BigIntegerField(null=True)
    reason = models.CharField("原因", max_length=10, choices=Reason.choices)
    note = EncryptedTextField("说明", mask="text")  # it may tell of an illness
    marked_at = models.DateTimeField(default=timezone.now)
    marked_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "id_index", "township_id"], name="township_gives_one_reason_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
