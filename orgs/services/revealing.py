"""Sealed text in clear: one field at a time, for a reason, on record, and not without end. Every room reveals here."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from orgs.audit import record
from orgs.fields import Secret
from orgs.logs import without_numbers
from orgs.models import AuditEvent, User
from orgs.permissions import may
from orgs.scope import visible

ACTION = "secret.reveal"
MOST_AN_HOUR = 60
ACCOUNT_ACTION = "account.reveal"


class TooManyReveals(Exception):
    """More in an hour than work needs; the message says when it goes on."""


class ReasonMissing(Exception):
    """Nobody sees a number without saying why; the message says what to do."""


def may_reveal(user: User, fields: dict[str, str], *, accounts: frozenset[str]) -> dict[str, str]:
    """Field → name of those that the person may see in clear; `accounts` are for those who pay."""
    if not may(user, ACTION):
        return {}
    return {code: name for code, name in fields.items() if code not in accounts or may(user, ACCOUNT_ACTION)}


@transaction.atomic
def reveal_secret(*, target: models.Model, field: str, reason: str, by: User) -> str:
    """The plain text of a sealed field of `target`, which the caller has found by `visible`.

    Raises ReasonMissing, or TooManyReveals past the hour's. Counted in the database, one at a time for a person.
    """
    if not reason.strip():
        raise ReasonMissing("查看明文要写明原因")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    since = timezone.now() - timedelta(hours=1)
    if visible(AuditEvent, by).filter(actor=by.pk, action=ACTION, at__gte=since).count() >= MOST_AN_HOUR:
        raise TooManyReveals(f"一小时内最多查看 {MOST_AN_HOUR} 次明文，请稍后再看；确有需要请联系系统管理员")
    record(ACTION, by=by, target=target, field=field, reason=without_numbers(reason.strip()))
    secret: Secret = getattr(target, field)
    return secret.reveal()
