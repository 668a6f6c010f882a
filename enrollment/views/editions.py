"""The edition at hand, for pages that make sense only where there is one with a roster."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from schemes.current import current_edition


def with_roster(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: hand the edition to the view; a page that says so where there is none, or none with a roster."""

    @wraps(view)
    def handed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        edition = current_edition(request)
        if edition is None:
            return render(request, "enrollment/no_edition.html")
        if not edition.terms.insured.roster:
            return render(request, "enrollment/no_roster.html", {"edition": edition})
        return view(request, edition, *args, **kwargs)

    return handed
