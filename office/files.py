"""Files kept encrypted under FILES_DIR. The database row says whose they are; the bytes mean nothing without a key."""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from office.failpoints import failpoint
from office.models import StoredFile
from orgs.crypto import open_sealed, seal
from orgs.models import User


def store_file(
    content: bytes,
    *,
    name: str,
    content_type: str,
    purpose: str,
    by: User,
    region_path: str,
    insurer_id: int | None = None,
    expires_at: datetime | None = None,
) -> StoredFile:
    """Seal and keep `content`; the bytes are on disk before the row says so."""
    uuid = uuid4()
    _write(_path(uuid), seal(content, context=f"file:{uuid}"))
    return StoredFile.objects.create(
        uuid=uuid,
        purpose=purpose,
        name=Path(name).name[-200:],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        made_by=by,
        region_path=region_path,
        insurer_id=insurer_id,
        expires_at=expires_at,
    )


def read_file(file: StoredFile) -> bytes:
    """The plain bytes; CannotOpen when they were altered or the key is missing."""
    return open_sealed(_path(file.uuid).read_bytes(), context=f"file:{file.uuid}")


def erase_file(file: StoredFile) -> None:
    """Drop the row now and the bytes once that is committed."""
    file.delete()
    transaction.on_commit(lambda: erase_bytes(file.uuid))


def erase_bytes(uuid: UUID) -> None:
    """Drop bytes that no row speaks of: their transaction was rolled back, or their row is gone."""
    _path(uuid).unlink(missing_ok=True)


def _path(uuid: UUID) -> Path:
    return Path(settings.FILES_DIR) / uuid.hex[:2] / f"{uuid.hex}.sealed"


def _write(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    failpoint("file-half-written")
    partial.rename(path)
