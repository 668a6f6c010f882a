"""Last year's people whose number was corrected: the rows come under one number, last year's roster has another.

The joins of the comparison go by the number alone, since few people are concerned; these few are looked at by
themselves, by name and number.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from enrollment.models import IdCorrection, RosterBatch
from orgs.bulk import fetch_join
from orgs.scope import up_to
from schemes.models import Edition

# to be joined: as the list of an IN, SQLite would read it anew for every row of the staging
CORRECTED = """(SELECT c.old_index AS number FROM enrollment_idcorrection AS c WHERE c.region_path BETWEEN %s AND %s
      UNION SELECT c.new_index FROM enrollment_idcorrection AS c WHERE c.region_path BETWEEN %s AND %s)"""

AT_THE_END = "e.removed_at IS NULL AND (e.covered_to IS NULL OR e.covered_to >= %s)"
GOOD = "('new', 'changed', 'unchanged', 'conflict')"
Chains = dict[tuple[str, str], frozenset[str]]  # name and number → all numbers of that person


class Person(NamedTuple):
    village_id: int
    township_id: int
    id_index: str
    name: str
    good: bool = True  # of a row: it can be written, or waits for the county


@dataclass(frozen=True)
class Few:
    """Those with a corrected number among the rows of a batch, on last year's roster and on this year's."""

    rows: Collection[Person]
    before: Collection[Person]
    now: Collection[Person]
    chains: Chains


def chains_of(links: Iterable[tuple[str, str, str]]) -> Chains:
    """From name, old and new number: one person over several corrections. A number of another name is another's."""
    found: Chains = {}
    for name, old, new in links:
        joined = frozenset({old, new}) | found.get((name, old), frozenset()) | found.get((name, new), frozenset())
        found |= {(name, number): joined for number in joined}
    return found


def come_again(few: Few) -> Counter[int]:
    """By village: good rows of people whom last year's roster of the township has under another number."""
    last = {(one.township_id, one.id_index): one.name for one in few.before}
    exact = {(row.township_id, row.id_index) for row in few.rows}

    def comes(row: Person) -> bool:
        others = ((row.township_id, number) for number in few.chains.get((row.name, row.id_index), ()))
        return any(last.get(other) == row.name and other not in exact for other in others)

    new = (row for row in few.rows if row.good and (row.township_id, row.id_index) not in last)
    return Counter(row.village_id for row in new if comes(row))


def not_gone(few: Few) -> Counter[int]:
    """By village: last year's people whom neither the rows nor this year's roster has under that number, but one of
    them under another."""
    numbers = {row.id_index for row in few.rows}
    named = {(row.id_index, row.name) for row in few.rows}
    here = {(one.township_id, one.id_index): one.name for one in few.now}

    def is_there(one: Person) -> bool:
        others = few.chains.get((one.name, one.id_index), ())
        return any((other, one.name) in named or here.get((one.township_id, other)) == one.name for other in others)

    gone = (one for one in few.before if one.id_index not in numbers and (one.township_id, one.id_index) not in here)
    return Counter(one.village_id for one in gone if is_there(one))


def few_of(batch: RosterBatch, before: Edition) -> Few | None:
    """None where no number was corrected within the place of the batch. Under the scope in force."""
    path = [batch.region_path, up_to(batch.region_path)]
    links = IdCorrection.objects.filter(region_path__gte=path[0], region_path__lte=path[1]).order_by("id")
    chains = chains_of(links.values_list("name", "old_index", "new_index"))
    if not chains:
        return None

    def fetch(table: str, where: str, *which: Any, good: str = "true") -> list[Person]:
        found = fetch_join(
            f"""SELECT e.village_id, e.township_id, e.id_index, e.name, {good} FROM enrollment_{table} AS e
                JOIN {CORRECTED} AS c ON c.number = e.id_index WHERE {where}""",  # noqa: S608
            [*path, *path, *which],
        )
        return [Person(*line) for line in found]

    return Few(
        rows=fetch("rosterrow", "e.batch_id = %s", batch.pk, good=f"e.outcome IN {GOOD}"),
        before=fetch("enrollment", f"e.edition_id = %s AND {AT_THE_END}", before.pk, before.last_day),
        now=fetch("enrollment", "e.edition_id = %s AND e.removed_at IS NULL", batch.edition_id),
        chains=chains,
    )
