"""Numbers of a claim in clear."""

from claims.models import Claim
from orgs.models import User
from orgs.services.revealing import may_reveal, reveal_secret

FIELDS = {
    "id_number": "身份证号",
    "payee_account": "收款账号",
    "payee_id_number": "领款人身份证号",
    "reporter_phone": "报案人电话",
}
ACCOUNTS = frozenset({"payee_account"})


def revealable(user: User) -> dict[str, str]:
    """Field → name of what the person may see in clear."""
    return may_reveal(user, FIELDS, accounts=ACCOUNTS)


def reveal_field(*, claim: Claim, field: str, reason: str, by: User) -> str:
    """The plain text of one field; KeyError for a field that is not for this person."""
    if field not in revealable(by):
        raise KeyError(field)
    return reveal_secret(target=claim, field=field, reason=reason, by=by)
