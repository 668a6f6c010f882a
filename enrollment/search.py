"""Finding people by ID number (blind index), initials or name.

PostgreSQL walks an index behind row-level security only for operators that leak nothing: equality and comparison of
text do, LIKE and arrays (so a GIN index over the characters) do not. Hence the column `given` and a range instead of
LIKE; docs/adr on searching names has the figures.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Collate

from calc.id_number import as_18, mask_id
from calc.text import fold
from enrollment.models import Enrollment
from enrollment.roster.fields import tidy_name
from orgs.crypto import blind_index

ID_NUMBER = re.compile(r"^(\d{17}[\dXx]|\d{15}|[A-Za-z]{3}\d{12})$")
GIVEN_CHARACTERS = 2
MOST_COUNTED = 300  # nobody leafs through more; going on would read half the roster for a surname


@dataclass(frozen=True)
class PersonQuery:
    """What was looked for, without an ID number in clear. `shown` is fit for the screen."""

    kind: str  # id, initials, name
    value: str
    shown: str


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
    name = tidy_name(text)
    return PersonQuery("name", name, name)


def matching(people: QuerySet[Any], query: PersonQuery, *, prefix: str = "") -> QuerySet[Any]:
    """Those of `people` whom the query means; `prefix` names the fields of a snapshot (`person_`).

    A name is found by its beginning, and by the two characters of the given name; so are its initials.
    """
    if query.kind == "id":
        return people.filter(id_index=query.value)
    if query.kind == "initials":
        return people.filter(_initials(f"{prefix}initials", query.value))
    if people.model is not Enrollment:
        begins = Q(**{f"{prefix}name__startswith": query.value})
        return people.filter(begins | Q(**{f"{prefix}name__endswith": query.value}) if _is_given(query) else begins)
    return people.filter(pk__in=_found(people, query))


def counted(people: QuerySet[Any]) -> int:
    """How many, up to one more than MOST_COUNTED."""
    return people.order_by()[: MOST_COUNTED + 1].count()


def _found(people: QuerySet[Any], query: PersonQuery) -> set[int]:
    """Ids of at most MOST_COUNTED and one more of each: by the beginning in the order of names, so that who is called
    just that comes first; by the given name in the order of places. Either is read straight off its index."""
    most = MOST_COUNTED + 1
    ordered, column = _in_order(people)
    found = set(ordered.filter(_beginning(column, query.value)).order_by(column).values_list("pk", flat=True)[:most])
    if _is_given(query):
        given = people.filter(given=query.value).order_by("township_id", "village_id", "pk")
        found |= set(given.values_list("pk", flat=True)[:most])
    return found


def _initials(field: str, letters: str) -> Q:
    """Of the whole name from its beginning, or of the given name; each reading of a character counts."""
    found = Q(**{f"{field}__startswith": letters}) | Q(**{f"{field}__contains": f" {letters}"})
    if len(letters) < GIVEN_CHARACTERS:
        return found
    return found | Q(**{f"{field}__endswith": letters}) | Q(**{f"{field}__contains": f"{letters} "})


def _is_given(query: PersonQuery) -> bool:
    return len(query.value) == GIVEN_CHARACTERS


def _in_order(people: QuerySet[Any]) -> tuple[QuerySet[Any], str]:
    """The column of names in the order of characters, whatever the database's own order is."""
    if connection.vendor == "postgresql":
        return people.alias(in_order=Collate("name", "C")), "in_order"
    return people, "name"


def _beginning(column: str, start: str) -> Q:
    """Names from `start` to what comes after the last one that begins so."""
    after = Q(**{f"{column}__lt": end}) if (end := _next(start)) else Q()
    return Q(**{f"{column}__gte": start}) & after


def _next(start: str) -> str:
    """The first text that comes after everything that begins with `start`; empty where nothing does."""
    last = ord(start[-1])
    if last >= 0x10FFFF:
        return ""
    return start[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)
