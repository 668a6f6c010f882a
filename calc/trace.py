"""The explanation of a computed sum: what screen, print, API and tests show."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

OPERATIONS = ("", "减", "加", "判", "得", "乘", "除", "限")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the ledger; all of it is text as printed. `clause` is the place in the notice behind it."""

    op: str
    label: str
    value: str
    clause: str
    note: str = ""
    balance: str = ""


def steps_to_json(steps: Iterable[Step]) -> list[dict[str, str]]:
    """Plain dictionaries, in order."""
    return [asdict(step) for step in steps]


def steps_from_json(rows: Iterable[Mapping[str, str]]) -> tuple[Step, ...]:
    """The steps as they were; a row with a key that no step has raises TypeError."""
    return tuple(Step(**row) for row in rows)
