"""Nobody overwrites unseen: every editable record has a version, and a save names the one it read."""

from typing import Any

from django.db import models


class EditConflict(Exception):
    """Somebody else saved this record after it was opened. Carries the record as it is now."""

    def __init__(self, current: models.Model) -> None:
        self.current = current
        super().__init__("这条记录刚被别人改过，您填的内容还在，请核对最新内容后再保存")


def save_versioned(record: models.Model, *, read_version: int, fields: list[str]) -> None:
    """Write `fields` if the row still has `read_version`; EditConflict otherwise."""
    values: dict[str, Any] = {name: getattr(record, name) for name in fields}
    model = record._meta.model  # request.user is a lazy object, whose type is none of ours
    rows = model._base_manager.filter(pk=record.pk, version=read_version)
    if not rows.update(**values, version=read_version + 1):
        raise EditConflict(model._base_manager.get(pk=record.pk))
    record.version = read_version + 1  # type: ignore[attr-defined]
