from django.db import models
from django.utils import timezone


class ApiToken(models.Model):
    """What a program of an organization shows instead of a password. Only the hash of its secret is kept.

    `account`, which nobody can log in with, bounds it: its organization and role decide scope and acts.
    """

    name = models.CharField("用途", max_length=40)
    account = models.OneToOneField("orgs.User", on_delete=models.PROTECT, related_name="token")
    digest = models.CharField(max_length=64, unique=True)
    ending = models.CharField("末四位", max_length=4)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField("有效期至")
    last_used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)

    scope_kind = "tokens"

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()
