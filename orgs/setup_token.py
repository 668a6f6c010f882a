"""The token of the first-run page: made once, kept in DATA_DIR, printed at start. Whoever reads the server's screen
may set the portal up; somebody who only finds the address may not."""

import os
import secrets
from pathlib import Path

from django.conf import settings

FILE = "setup-token"


def setup_token(*, matches: str | None = None) -> str:
    """The token; with `matches`, the token if that is it and an empty text otherwise."""
    path = Path(settings.DATA_DIR) / FILE
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(12))
    token = path.read_text().strip()
    if matches is None:
        return token
    return token if secrets.compare_digest(token.encode(), matches.strip().encode()) else ""
