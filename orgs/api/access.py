"""Who calls: a person who is logged in, or a token (orgs.middleware.TokenMiddleware has looked it up by now)."""

from typing import Any

from django.http import Http404, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from orgs.models import ApiToken, User
from orgs.permissions import may


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. The scope is in force already; a token that fails never falls back to a session."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        asked = request._request
        if asked.token_refusal:  # type: ignore[attr-defined]
            raise AuthenticationFailed(asked.token_refusal)  # type: ignore[attr-defined]
        if asked.api_token is None:  # type: ignore[attr-defined]
            return None
        return asked.user, asked.api_token  # type: ignore[attr-defined, return-value]

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="portal"'


class PersonAuthentication(SessionAuthentication):
    """Whoever is logged in; requests that may write bring their CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        """On Django's own request: the library looks for the token in what our parsers made of the body."""
        check = CSRFCheck(lambda _request: HttpResponse())
        check.process_request(request._request)
        if check.process_view(request._request, lambda _request: HttpResponse(), (), {}):
            raise PermissionDenied


class MayAct(BasePermission):
    """The act of the view, by the table in orgs/permissions.py; to others the address does not exist."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if not may(request.user, view.act):
            raise Http404
        return True
