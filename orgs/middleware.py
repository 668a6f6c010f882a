"""What surrounds every request: a trace number, the state of the account, the scope of the person."""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from time import time as now

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from orgs.api.problems import is_api, problem_response
from orgs.errors import bad_request
from orgs.models import User
from orgs.numbers import whole_number
from orgs.request_info import RequestInfo, request_info
from orgs.scope import NOTHING, acting, scope_of
from orgs.services.tokens import TokenRefused, token_of
from orgs.sessions import renew

logger = logging.getLogger("portal.request")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
GetResponse = Callable[[HttpRequest], HttpResponse]


class ProxyMiddleware:
    """Who is at the other end of the county's reverse proxies. Without it everybody comes from the proxy: five wrong
    passwords would lock a colleague out, and the audit would name one address for all.

    Each of settings.PROXIES proxies adds an address at the right of X-Forwarded-For; what stands further left is the
    browser's own word.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if 0 < settings.PROXIES <= len(said):
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(said[-settings.PROXIES]))
        return self.get_response(request)


class TraceMiddleware:
    """A short trace number for logs, error pages and the audit; nothing of a logged-in page is kept by caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.trace = secrets.token_hex(4)  # type: ignore[attr-defined]
        token = request_info.set(RequestInfo(trace=request.trace, ip=request.META.get("REMOTE_ADDR")))  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_info.reset(token)
        response["X-Trace"] = request.trace  # type: ignore[attr-defined]
        response.setdefault("Cache-Control", "no-store")
        response["Permissions-Policy"] = "geolocation=(), microphone=()"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        logger.debug("trace %s: %s", getattr(request, "trace", ""), type(exception).__name__)


class PlainTextMiddleware:
    """A NUL character stands in nothing that a browser sends of itself, and PostgreSQL keeps none: 400 at the door."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in (request.path_info, *_values(request.GET), *_values(request.POST))):
            return bad_request(request)
        return self.get_response(request)


def _values(typed: QueryDict) -> Iterator[str]:
    return (value for _, values in typed.lists() for value in values)


class ApiMiddleware:
    """At the door of the API: no large body, and a token is its account, whatever session comes with it.

    Outside the API a token is no more than a header.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.api_token, request.token_refusal = None, ""  # type: ignore[attr-defined]
        if not is_api(request):
            return self.get_response(request)
        if (whole_number(request.META.get("CONTENT_LENGTH") or "0") or 0) > settings.API_MOST_BYTES:
            return problem_response(request, 413)
        if "HTTP_AUTHORIZATION" in request.META:
            self._authenticate(request)
        return self.get_response(request)

    def _authenticate(self, request: HttpRequest) -> None:
        request.user = AnonymousUser()
        try:
            token = token_of(request.META["HTTP_AUTHORIZATION"])
            request.api_token, request.user = token, token.account  # type: ignore[attr-defined]
        except TokenRefused as refused:
            request.token_refusal = str(refused)  # type: ignore[attr-defined]


class RenewalMiddleware:
    """A session that is used does not end, though reading writes nothing else of it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        renew(request.session)  # type: ignore[arg-type]
        return response


class AccountMiddleware:
    """The first-run page while there is nobody yet; a new password before anything else."""

    free = ("login", "logout", "password_change", "setup", "healthz")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.somebody_exists = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL) or request.path in {reverse(name) for name in self.free}:
            return self.get_response(request)
        if is_api(request):
            return self._api(request)
        if request.user.is_authenticated and self._day_is_over(request):
            logout(request)
            return redirect("login")
        if request.user.is_authenticated:
            if request.user.must_change_password:  # type: ignore[union-attr]
                return redirect("password_change")
        elif not self._somebody_exists():
            return redirect("setup")
        return self.get_response(request)

    def _api(self, request: HttpRequest) -> HttpResponse:
        """The same for programs, which follow no redirect; a token has neither session nor password."""
        if request.user.is_authenticated and request.api_token is None:  # type: ignore[attr-defined]
            if self._day_is_over(request):
                logout(request)
            elif request.user.must_change_password:  # type: ignore[union-attr]
                return problem_response(request, 403, "请先登录门户，把一次性密码改掉")
        return self.get_response(request)

    def _day_is_over(self, request: HttpRequest) -> bool:
        """However busy: a page that asks for progress every two seconds is no sign of anybody being there."""
        return now() - request.session.setdefault("since", now()) > settings.SESSION_MOST_SECONDS

    def _somebody_exists(self) -> bool:
        self.somebody_exists = self.somebody_exists or User.objects.exists()
        return self.somebody_exists


def _only_reads(request: HttpRequest) -> bool:
    """By its method, or by its view's word (`orgs.permissions.writes_nothing`, `writes_at_the_end`)."""
    if request.method in SAFE_METHODS:
        return True
    with suppress(Resolver404):
        view = resolve(request.path_info).func
        return getattr(view, "writes_nothing", False) or getattr(view, "writes_at_the_end", False)
    return False


class ScopeMiddleware:
    """Puts the person's scope in force. One transaction a request: always on PostgreSQL, where row-level security
    reads settings local to it; on SQLite only for requests that write, since reading must not wait for a writer, nor
    a writer for reading."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scope = scope_of(request.user) if request.user.is_authenticated else NOTHING
        if connection.vendor != "postgresql" and _only_reads(request):
            with acting(scope):
                return self.get_response(request)
        with transaction.atomic(), acting(scope):
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "view_raised", False):
                transaction.set_rollback(True)
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Rolled back after the error page is made: that page still reads the database."""
        request.view_raised = True  # type: ignore[attr-defined]
