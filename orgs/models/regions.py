"""Regions: entities in a tree of our own, with dated names and aliases. Codes only built the tree at first."""

from django.db import models

PATH_STEP = 6  # digits of one level in a path


class Region(models.Model):
    """A province, city, county (zones too), township or village.

    `path` is the ids from the root down, six digits each; it never changes, and its prefix is the subtree. Digits
    alone sort the same under every collation, so a subtree is a range of paths.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"
        TOWNSHIP = "township", "乡镇级"
        VILLAGE = "village", "村级"

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    name = models.CharField("名称", max_length=60)
    code = models.CharField("区划代码", max_length=12, null=True, blank=True, unique=True)
    path = models.CharField(max_length=40, unique=True)
    zone = models.BooleanField("功能区", default=False)
    active = models.BooleanField("启用", default=True)
    source = models.CharField("来源", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=models.Q(path__regex=r"^[0-9]+$"), name="region_path_is_digits"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path_ids(self) -> list[int]:
        """Ids from the root down to this region."""
        return [int(self.path[i : i + PATH_STEP]) for i in range(0, len(self.path), PATH_STEP)]


class RegionName(models.Model):
    """A name that a region has or had: the official one with its dates, or an alias that papers use."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", "正式名称"
        FORMER = "former", "原名"
        ALIAS = "alias", "别称"

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="names")
    name = models.CharField("名称", max_length=60, db_index=True)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        ordering = ["region_id", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["region", "name"], name="region_has_each_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
