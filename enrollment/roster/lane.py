"""The fast lane of the row check: a chunk's cells column by column, for rows in which nothing is odd.

A row passes only where every field reader would take its cells without a problem or a note; the shortcuts here answer
for cells that those readers return as they are. Every other row is left to the slow lane, which words the problems.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Any, TypeVar

from enrollment.roster import fields
from enrollment.roster.carried import SHARED, ditto_words, is_ditto
from enrollment.roster.cells import Cell, as_text
from enrollment.roster.columns import KEYS
from enrollment.roster.fields import Desk
from enrollment.roster.id_table import NOBODY, IdTable, Person
from enrollment.roster.places import Home, PlaceReader
from enrollment.roster.problems import RosterValues

T = TypeVar("T")


def _run(cell: str) -> re.Pattern[str]:
    """As many cells like this one as follow each other, each with a line's end behind it."""
    return re.compile(rf"(?:{cell}\n)*+")


_name = _run(r"[\u4e00-\u9fa5\u3400-\u4db5]{1,50}+")
_name_or_none = _run(r"[\u4e00-\u9fa5\u3400-\u4db5]{0,50}+")
_plain = _run(r"[0-9A-Za-z\u4e00-\u9fa5-]{0,30}+")
_phone = _run(r"(?:1[0-9]{10})?+")
_account = _run(rf"(?:(?!{fields.ID_SHAPE}\n)[0-9]{{12,30}}+)?+")
_TEXT_ONLY = frozenset({"name", "head_name", "bank_account"})  # a number there has something to be said of it
_MOST_KNOWN = 50_000
_made = partial(tuple.__new__, RosterValues)


@dataclass(slots=True)
class Lane:
    """Reads the rows of one sheet; `positions` of its header, and `village` where that has no column for it."""

    positions: Mapping[str, int]
    places: PlaceReader
    ids: IdTable
    village: str = ""
    _known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, rows: Sequence[Sequence[Cell]]) -> tuple[list[RosterValues], set[int]]:
        """Values of every row, and which rows are odd: their values mean nothing."""
        odd: set[int] = set()
        cells = self._columns(rows)
        numbers, kinds, births, sexes = zip(*self._people(cells["id_number"], odd), strict=True)
        own_sexes = self._looked_up("sex", cells, fields.read_sex, odd)
        own_births = self._looked_up("birth_date", cells, fields.read_birth_date, odd)
        _note_differing(sexes, own_sexes, odd)
        _note_differing(births, own_births, odd)
        villages = [self.village] * len(rows) if self.village else cells["village"]
        *homes, home_groups = zip(*self._homes(cells["township"], villages, odd), strict=True)
        read = {key: _read(key, cells[key], odd) for key in _READERS}
        values = zip(
            read["name"], numbers, kinds, _either(births, own_births), _either(sexes, own_sexes),
            read["household_no"], read["head_name"], self._heads(cells["head_id_number"], odd),
            self._looked_up("relation", cells, fields.read_relation, odd, blank=""), *homes,
            _either(read["group"], home_groups), read["phone"], read["bank"], read["bank_account"], read["address"],
            read["remark"], strict=True,
        )  # fmt: skip
        return list(map(_made, values)), odd

    def _columns(self, rows: Sequence[Sequence[Cell]]) -> dict[str, Sequence[Cell]]:
        """Cells by key; short rows (of a CSV) are filled up, columns that the sheet lacks are blank."""
        columns = list(zip_longest(*rows, fillvalue=""))
        blank = ("",) * len(rows)
        at = self.positions
        return {key: columns[at[key]] if key in at and at[key] < len(columns) else blank for key in KEYS}

    def _people(self, cells: Sequence[Cell], odd: set[int]) -> list[Person]:
        people = self.ids.read(cells)
        for at in _missing(people):
            people[at] = self._person(cells[at])
            if people[at] is None:
                people[at] = NOBODY
                odd.add(at)
        return people  # type: ignore[return-value]

    def _person(self, cell: Cell) -> Person | None:
        """A number that the table does not know, such as one of 15 digits."""
        desk = Desk()
        found = fields.read_id_number(desk, "id_number", cell, today=self.ids.today) if cell else None
        if found is None or desk.problems or desk.notes:
            return None
        return found.value, found.kind, found.birth_date, found.sex

    def _heads(self, cells: Sequence[Cell], odd: set[int]) -> list[str]:
        """Heads of households come once for each of their people."""
        distinct = list(dict.fromkeys(cells))
        known: dict[Cell, str] = {}
        wrong = set()
        for cell, found in zip(distinct, self.ids.read(distinct), strict=True):
            person = found or (self._person(cell) if cell else NOBODY)
            if person is None:
                wrong.add(cell)
            known[cell] = (person or NOBODY)[0]
        _note_wrong(cells, wrong, odd)
        return [known[cell] for cell in cells]

    def _homes(self, townships: Sequence[Cell], villages: Sequence[Cell], odd: set[int]) -> list[Home]:
        homes = self.places.known(townships, villages)
        for at in _missing(homes):
            desk = Desk()
            homes[at] = self.places.read(desk, townships[at], villages[at])
            if desk.problems or desk.notes:
                odd.add(at)
        return homes  # type: ignore[return-value]

    def _looked_up(
        self, key: str, columns: Mapping[str, Sequence[Cell]], reader: "Reader", odd: set[int], *, blank: Any = None
    ) -> list[Any]:
        """Through a list of answers given before: few answers, many rows."""
        cells = _texts(columns[key])
        known = self._known.setdefault(key, {"": blank})
        wrong = set()
        for cell in set(cells).difference(known):
            desk = Desk()
            answer = reader(desk, key, cell)
            if desk.problems or desk.notes or len(known) > _MOST_KNOWN:
                wrong.add(cell)
            else:
                known[cell] = answer
        _note_wrong(cells, wrong, odd)
        return [known.get(cell, blank) for cell in cells]


Reader = Callable[[Desk, str, Cell], Any]


def _read(key: str, column: Sequence[Cell], odd: set[int]) -> list[str]:
    """Cells that match the shortcut, as they are; the others through the reader, odd where it has anything to say."""
    run, reader = _READERS[key]
    cells = _texts(column, numbers="\x00" if key in _TEXT_ONLY else None)
    for at in _unlike(run, cells):
        desk = Desk()
        cells[at] = reader(desk, key, column[at] or "")
        if desk.problems or desk.notes or (key == "name" and not cells[at]) or is_ditto(column[at]):
            odd.add(at)
    if key in SHARED or key == "name":
        odd.update(ditto_words(cells))
    return cells


def _unlike(run: re.Pattern[str], cells: Sequence[str]) -> list[int]:
    """Where cells are not of the kind. All of them in one text are matched five times as fast as one by one."""
    text = "\n".join([*cells, ""])
    if text.count("\n") != len(cells):  # lines within cells, which no kind has
        text = "\n".join([*("\x00" if "\n" in cell else cell for cell in cells), ""])
    found, at, start = [], 0, 0
    while (end := run.match(text, start).end()) < len(text):  # type: ignore[union-attr] # it may match nothing
        at += text.count("\n", start, end)
        found.append(at)
        at, start = at + 1, text.index("\n", end) + 1
    return found


_READERS: Mapping[str, tuple[re.Pattern[str], Reader]] = {
    "name": (_name, fields.read_name),
    "household_no": (_plain, fields.read_plain),
    "head_name": (_name_or_none, fields.read_name),
    "group": (_plain, fields.read_plain),
    "phone": (_phone, fields.read_phone),
    "bank": (_plain, fields.read_plain),
    "bank_account": (_account, fields.read_bank_account),
    "address": (_plain, fields.read_plain),
    "remark": (_plain, fields.read_plain),
}


def _texts(cells: Sequence[Cell], *, numbers: str | None = None) -> list[str]:
    """Numbers as their text (or as `numbers`, which no shortcut takes), nothing for what counts as blank."""
    try:
        "".join(cells)  # type: ignore[arg-type]
    except TypeError:
        return [
            cell if isinstance(cell, str) else "" if not cell else as_text(cell) if numbers is None else numbers
            for cell in cells
        ]
    return list(cells)  # type: ignore[arg-type]


def _note_wrong(cells: Sequence[Any], wrong: set[Any], odd: set[int]) -> None:
    if wrong:
        odd.update(at for at, cell in enumerate(cells) if cell in wrong)


def _missing(found: Sequence[object]) -> list[int]:
    """Where there is None; mostly nowhere, which a list tells fast."""
    return [at for at, one in enumerate(found) if one is None] if None in found else []


def _note_differing(ones: Sequence[Any], others: Sequence[Any], odd: set[int]) -> None:
    """What the row says against what its ID number says."""
    odd.update(at for at, (one, other) in enumerate(zip(ones, others, strict=True)) if one != other and one and other)


def _either(ones: Sequence[T], others: Sequence[T]) -> list[T]:
    return [one or other for one, other in zip(ones, others, strict=True)]
