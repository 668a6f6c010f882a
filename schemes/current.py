"""The edition at hand: what the person chose, or the latest published one of their place."""

from django.http import HttpRequest

from orgs.scope import visible
from schemes.models import Edition

SESSION_KEY = "edition"


def current_edition(request: HttpRequest) -> Edition | None:
    """None where the place has no published edition yet."""
    cached = getattr(request, "_edition", False)
    if cached is not False:
        return cached
    published = visible(Edition, request.user).filter(state=Edition.State.PUBLISHED).select_related("place", "scheme")
    chosen = request.session.get(SESSION_KEY)
    edition = (published.filter(code=chosen).first() if chosen else None) or published.first()
    request._edition = edition  # type: ignore[attr-defined]
    return edition
