"""Sessions in the database that whoever only reads does not write: SQLite has one writer at a time, and while it writes
a roster nobody's page may wait for it. Named in settings.SESSION_ENGINE.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.db import OperationalError
from django.utils import timezone

from orgs.bulk import without_waiting

RENEWED_AFTER = timedelta(minutes=1)  # of the half hour that an idle session lives


class SessionStore(db.SessionStore):
    """Remembers until when the database keeps it."""

    kept_until: datetime | None = None

    def _get_session_from_db(self) -> Any:
        found = super()._get_session_from_db()
        self.kept_until = found.expire_date if found else None
        return found


def renew(session: SessionStore) -> None:
    """Let an idle session's half hour begin anew, once a minute at most. A busy database is left alone: the next page
    renews it as well."""
    if session.kept_until is None or session.modified or session.session_key is None:
        return  # not asked for, or written anyway
    lives = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if session.kept_until - timezone.now() > lives - RENEWED_AFTER:
        return
    with suppress(OperationalError), without_waiting():
        kept = session.model.objects.filter(session_key=session.session_key)
        kept.update(expire_date=timezone.now() + lives)
