"""The grid in which people are typed in: what was sent, and what the page shows of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enrollment.roster.columns import COLUMNS, TITLES
from enrollment.roster.relations import COMMON_NAMES
from enrollment.roster.typed import CARRIED_ON, KEYS, MOST_ROWS, is_typed, read_block
from enrollment.typed_wording import said_in_grid
from orgs.numbers import whole_number
from schemes.terms.model import EditionTerms

FIRST_ROWS, MORE_ROWS = 10, 10
SECRET = frozenset({"id_number", "phone", "bank_account"})  # not kept as a draft in the browser
INPUT_MODES = {"id_number": "numeric", "phone": "tel", "bank_account": "numeric", "group": "text"}
LENGTHS = {"name": 50, "id_number": 30, "village": 60, "group": 20, "household_no": 30, "relation": 20, "phone": 20,
           "bank": 60, "bank_account": 40, "address": 120}  # fmt: skip
LISTS = {"village": "list-village", "relation": "list-relation"}
SPELLINGS = {
    column.key: "|".join((column.title, *column.aliases)) for column in COLUMNS
}  # for the script, which reads the header of a pasted block


@dataclass(frozen=True)
class GridColumn:
    key: str
    title: str
    required: bool
    spellings: str


@dataclass
class GridCell:
    """`problem`: what is wrong with it, as a sentence."""

    column: GridColumn
    row: int
    value: str = ""
    problem: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.column.key}-{self.row}"

    @property
    def attributes(self) -> dict[str, str]:
        """What the input says beside its name and value."""
        key = self.column.key
        found = {"maxlength": str(LENGTHS[key]), "autocomplete": "off"}
        if mode := INPUT_MODES.get(key):
            found["inputmode"] = mode
        if key in LISTS:
            found["list"] = LISTS[key]
        return found

    @property
    def secret(self) -> bool:
        return self.column.key in SECRET


@dataclass
class GridRow:
    """`spare`: nobody is typed into it; a phone shows one such row at most."""

    number: int
    cells: list[GridCell]
    problems: list[str] = field(default_factory=list)  # of the row as a whole
    on_roster: bool = False
    spare: bool = False


def columns_for(terms: EditionTerms) -> list[GridColumn]:
    """Addresses are asked where the edition counts houses; the other columns always."""
    houses = any(limit.per == "house" for limit in terms.limits.values())
    required = {column.key for column in COLUMNS if column.required}
    return [GridColumn(key, TITLES[key], key in required, SPELLINGS[key]) for key in KEYS if key != "address" or houses]


def rows_sent(sent: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """The rows of the form with what is typed in them; a pasted block goes into the empty ones and on below."""
    count = min(whole_number(sent.get("rows", "")) or 0, MOST_ROWS)
    rows = {
        number: {key: sent.get(f"{key}-{number}", "").strip() for key in KEYS if f"{key}-{number}" in sent}
        for number in range(1, count + 1)
    }
    block = read_block(sent.get("block", ""))
    free = [number for number, row in rows.items() if not is_typed(row)] + list(
        range(count + 1, count + 1 + len(block))
    )
    return rows | dict(zip(free, block, strict=False))


def grid(
    columns: Iterable[GridColumn],
    rows: Mapping[int, Mapping[str, str]],
    *,
    size: int,
    carried_on: Mapping[str, str],
    problems: Mapping[int, list[dict[str, str]]] | None = None,
    on_roster: Iterable[int] = (),
) -> list[GridRow]:
    """`size` rows at least; village and group of `carried_on` stand in the empty ones."""
    numbers = range(1, min(max(size, max(rows, default=0)), MOST_ROWS) + 1)
    known = set(on_roster)
    return [
        _row(number, columns, rows.get(number, {}), (problems or {}).get(number, []), carried_on, number in known)
        for number in numbers
    ]


def _row(
    number: int,
    columns: Iterable[GridColumn],
    values: Mapping[str, str],
    problems: list[dict[str, str]],
    carried_on: Mapping[str, str],
    on_roster: bool,
) -> GridRow:
    typed = is_typed(values)
    by_key: dict[str, list[str]] = {}
    for problem in problems:
        by_key.setdefault(problem["column"], []).append(said_in_grid(problem))
    cells = [
        GridCell(
            column,
            number,
            values.get(column.key, "") or ("" if typed else carried_on.get(column.key, "")),
            "；".join(by_key.pop(column.key, [])),
        )
        for column in columns
    ]
    return GridRow(number, cells, [text for texts in by_key.values() for text in texts], on_roster, not typed)


def last_of(rows: Mapping[int, Mapping[str, str]]) -> dict[str, str]:
    """Village and group of the last person: where the next one most likely lives."""
    typed = [row for row in rows.values() if is_typed(row)]
    return {key: typed[-1].get(key, "")[: LENGTHS[key]] for key in CARRIED_ON} if typed else {}


def choices(villages: list[str]) -> dict[str, Any]:
    """The lists to choose from while typing."""
    return {LISTS["village"]: villages, LISTS["relation"]: COMMON_NAMES}
