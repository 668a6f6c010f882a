"""Sealed text in clear: one field at a time, for a reason, on record, and not without end. Every room reveals here."""

from datetime import timedelta

from django.db import models, transaction
from django.http import QueryDict
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
OTHER = "其他"
REASONS = ("电话核对本人", "上门核对", "核对领款账号", "银行退票核对", "与公安户籍核对", "本人或家属查询", OTHER)


class TooManyReveals(Exception):
    """More in an hour than work needs; the message says when it goes on."""


class ReasonMissing(Exception):
    """Nobody sees a number without saying why; the message says what to do."""


def may_reveal(user: User, fields: dict[str, str], *, accounts: frozenset[str]) -> dict[str, str]:
    """Field → name of those that the person may see in clear; `accounts` are for those who pay."""
    if not may(user, ACTION):
        return {}
    return {code: name for code, name in fields.items() if code not in accounts or may(user, ACCOUNT_ACTION)}


def reason_of(sent: QueryDict) -> str:
    """What the form of templates/parts/reveal.html gives as the reason; empty where there is none, or a bare 其他."""
    reason, more = (sent.get(part, "").strip()[:60] for part in ("reason", "more"))
    if not reason or (reason == OTHER and not more):
        return ""
    return f"{reason}：{more}" if more else reason


@transaction.atomic
def reveal_secret(*, target: models.Model, field: str, reason: str, by: User) -> str:
    """The plain text of a sealed field of `target`, which the caller has found by `visible`.

    Raises ReasonMissing, or TooManyReveals past the hour's. Counted in the database, one at a time for a person.
    """
    if not reason.strip():
        raise ReasonMissing("请选择为什么要看明文；选“其他”的，请在补充说明里写明")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    since = timezone.now() - timedelta(hours=1)
    if visible(AuditEvent, by).filter(actor=by.pk, action=ACTION, at__gte=since).count() >= MOST_AN_HOUR:
        raise TooManyReveals(f"一小时内最多查看 {MOST_AN_HOUR} 次明文，请稍后再看；确有需要请联系系统管理员")
    record(ACTION, by=by, target=target, field=field, reason=without_numbers(reason.strip()))
    secret: Secret = getattr(target, field)
    return secret.reveal()
