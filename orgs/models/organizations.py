from django.db import models


class Organization(models.Model):
    """A township government, bureau, insurer's branch, finance office: those who work in the portal."""

    class Kind(models.TextChoices):
        TOWNSHIP = "township", "乡镇（街道）"
        AUTHORITY = "authority", "主管部门"
        FINANCE = "finance", "财政部门"
        INSURER = "insurer", "承保机构"
        CERTIFIER = "certifier", "认定部门"
        POLICE = "police", "公安机关"
        AUDIT = "audit", "审计部门"
        ADMINISTRATION = "administration", "系统管理"

    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    name = models.CharField("名称", max_length=100, unique=True)
    short_name = models.CharField("简称", max_length=40)
    region = models.ForeignKey("orgs.Region", on_delete=models.PROTECT, related_name="organizations")
    hotline = models.CharField("报案电话", max_length=20, blank=True)
    active = models.BooleanField("启用", default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.short_name or self.name
