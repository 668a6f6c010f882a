"""What somebody looks for, kept in a sealed cookie.

No name goes into a URL, a log or a table, and looking for somebody writes nothing: on SQLite it would wait for a
roster that is being written.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import asdict

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from enrollment.search import PersonQuery, parse_query
from orgs.crypto import CannotOpen, open_sealed, seal

MOST_TYPED = 100  # a name has 60 characters, a browser keeps 4 KB
CONTEXT = "cookie."  # and its name: what one list looks for opens on no other


def keep_query(request: HttpRequest, response: HttpResponse, name: str, text: str) -> HttpResponse:
    """The response, with what was typed kept for the person's list until the browser is closed; nothing typed: none."""
    query = parse_query(text[:MOST_TYPED])
    if query is None:
        response.delete_cookie(name)
        return response
    kept = json.dumps(asdict(query) | {"by": request.user.pk}).encode()
    response.set_cookie(
        name,
        urlsafe_b64encode(seal(kept, context=CONTEXT + name)).decode(),
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


def kept_query(request: HttpRequest, name: str) -> PersonQuery | None:
    """What this person looks for in the list; None too for a cookie of somebody else's, or one that isn't ours."""
    try:
        kept = json.loads(open_sealed(urlsafe_b64decode(request.COOKIES.get(name, "")), context=CONTEXT + name))
    except (CannotOpen, NotBase64, ValueError):
        return None
    return PersonQuery(**kept) if kept.pop("by") == request.user.pk else None
