"""Numbers of a person on a roster in clear."""

from enrollment.models import Enrollment
from orgs.models import User
from orgs.services.revealing import may_reveal, reveal_secret

FIELDS = {"id_number": "身份证号", "phone": "联系电话", "account": "银行账号"}
ACCOUNTS = frozenset({"account"})


def revealable(user: User) -> dict[str, str]:
    """Field → name of what the person may see in clear."""
    return may_reveal(user, FIELDS, accounts=ACCOUNTS)


def reveal_field(*, person: Enrollment, field: str, reason: str, by: User) -> str:
    """The plain text of one field; KeyError for a field that is not for this person."""
    if field not in revealable(by):
        raise KeyError(field)
    return reveal_secret(target=person, field=field, reason=reason, by=by)
