"""Tokens of the API: made by the administrator, shown once, revoked at once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from orgs.audit import record
from orgs.models import ApiToken, Organization, Role, User
from orgs.services.people import RoleDoesNotFit, check_role

PREFIX = "zcbx_"  # so that a scanner for leaked secrets can tell one
SECRET_BYTES = 32
NOTED_EVERY = timedelta(minutes=5)
INVALID = "令牌不对、已过期或已撤销；请核对 Authorization: Bearer 令牌，或向系统管理员领新的"


class TokenRefused(Exception):
    """No token that holds; the sentence is the same whatever is wrong with it."""


@dataclass(frozen=True)
class NewToken:
    token: ApiToken
    secret: str  # shown once, never stored


@transaction.atomic
def make_token(*, name: str, organization: Organization, role: str, days: int, by: User) -> NewToken:
    """A token with an account of its own, so that the audit tells what it did. RoleDoesNotFit as for people."""
    check_role(role=role, organization=organization)
    if role == Role.ADMINISTRATOR:
        raise RoleDoesNotFit("系统管理员的权限不发给程序；请选业务机构")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(name=name, account=_account(name, organization, role), digest=_digest(secret), made_by=by)
    token.ending, token.expires_at = secret[-4:], timezone.now() + timedelta(days=days)
    token.save()
    _record("token.make", token, by, role=role, expires=f"{token.expires_at:%Y-%m-%d}")
    return NewToken(token, secret)


def _account(name: str, organization: Organization, role: str) -> User:
    user = User(
        username=f"token.{secrets.token_hex(8)}",
        name=name,
        organization=organization,
        role=role,
        phone="",
        must_change_password=False,
    )
    user.set_unusable_password()
    user.save()
    return user


def _digest(secret: str) -> str:
    """Plain SHA-256: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _record(action: str, token: ApiToken, by: User, **detail: object) -> None:
    office = token.account.organization
    record(action, by=by, target=token, region_path=office.region.path, organization=office.name, **detail)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """From the next request on it is as good as none; once more changes nothing."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return
    User.objects.filter(pk=token.account_id).update(is_active=False)
    _record("token.revoke", token, by)


def token_of(header: str) -> ApiToken:
    """The token behind an Authorization header, with its account and place; TokenRefused otherwise."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise TokenRefused(INVALID)
    tokens = ApiToken.objects.select_related("account__organization__region")
    token = tokens.filter(digest=_digest(secret.strip()), revoked_at=None, account__is_active=True).first()
    if token is None or token.expired:
        raise TokenRefused(INVALID)
    _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    """Now and then is enough to see what is still in use; a write at each reading would wait for every writer."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
