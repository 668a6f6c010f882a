"""People on rosters, and the sums by village."""

from django.db import models
from django.db.models.functions import Right

from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedTextField
from orgs.models import Organization, Region, ScopedModel
from schemes.models import Edition


class Enrollment(ScopedModel):
    """A person's place on the roster of one township in one edition.

    The foreign keys carry no constraint of their own: the load's joins prove them, and four constraints cost more than
    the rest of the load together (docs/performance.md).
    """

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="enrollments"
    )  # every index below begins with it
    township = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    village = models.ForeignKey(Region, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    insurer = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    batch = models.ForeignKey(
        "RosterBatch", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="enrollments"
    )
    name = models.CharField("姓名", max_length=60)
    initials = models.CharField("拼音首字母", max_length=60, blank=True)
    given = models.GeneratedField(  # what a search for a given name finds: enrollment/search.py
        expression=Right("name", 2), output_field=models.CharField(max_length=2), db_persist=True
    )
    id_number = EncryptedTextField("身份证号", mask="id", sealed_as="roster.id_number")
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH)
    id_kind = models.CharField("证件类型", max_length=30)
    sex = models.CharField("性别", max_length=1, blank=True)
    household = models.CharField("户号", max_length=30, blank=True)
    relation = models.CharField("与户主关系", max_length=20, blank=True)
    group = models.CharField("组", max_length=20, blank=True)
    address = models.CharField("家庭住址", max_length=120, blank=True)
    phone = EncryptedTextField("联系电话", mask="phone", sealed_as="roster.phone")
    bank = models.CharField("开户银行", max_length=60, blank=True)
    account = EncryptedTextField("银行账号", mask="account", sealed_as="roster.account")
    content = models.CharField(max_length=INDEX_HEX_LENGTH, editable=False)
    covered_from = models.DateField("保障起", null=True)  # None: from the first day of the edition
    covered_to = models.DateField("保障止", null=True)  # None: to its last day
    removed_at = models.DateTimeField("减员时间", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "id_index"],
                condition=models.Q(removed_at__isnull=True),
                name="person_is_enrolled_once_an_edition",
            ),
        ]
        indexes = [
            models.Index(
                fields=["edition", "township", "village", "id"],
                condition=models.Q(removed_at__isnull=True),
                name="enrollment_page",
            ),
            models.Index(fields=["edition", "region_path"], name="enrollment_by_region"),
            models.Index(
                fields=["edition", "given", "township", "village", "id"],
                condition=models.Q(removed_at__isnull=True),
                name="enrollment_by_given",
            ),
            models.Index(
                fields=["edition", "id_index"],
                condition=models.Q(removed_at__isnull=False),
                name="enrollment_removed",
            ),
            models.Index(
                fields=["edition", "insurer", "township", "village", "id"],
                condition=models.Q(removed_at__isnull=True),
                name="enrollment_insurer_page",
            ),
            models.Index(
                fields=["edition", "township"],
                condition=models.Q(covered_from__isnull=False) | models.Q(covered_to__isnull=False),
                name="enrollment_endorsed",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VillageTotal(ScopedModel):
    """How many people a village has on the roster of an edition; kept in the transaction that changes the roster."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="village_totals")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    persons = models.PositiveIntegerField()
    households = models.PositiveIntegerField()

    class Meta:
        ordering = ["edition_id", "region_path"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "village"], name="village_has_one_total_an_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.persons}"
