"""Numbers of a claim in clear: one at a time, for a reason, on record, and not without end."""

from datetime import timedelta

from django.utils import timezone

from claims.models import Claim
from orgs.audit import record
from orgs.logs import without_numbers
from orgs.models import AuditEvent, User
from orgs.permissions import may
from orgs.scope import visible

ACTION = "secret.reveal"
MOST_AN_HOUR = 60
FIELDS = {
    "id_number": "身份证号",
    "payee_account": "收款账号",
    "payee_id_number": "领款人身份证号",
    "reporter_phone": "报案人电话",
}


class TooManyReveals(Exception):
    """More in an hour than work needs; the message says when it goes on."""


def revealable(user: User) -> dict[str, str]:
    """Field → name of what the person may see in clear; accounts are for those who pay."""
    if not may(user, ACTION):
        return {}
    return {code: name for code, name in FIELDS.items() if code != "payee_account" or may(user, "account.reveal")}


def reveal_field(*, claim: Claim, field: str, reason: str, by: User) -> str:
    """The plain text of one field; KeyError for a field that is not for this person, TooManyReveals past the hour's."""
    if field not in revealable(by):
        raise KeyError(field)
    since = timezone.now() - timedelta(hours=1)
    if visible(AuditEvent, by).filter(actor=by.pk, action=ACTION, at__gte=since).count() >= MOST_AN_HOUR:
        raise TooManyReveals(f"一小时内最多查看 {MOST_AN_HOUR} 次明文，请稍后再看；确有需要请联系系统管理员")
    record(ACTION, by=by, target=claim, field=field, reason=without_numbers(reason))
    return getattr(claim, field).reveal()
