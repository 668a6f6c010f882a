"""What every page shows around its content: menu, scope, edition, person."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from claims.models import Claim
from claims.querysets import awaiting
from config.menu import menu_of
from orgs.models import Region
from orgs.permissions import may
from orgs.scope import visible
from schemes.current import current_edition
from schemes.models import Edition


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page; nothing of it for somebody who is not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"trial": settings.TRIAL}
    edition = current_edition(request)
    return {
        "trial": settings.TRIAL,
        "menu": menu_of(user, request.path),
        "scope_text": _scope_text(user),
        "shell_edition": edition,
        "todo": _todo(user, edition),
    }


def _todo(user: Any, edition: Edition | None) -> int | None:
    """How many claims wait for the person; None for whom claims are no business."""
    if edition is None or not may(user, "claim.view"):
        return None
    return awaiting(visible(Claim, user).filter(edition=edition), user).count()


def _scope_text(user: Any) -> str:
    """`万州区 大周镇`, or the insurer's short name."""
    region = user.organization.region
    if user.role in {"adjuster", "approver"}:
        return user.organization.short_name
    if region.level == Region.Level.TOWNSHIP:
        return f"{region.parent.name} {region.name}"
    return region.name
