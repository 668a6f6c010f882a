"""The audit trail: one dotted verb for each kind of change, written in the transaction of the change."""

from typing import Any

from django.db import models

from orgs.models import AuditEvent, User
from orgs.request_info import request_info


def record(
    action: str,
    *,
    by: User | None,
    target: models.Model | None = None,
    label: str = "",
    region_path: str = "",
    insurer_id: int | None = None,
    **detail: Any,
) -> None:
    """Write one event. The place and insurer are taken from the target where it has them.

    Nothing is read back: whoever acts need not be somebody who sees the trail (row-level security would refuse).
    """
    info = request_info.get()
    event = AuditEvent(
        actor=by,
        actor_name=f"{by.organization} {by.name}"[:80] if by else "系统",
        role=by.role if by else "",
        action=action,
        target_kind=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target=(label or (str(target) if target is not None else ""))[:120],
        region_path=region_path or getattr(target, "region_path", "") or (by.organization.region.path if by else ""),
        insurer_id=insurer_id or getattr(target, "insurer_id", None),
        detail=detail,
        ip=info.ip,
        trace=info.trace,
    )
    fields = [field for field in AuditEvent._meta.concrete_fields if not field.primary_key]
    models.QuerySet(AuditEvent)._insert([event], fields=fields, using="default")
