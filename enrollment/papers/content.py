"""A roster's content in a digest and a few bytes a person: what a check code rests on, and what has changed since.

Read as plain values in one pass: a township, or a county, never becomes model instances.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from enrollment.models import Enrollment

SHOWN = ("name", "sex", "household", "relation", "group")  # beside village and person: what a roster shows of them
PERSON_BYTES, CONTENT_BYTES = 8, 4  # of the blind index, of the hash of the rest
STEP = PERSON_BYTES + CONTENT_BYTES


@dataclass(frozen=True, slots=True)
class RosterContent:
    """`households`: different household numbers; people without one are not counted there, as on the roster's page."""

    digest: str
    persons: int
    households: int
    snapshot: bytes


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to a roster since a paper was printed."""

    added: int = 0
    removed: int = 0
    corrected: int = 0

    @property
    def persons(self) -> int:
        return self.added + self.removed + self.corrected


def contents_of(people: QuerySet[Enrollment]) -> dict[int, RosterContent]:
    """The content of each village by its id, in the order of the region tree; villages without people are left out."""
    rows = people.order_by("region_path", "id_index").values_list("village_id", "id_index", *SHOWN)
    return {village: _content(group) for village, group in groupby(rows.iterator(chunk_size=5_000), key=_village)}


def _village(row: tuple[Any, ...]) -> int:
    return row[0]


def _content(rows: Iterable[tuple[Any, ...]]) -> RosterContent:
    whole, snapshot, households = hashlib.sha256(), bytearray(), set()
    for row in rows:
        line = "\x1f".join(map(str, row)).encode()
        whole.update(line + b"\n")
        snapshot += bytes.fromhex(row[1])[:PERSON_BYTES] + hashlib.sha256(line).digest()[:CONTENT_BYTES]
        if row[4]:
            households.add(row[4])
    return RosterContent(whole.hexdigest(), len(snapshot) // STEP, len(households), bytes(snapshot))


def combined(villages: Mapping[int, RosterContent]) -> RosterContent:
    """The content of several villages as one; of a single village its own, however its paper was asked for."""
    parts = sorted(villages.items())
    if len(parts) == 1:
        return parts[0][1]
    whole = hashlib.sha256("\n".join(f"{village}:{content.digest}" for village, content in parts).encode())
    return RosterContent(
        digest=whole.hexdigest(),
        persons=sum(content.persons for _, content in parts),
        households=sum(content.households for _, content in parts),
        snapshot=b"".join(content.snapshot for _, content in parts),
    )


def changes_between(before: bytes, now: bytes) -> Changes:
    """People by the two snapshots; somebody who moved to another village of the same paper is corrected."""
    then, present = _people(before), _people(now)
    both = then.keys() & present.keys()
    return Changes(
        added=len(present.keys() - both),
        removed=len(then.keys() - both),
        corrected=sum(then[person] != present[person] for person in both),
    )


def _people(snapshot: bytes) -> dict[bytes, bytes]:
    snapshot = bytes(snapshot)
    starts = range(0, len(snapshot), STEP)
    return {snapshot[at : at + PERSON_BYTES]: snapshot[at + PERSON_BYTES : at + STEP] for at in starts}
