"""Which figure of a table holds for these facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemes.rules.facts import Known
from schemes.terms.figures import BALANCE, Amount, Band, Edge, Figure, Table


@dataclass(frozen=True, slots=True)
class Found:
    """`words` tell the way through the tables: `（房屋结构：土坯屋）`; empty where there was none."""

    figure: Figure
    words: str


@dataclass(frozen=True, slots=True)
class NoEntry:
    """The table has nothing for this answer: the reason why nothing is paid, and its clause."""

    reason: str
    clause: str


def find(amount: Amount, known: Known, balance: Decimal | None = None) -> Found | NoEntry:
    """The figure for these facts; `balance` is what a step's table may go by."""
    words: list[str] = []
    while isinstance(amount, Table):
        value = balance if amount.by == BALANCE else known[amount.by]
        words.append(f"{amount.label}：{_shown(amount, value)}")
        entry = _entry(amount, value)
        if entry is None:
            return NoEntry(f"{words[-1]}，{amount.otherwise}", amount.clause)
        amount = entry
    return Found(amount, f"（{'，'.join(words)}）" if words else "")


def _entry(table: Table, value: object) -> Amount | None:
    if table.bands:
        band = band_of(table, value)
        return band.amount if band else None
    return table.values.get(_code(value))


def band_of(table: Table, value: object) -> Band | None:
    edge = edge_of(value)
    return next((band for band in table.bands if band.bounds.holds(edge)), None)


def edge_of(value: object) -> Edge:
    """A value as bounds measure it: a day, or a number."""
    if isinstance(value, date | Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    raise TypeError(f"{value!r} has no size")


def _code(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _shown(table: Table, value: object) -> str:
    if table.bands:
        band = band_of(table, value)
        return f"{value}" if band is None else f"{value}，{band.text}"
    return table.options.get(_code(value), str(value))


def facts_wanted(amount: Amount | None, known: Known) -> Iterator[str]:
    """Facts that decide which figure holds, as far as the way is known."""
    while isinstance(amount, Table):
        if amount.by == BALANCE:
            for entry in (*amount.values.values(), *(band.amount for band in amount.bands)):
                yield from facts_wanted(entry, known)
            return
        yield amount.by
        if amount.by not in known:
            return
        amount = _entry(amount, known[amount.by])
