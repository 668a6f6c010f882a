"""Files kept encrypted under FILES_DIR. The database row says whose they are; the bytes mean nothing without a key."""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from office.failpoints import failpoint
from office.models import StoredFile
from office.sealed_blocks import MAGIC, BlockWriter, SealedReader
from orgs.crypto import open_sealed, seal
from orgs.models import User


def store_file(
    content: bytes | Iterable[bytes],
    *,
    name: str,
    content_type: str,
    purpose: str,
    by: User,
    region_path: str,
    insurer_id: int | None = None,
    expires_at: datetime | None = None,
) -> StoredFile:
    """Seal and keep `content`; the bytes are on disk before the row says so. Pieces are sealed as they come."""
    uuid = uuid4()
    told = _Told()
    with _written(_path(uuid)) as out:
        if isinstance(content, bytes):
            out.write(seal(b"".join(told.over([content])), context=f"file:{uuid}"))
        else:
            blocks = BlockWriter(out, context=f"file:{uuid}")
            for piece in told.over(content):
                blocks.write(piece)
            blocks.finish()
    return StoredFile.objects.create(
        uuid=uuid,
        purpose=purpose,
        name=Path(name).name[-200:],
        content_type=content_type,
        size=told.size,
        sha256=told.digest.hexdigest(),
        made_by=by,
        region_path=region_path,
        insurer_id=insurer_id,
        expires_at=expires_at,
    )


class _Told:
    """Size and digest of what passes."""

    def __init__(self) -> None:
        self.size, self.digest = 0, hashlib.sha256()

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece


def open_file(file: StoredFile) -> BinaryIO:
    """The plain bytes as a seekable stream; of a large file only a block at a time is in memory."""
    path = _path(file.uuid)
    with path.open("rb") as stored:
        in_blocks = stored.read(len(MAGIC)) == MAGIC
    if in_blocks:
        return io.BufferedReader(SealedReader(path, context=f"file:{file.uuid}"), buffer_size=2**20)
    return io.BytesIO(open_sealed(path.read_bytes(), context=f"file:{file.uuid}"))


def read_file(file: StoredFile) -> bytes:
    """The plain bytes; CannotOpen when they were altered or the key is missing."""
    with open_file(file) as stream:
        return stream.read()


def erase_file(file: StoredFile) -> None:
    """Drop the row now and the bytes once that is committed."""
    file.delete()
    transaction.on_commit(lambda: erase_bytes(file.uuid))


def erase_bytes(uuid: UUID) -> None:
    """Drop bytes that no row speaks of: their transaction was rolled back, or their row is gone."""
    _path(uuid).unlink(missing_ok=True)


def _path(uuid: UUID) -> Path:
    return Path(settings.FILES_DIR) / uuid.hex[:2] / f"{uuid.hex}.sealed"


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole, on disk, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    failpoint("file-half-written")
    partial.rename(path)
