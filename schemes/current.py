"""The edition at hand: what the person chose, or the one in force today in their place, or the latest."""

from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone

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
    edition = (published.filter(code=chosen).first() if chosen else None) or in_force_first(published).first()
    request._edition = edition  # type: ignore[attr-defined]
    return edition


def in_force_first(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """Those whose period holds today, then the others; each the latest first."""
    today = timezone.localdate()
    running = When(first_day__lte=today, last_day__gte=today, then=Value(0))
    return editions.order_by(Case(running, default=Value(1)), "-first_day", "code")
