"""Files made to be fetched once or twice by whoever asked for them; they are kept for a day."""

from datetime import timedelta

from django.utils import timezone

from office.files import store_file
from office.models import StoredFile
from orgs.models import User
from orgs.scope import visible

KEPT = timedelta(hours=24)


def keep_export(
    content: bytes, *, name: str, content_type: str, by: User, region_path: str, insurer_id: int | None
) -> StoredFile:
    """Seal and keep the file for a day; then office/sweeping.py takes it away."""
    return store_file(
        content,
        name=name,
        content_type=content_type,
        purpose=StoredFile.Purpose.EXPORT,
        by=by,
        region_path=region_path,
        insurer_id=insurer_id,
        expires_at=timezone.now() + KEPT,
    )


def own_export(pk: int, user: User) -> StoredFile | None:
    """The file, for whoever had it made, while they see its place and its day is not over; None otherwise."""
    exports = visible(StoredFile, user).filter(purpose=StoredFile.Purpose.EXPORT, made_by=user)
    return exports.filter(pk=pk, expires_at__gt=timezone.now()).first()
