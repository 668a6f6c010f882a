"""What participation is measured by, villages recognised as wholly enrolled, and who looks after a village."""

from django.db import models
from django.utils import timezone

from orgs.fields import EncryptedTextField
from orgs.models import Region, ScopedModel
from schemes.models import Edition


class RegionFigure(ScopedModel):
    """A number of people of a township or village, as somebody entered it; a later one replaces it and both stay."""

    class Measure(models.TextChoices):
        POPULATION = "population", "户籍人口"
        REPORTED = "reported", "上报人数"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="region_figures")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField("口径", max_length=10, choices=Measure.choices)
    persons = models.PositiveIntegerField("人数")
    source = models.CharField("来源", max_length=80)
    as_of = models.DateField("截止日期")
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["edition_id", "region_path", "measure", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "region", "measure"],
                condition=models.Q(replaced_at__isnull=True),
                name="region_has_one_figure_of_a_measure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.persons}"


class VillageRecognition(ScopedModel):
    """全村统保: everybody of the village was enrolled on that day. It stays on record, whatever comes later."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="recognitions")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    recognised_on = models.DateField("认定日期")
    enrolled = models.PositiveIntegerField("认定时在册人数")
    basis = models.CharField("核对依据", max_length=120)
    recorded_at = models.DateTimeField(default=timezone.now)
    recognised_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["edition_id", "region_path"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "village"], name="village_is_recognised_once_an_edition"),
        ]

    def __str__(self) -> str:
        return str(self.village)


class VillageKeeper(ScopedModel):
    """Who looks after a village (村级专干) or one of its groups (组协管员). Whoever ends stays on record."""

    class Kind(models.TextChoices):
        VILLAGE = "village", "村级专干"
        GROUP = "group", "组协管员"

    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="村（社区）")
    kind = models.CharField("职责", max_length=8, choices=Kind.choices)
    group = models.CharField("组", max_length=20, blank=True)
    name = models.CharField("姓名", max_length=40)
    phone = EncryptedTextField("联系电话", mask="phone")
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["region_path", "-kind", "group", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="village") | ~models.Q(group=""), name="group_keeper_has_a_group"
            ),
        ]

    def __str__(self) -> str:
        return self.name
