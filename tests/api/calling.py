"""Calling the API as a program does, and a small world around it."""

import hashlib
import json
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from orgs.models import Organization, Role, User
from orgs.services.tokens import NewToken, make_token
from schemes.models import Edition, Scheme
from tests.cast import EDITION, FACTS, Cast, read_edition

PROBLEM = {"type", "title", "status", "detail", "instance", "trace", "errors"}
QUOTE = {"edition": EDITION, "coverage": "accident_medical", "facts": FACTS["accident_medical"]}


def token_for(person: User, by: User, *, role: str = "", days: int = 90) -> NewToken:
    """A token with the organization and role of somebody."""
    return make_token(name="某系统", organization=person.organization, role=role or person.role, days=days, by=by)


class Program:
    """A client without cookies that shows a token."""

    def __init__(self, secret: str = "", **more: Any) -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.headers |= more

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", headers=self.headers | headers)

    def post(self, path: str, data: Any, **headers: str) -> HttpResponse:
        return self.raw(path, json.dumps(data).encode(), **headers)

    def raw(self, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> HttpResponse:
        return self.client.post(f"/api/v1/{path}", body, content_type=content_type, headers=self.headers | headers)


def program_of(person: User, by: User) -> Program:
    return Program(token_for(person, by).secret)


def is_problem(response: HttpResponse, status: int) -> dict[str, Any]:
    """The members of a problem of this status, in Chinese and traceable; fails on anything else."""
    assert response.status_code == status, (response.status_code, response.content[:300])
    assert response["Content-Type"] == "application/problem+json"
    said = json.loads(response.content)
    assert set(said) == PROBLEM
    assert (said["status"], said["trace"]) == (status, response["X-Trace"])
    assert said["type"].startswith("urn:portal:problem:")
    assert said["instance"].startswith("/api/")
    assert all("一" <= text[0] <= "鿿" for text in (said["title"], said["detail"])), said
    assert all(set(error) == {"where", "message"} for error in said["errors"])
    assert "no-store" in response["Cache-Control"]
    return said


def another_edition(
    cast: Cast, *, code: str, foreign: bool = False, draft: bool = False, document: str = ""
) -> Edition:
    """The document of the tests' edition under another code, here or in another county."""
    own = read_edition()
    place = cast.stranger.organization.region if foreign else own.place
    scheme, _ = Scheme.objects.get_or_create(code="another", defaults={"name": "另一险种", "place": place})
    return Edition.objects.create(
        code=code, scheme=scheme, place=place, title=f"另一方案{code}", first_day=own.first_day, last_day=own.last_day,
        state=Edition.State.DRAFT if draft else Edition.State.PUBLISHED, published_at=None if draft else timezone.now(),
        document=document or own.document,
        sha256=hashlib.sha256(document.encode()).hexdigest() if document else own.sha256,
    )  # fmt: skip


def foreign_authority(cast: Cast) -> User:
    """Somebody of the other county who may quote."""
    office = Organization.objects.create(
        kind=Organization.Kind.AUTHORITY,
        name="某外县某局",
        short_name="外县局",
        region=cast.stranger.organization.region,
    )
    return User.objects.create(
        username="foreign.authority", name="外某管", organization=office, role=Role.AUTHORITY, password="!",
        must_change_password=False,
    )  # fmt: skip
