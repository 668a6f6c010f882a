from django.db import models


class AuditEvent(models.Model):
    """Who did, saw or exported what. Written in the transaction of the change; triggers forbid any rewriting.

    `detail` holds figures, codes and counts, never an ID number, account, telephone or illness.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=80)
    role = models.CharField(max_length=16, blank=True)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=120, blank=True)
    region_path = models.CharField(max_length=40, blank=True)
    insurer = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    trace = models.CharField(max_length=16, blank=True)

    scope_kind = "region_and_insurer"

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["region_path", "-id"], name="audit_by_region"),
            models.Index(fields=["target_kind", "target_id"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
