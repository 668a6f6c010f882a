"""What a batch changes of each person, field by field, beside what stood there before; secrets masked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from enrollment.content import CORRECTABLE
from enrollment.endorsement_wording import in_words, village_names
from enrollment.models import Enrollment, RosterBatch, RosterChange, RosterRow
from enrollment.person import MADE_UP_HOUSEHOLD
from orgs.models import User
from orgs.scope import visible


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    former: str
    value: str


Content = Mapping[str, Any]
Found = dict[int, list[Difference]]


def differences_of_rows(batch: RosterBatch, rows: Iterable[RosterRow], user: User) -> Found:
    """By staged row: against the roster before the confirmation, against what the batch kept of it afterwards."""
    rows = list(rows)
    if batch.state == RosterBatch.State.CONFIRMED:
        before = _kept(batch, [row.id_index for row in rows], user)
    else:
        before = {person.id_index: _content(person) for person in _enrolled(batch, rows, user)}
    return _differences((row.pk, before[row.id_index], _content(row)) for row in rows if row.id_index in before)


def differences_of_changes(changes: Iterable[RosterChange]) -> Found:
    """By change: what it kept against the roster; nothing where somebody went on from there."""
    still = [change for change in changes if change.enrollment.version == change.version_after]
    return _differences((change.pk, _content(change), _content(change.enrollment)) for change in still)


def _enrolled(batch: RosterBatch, rows: list[RosterRow], user: User) -> Iterable[Enrollment]:
    people = visible(Enrollment, user).filter(edition=batch.edition_id, removed_at__isnull=True)
    return people.filter(id_index__in=[row.id_index for row in rows])


def _kept(batch: RosterBatch, indexes: list[str], user: User) -> dict[str, Content]:
    """By ID number. Two questions for the people, since each has its index: those on a roster and those taken out."""
    people = visible(Enrollment, user).filter(edition=batch.edition_id, id_index__in=indexes)
    known: dict[int, str] = {}
    for removed in (False, True):
        known |= dict(people.filter(removed_at__isnull=not removed).values_list("pk", "id_index"))
    changes = visible(RosterChange, user).filter(batch=batch, kind=RosterChange.Kind.CHANGED, enrollment__in=known)
    return {known[change.enrollment_id]: _content(change) for change in changes}


def _content(one: Any) -> Content:
    plain = {name: getattr(one, name) for name in CORRECTABLE}
    return {name: value.reveal() if hasattr(value, "reveal") else value for name, value in plain.items()}


def _differences(pairs: Iterable[tuple[int, Content, Content]]) -> Found:
    pairs = list(pairs)
    villages = village_names(content["village_id"] for _, *both in pairs for content in both)
    return {pk: [*_between(former, now, villages)] for pk, former, now in pairs}


def _between(former: Content, now: Content, villages: Mapping[int, str]) -> Iterable[Difference]:
    for name, label in CORRECTABLE.items():
        old, new = former[name], now[name]
        if old == new:
            continue
        before, after = in_words(name, old, villages), in_words(name, new, villages)
        yield Difference(label, before, after if after != before else _same_to_the_eye(name, new))


def _same_to_the_eye(name: str, value: str) -> str:
    """Two values that look alike once they are masked, or were made up from the head's number."""
    made_up = name == "household" and value.startswith(MADE_UP_HOUSEHOLD)
    return "换了户主" if made_up else "改了遮住的几位"
