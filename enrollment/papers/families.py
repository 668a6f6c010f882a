"""People of a roster as papers list them: by village, group and household, the head of a household first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from calc.ordering import natural_key
from enrollment.models import Enrollment
from enrollment.roster.relations import HEADS, relation_name
from orgs.fields import Secret

FIELDS = (
    "village_id", "id", "name", "sex", "id_number", "id_index", "household", "group", "relation", "covered_from",
    "covered_to",
)  # fmt: skip
MOST_SHOWN = 14  # characters: a longer household number may be somebody's ID number
SEXES = {"m": "男", "f": "女"}


@dataclass(frozen=True, slots=True)
class Member:
    village_id: int
    pk: int
    name: str
    sex: str
    id_number: Secret
    id_index: str
    household: str
    group: str
    relation: str
    covered_from: date | None
    covered_to: date | None

    @property
    def key(self) -> str:
        """The household's key within its village; somebody without a household is one by themselves."""
        return self.household or f"p{self.id_index[:12]}"

    @property
    def relation_word(self) -> str:
        return relation_name(self.relation)

    @property
    def sex_word(self) -> str:
        return SEXES.get(self.sex, "")


@dataclass(frozen=True, slots=True)
class Family:
    """A household of a village; `members` begin with its head."""

    key: str
    members: tuple[Member, ...]

    @property
    def head(self) -> Member:
        return self.members[0]

    @property
    def number(self) -> str:
        """The household number as papers show it: none where the roster has none, or where it could be an ID number."""
        number = self.head.household
        return "" if number.startswith("h") or len(number) > MOST_SHOWN else number

    @property
    def group(self) -> str:
        return next((member.group for member in self.members if member.group), "")


def families_of(people: QuerySet[Enrollment]) -> Iterator[tuple[int, list[Family]]]:
    """Village id and its families, in the order of the region tree; a village at a time is in memory."""
    rows = people.order_by("region_path", "id").values_list(*FIELDS).iterator(chunk_size=2_000)
    for village, group in groupby(rows, key=lambda row: row[0]):
        yield village, _families(Member(*row) for row in group)


def _families(members: Iterable[Member]) -> list[Family]:
    by_key: dict[str, list[Member]] = {}
    for member in members:
        by_key.setdefault(member.key, []).append(member)
    return sorted((_family(key, found) for key, found in by_key.items()), key=_order)


def _family(key: str, members: list[Member]) -> Family:
    """Who is named as head comes first; where nobody is, whoever was entered first."""
    return Family(key, tuple(sorted(members, key=lambda one: (one.relation not in HEADS, one.pk))))


def _order(family: Family) -> tuple[Any, ...]:
    return (natural_key(family.group), natural_key(family.number), family.head.pk)
