"""What every page shows around its content: menu, scope, edition, person."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.menu import menu_of
from orgs.models import Region
from schemes.current import current_edition


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page; nothing of it for somebody who is not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"trial": settings.TRIAL}
    return {
        "trial": settings.TRIAL,
        "menu": menu_of(user, request.path),
        "scope_text": _scope_text(user),
        "shell_edition": current_edition(request),
    }


def _scope_text(user: Any) -> str:
    """`万州区 大周镇`, or the insurer's short name."""
    region = user.organization.region
    if user.role in {"adjuster", "approver"}:
        return user.organization.short_name
    if region.level == Region.Level.TOWNSHIP:
        return f"{region.parent.name} {region.name}"
    return region.name
