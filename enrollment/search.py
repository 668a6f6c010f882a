"""Finding people by ID number (blind index), initials or name."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet

from calc.id_number import as_18, mask_id
from calc.text import fold
from orgs.crypto import blind_index

ID_NUMBER = re.compile(r"^(\d{17}[\dXx]|\d{15}|[A-Za-z]{3}\d{12})$")


@dataclass(frozen=True)
class PersonQuery:
    """What was looked for, without an ID number in clear: it goes into sessions. `shown` is fit for the screen."""

    kind: str  # id, initials, name
    value: str
    shown: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def parse_query(text: str) -> PersonQuery | None:
    """None for an empty search."""
    text = fold(text)
    if not text:
        return None
    if ID_NUMBER.match(text):
        number = as_18(text.upper())
        return PersonQuery("id", blind_index(number), mask_id(number))
    if text.isascii() and text.isalpha():
        return PersonQuery("initials", text.lower(), text.lower())
    return PersonQuery("name", text, text)


def matching(people: QuerySet[Any], query: PersonQuery, *, prefix: str = "") -> QuerySet[Any]:
    """Those of `people` whom the query means; `prefix` names the fields of a snapshot (`person_`)."""
    if query.kind == "id":
        return people.filter(id_index=query.value)
    if query.kind == "initials":
        initials = f"{prefix}initials"
        return people.filter(
            Q(**{f"{initials}__startswith": query.value}) | Q(**{f"{initials}__contains": " " + query.value})
        )
    return people.filter(**{f"{prefix}name__startswith": query.value})
