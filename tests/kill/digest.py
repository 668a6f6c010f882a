"""What the database says, without what differs from run to run: surrogate keys, times, nonces."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models

from office.files import read_file
from office.models import StoredFile
from orgs.models import AuditEvent
from tests.ground import everything

ROOMS = ("enrollment", "office")
# Of counts and audit: seconds, memory, dates within a zip.
RUN_OF_THE_MILL = {"stage_seconds", "peak_mb", "child_mb", "sha256", "size"}
LEFT_OUT = {
    "Job": {"fence", "attempts", "done", "total", "url", "target_id"},
    "StoredFile": {"size", "sha256"},
    "AuditEvent": {"target_id", "trace"},
}


def state_digest() -> dict[str, str]:
    """Table → number of rows and a sum over them, in an order of their own."""
    with everything():
        return {model.__name__: _digest(model) for model in _models()}


def _models() -> Iterator[type[models.Model]]:
    for room in ROOMS:
        yield from (model for model in apps.get_app_config(room).get_models() if model._meta.managed)
    yield AuditEvent


def _digest(model: type[models.Model]) -> str:
    fields = [field for field in model._meta.concrete_fields if _tells(model, field)]
    lines = sorted(_line(row, fields) for row in model._base_manager.all().iterator(chunk_size=2000))
    total = hashlib.sha256()
    for line in lines:
        total.update(line.encode() + b"\n")
    return f"{len(lines)}:{total.hexdigest()[:16]}"


def _tells(model: type[models.Model], field: Any) -> bool:
    """Keys of rows that the run itself makes differ with every try; those of places and people do not."""
    made_in_the_run = field.is_relation and field.related_model._meta.app_label in ROOMS
    of_the_run = isinstance(field, models.AutoField | models.DateTimeField | models.UUIDField)
    return not (made_in_the_run or of_the_run or field.name in LEFT_OUT.get(model.__name__, set()))


def _line(row: models.Model, fields: list[Any]) -> str:
    return json.dumps([_plain(getattr(row, field.attname)) for field in fields], ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key not in RUN_OF_THE_MILL}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return (
        value.isoformat() if isinstance(value, date) else value if isinstance(value, str | int | None) else str(value)
    )


def unread_files() -> list[str]:
    """Kept files whose bytes are missing or broken."""
    with everything():
        return [file.name for file in StoredFile.objects.all() if not _reads(file)]


def _reads(file: StoredFile) -> bool:
    try:
        return len(read_file(file)) == file.size
    except Exception:
        return False
