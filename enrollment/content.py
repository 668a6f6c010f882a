"""What the roster says of a person, as an endorsement keeps it and as an import compares it."""

from collections.abc import Iterable, Mapping
from typing import Any

from enrollment.initials import initials_of
from enrollment.models import Enrollment
from orgs.crypto import blind_index

COMPARED = ("name", "id_number", "village_id", "household", "relation", "group", "address", "phone", "bank", "account")
CORRECTABLE = {
    "name": "姓名", "sex": "性别", "village_id": "村（社区）", "group": "组", "household": "户号",
    "relation": "与户主关系", "address": "家庭住址", "phone": "联系电话", "bank": "开户银行", "account": "银行账号",
}  # fmt: skip
SECRET = ("phone", "account")


def content_index(plain: Iterable[object]) -> str:
    """The blind index by which an import knows that nothing has changed; of the values in the order of COMPARED."""
    return blind_index("\x1f".join(map(str, plain)))


def index_of(content: Mapping[str, Any]) -> str:
    return content_index(content[name] for name in COMPARED)


def content_of(person: Enrollment) -> dict[str, Any]:
    """All that the roster says of the person, in clear: to be sealed, never to be shown."""
    plain = {name: getattr(person, name) for name in ("id_number", *CORRECTABLE)}
    return {name: value.reveal() if hasattr(value, "reveal") else value for name, value in plain.items()}


def write_content(person: Enrollment, content: Mapping[str, Any]) -> None:
    """Put new content on the roster's row; saving is left to the caller."""
    for name, value in content.items():
        setattr(person, name, value)
    person.initials = initials_of(person.name)
    person.content = index_of(content_of(person) | dict(content))
