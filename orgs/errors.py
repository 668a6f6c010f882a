"""Error pages in Chinese with a trace number; a foreign page and a missing one are the same. Programs get problems."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from orgs.api.problems import is_api, problem_response


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if is_api(request):
        return problem_response(request, status)
    return render(request, f"errors/{status}.html", {"trace": getattr(request, "trace", "")}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Made without context processors: the database may be what failed."""
    if is_api(request):
        return problem_response(request, 500)
    return HttpResponse(render_to_string("errors/500.html", {"trace": getattr(request, "trace", "")}), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403)
