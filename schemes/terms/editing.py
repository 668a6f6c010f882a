"""Putting other values into an edition's document where they stand: next year's copy, new figures, settled figures.

Everything that isn't changed stays as it was written: comments, order, line breaks.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

from calc.dates import DateError, parse_date
from calc.text import fold
from schemes.terms.outline import NotReadable, Outline, Splice, in_place_of, outline, quoted, spliced, without

__all__ = [
    "CopyTo",
    "EditRefused",
    "NotReadable",
    "copied",
    "deleted",
    "replaced",
    "requoted",
    "settled",
    "tidied",
    "with_outcomes",
    "written",
]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONEY = re.compile(r"\d+(?:\.\d{0,2})?", re.ASCII)
_PLAIN_RATIO = re.compile(r"\d+(?:\.\d+)?%?", re.ASCII)
_PART = re.compile(r"(?:…+|\.{3,})")
_OWN_DAYS = ("notice.", "period.", "examples[")
_MONTHS = 12


class EditRefused(ValueError):
    """Keys that the document doesn't have, or has as something else than a value."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = tuple(keys)
        super().__init__(f"文件里没有这些值：{'、'.join(self.keys)}。文件可能刚被改过，请重新打开再改")


@dataclass(frozen=True, slots=True)
class CopyTo:
    """What is new in the copy of an edition: its names, its period, its notice."""

    code: str
    title: str
    short_title: str
    number_prefix: str
    first: date
    last: date
    notice_title: str
    notice_number: str
    issued_on: date
    issuer: str

    def values(self) -> dict[str, str]:
        return {
            "edition.code": self.code,
            "edition.title": self.title,
            "edition.short_title": self.short_title,
            "edition.number_prefix": self.number_prefix,
            "notice.title": self.notice_title,
            "notice.number": self.notice_number,
            "notice.issued_on": self.issued_on.isoformat(),
            "notice.issuer": self.issuer,
            "period.first": self.first.isoformat(),
            "period.last": self.last.isoformat(),
        }


def replaced(document: str, changes: Mapping[str, str]) -> str:
    """The document with new texts for the values at these keys; EditRefused names the keys that aren't there."""
    if not changes:
        return document
    found = outline(document)
    _refuse_unknown(found, changes)
    return spliced(document, [in_place_of(found, key, text) for key, text in changes.items()])


def _refuse_unknown(found: Outline, keys: Iterable[str]) -> None:
    unknown = [key for key in keys if key not in found or not found.is_value(key)]
    if unknown:
        raise EditRefused(unknown)


def deleted(document: str, keys: Collection[str]) -> str:
    """The document without these entries; those that aren't there are no mistake."""
    found = outline(document)
    present = [key for key in keys if key in found]
    try:
        return spliced(document, [without(found, key) for key in present])
    except ValueError:  # neighbours that share a comma, one after the other from the end
        for key in sorted(present, key=list(found.entries).index, reverse=True):
            document = spliced(document, [without(outline(document), key)])
        return document


def settled(document: str, figures: Collection[str]) -> str:
    """The figures at these keys are no trial figures any more: `trial` is taken out beside each."""
    found = outline(document)
    marks = [f"{key}.trial" for key in figures]
    _refuse_unknown(found, marks)
    return deleted(document, marks)


def written(document: str, values: Mapping[str, str], figures: Collection[str] = ()) -> str:
    """The document with what a form has typed, and with these figures settled.

    A reading that was emptied is taken out; where a clause of the notice changes, what is quoted from it follows.
    """
    found = outline(document)
    _refuse_unknown(found, values)
    changes = {key: text for key, text in values.items() if text != found.text(key)}
    emptied = {key for key, text in changes.items() if not text and key.endswith(".interpretation.text")}
    filled = _quotations(found, changes) | {key: text for key, text in changes.items() if key not in emptied}
    document = replaced(document, filled)
    document = deleted(document, [key.removesuffix(".text") for key in emptied]) if emptied else document
    return settled(document, figures) if figures else document


def _quotations(found: Outline, changes: Mapping[str, str]) -> dict[str, str]:
    """New words and marks of the coverages whose clause has changed, as far as they can be told."""
    renewed: dict[str, str] = {}
    for coverage in found.under("coverages"):
        clause = f"clauses.{found.text(f'{coverage}.clause')}"
        words = f"{coverage}.words"
        if clause in changes and words in found and words not in changes:
            old = found.text(words)
            now = requoted(found.text(clause), changes[clause], old)
            if now and now != old:
                renewed[words] = now
                renewed |= _marks(found, coverage, old, now)
    return renewed


def _marks(found: Outline, coverage: str, old: str, now: str) -> dict[str, str]:
    marks = {key: requoted(old, now, found.text(key)) for key in found.under(f"{coverage}.marks")}
    return {key: text for key, text in marks.items() if text and text != found.text(key)}


def tidied(unit: str, typed: str) -> str:
    """A figure as the document writes it: `1,200` is 1200.00 and `10` of a ratio 10%. What isn't one stays as typed."""
    text = fold(typed)
    if unit == "day":
        return (_day_typed(text) or text) if text else text
    plain = text.replace(",", "").replace(" ", "")
    if unit == "money" and _MONEY.fullmatch(plain):
        whole, _, cents = plain.partition(".")
        return f"{whole}.{cents:0<2}"
    if unit in ("ratio", "factor") and _PLAIN_RATIO.fullmatch(plain):
        return f"{plain.removesuffix('%')}%"
    return plain if unit in ("count", "age", "number") else text


def _day_typed(text: str) -> str:
    try:
        return parse_date(text).isoformat()
    except DateError:
        return ""


def copied(document: str, to: CopyTo) -> str:
    """Next year's document: own names and days, all other days of the period moved along with it.

    Days in the examples move by the same time, so that they still come out as they did.
    """
    found = outline(document)
    _refuse_unknown(found, to.values())
    old_first, old_last = _day(found.text("period.first")), _day(found.text("period.last"))
    changes = dict(to.values())
    if old_first and old_last:
        for key in _days_that_move(found, old_first, old_last):
            changes.setdefault(key, _moved(parse_date(found.text(key)), old_first, to.first).isoformat())
    copy = spliced(document, [in_place_of(found, key, text) for key, text in changes.items()])
    return f"# 以 {found.text('edition.code')} 为底稿。\n{copy}"


def _days_that_move(found: Outline, first: date, last: date) -> list[str]:
    """Every day in the examples, and the days of the terms that lie in the old period."""
    moving = []
    for key, entry in found.entries.items():
        if not (found.is_value(key) and (day := _day(entry.text))):
            continue
        inside = first <= day <= last and not key.startswith(_OWN_DAYS)
        if key.startswith("examples[") or inside:
            moving.append(key)
    return moving


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return parse_date(text)
    except DateError:
        return None


def _moved(day: date, old_first: date, new_first: date) -> date:
    """By whole months where the periods begin on the same day of the month, by days otherwise."""
    months = (new_first.year - old_first.year) * _MONTHS + new_first.month - old_first.month
    if old_first.day != new_first.day:
        return day + (new_first - old_first)
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return _last_valid(year, month + 1, day.day)


def _last_valid(year: int, month: int, day: int) -> date:
    """29 February becomes 28 February where there is none."""
    following = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))


def with_outcomes(document: str, results: Mapping[int, tuple[str, str]]) -> str:
    """The document with other results of examples, by number from 1: an amount, or else the fact at fault."""
    found = outline(document)
    splices: list[Splice] = []
    for number, (payable, refused) in results.items():
        splices += _outcome(found, number, payable, refused)
    return spliced(document, splices)


def _outcome(found: Outline, number: int, payable: str, refused: str) -> tuple[Splice, Splice]:
    keys = [f"examples[{number}].{name}" for name in ("payable", "refused")]
    key = next((key for key in keys if key in found and found.is_value(key)), "")
    if not key or (name := found[key].name) is None:
        raise EditRefused([f"examples[{number}]"])
    renamed = Splice(name.start_mark.index, name.end_mark.index, "payable" if payable else "refused")
    value = in_place_of(found, key, payable or refused)
    return renamed, Splice(value.start, value.end, quoted(payable) if payable else value.text)


def requoted(old_clause: str, new_clause: str, words: str) -> str | None:
    """What a quotation of the old clause reads in the new one; None where it can't be told.

    `……` in a quotation stands for what was left out.
    """
    parts, at = [], 0
    for part in _PART.split(words):
        found = old_clause.find(part, at)
        if found < 0:
            return None
        parts.append((part, found, found + len(part)))
        at = found + len(part)
    blocks = SequenceMatcher(None, old_clause, new_clause, autojunk=False).get_opcodes()
    renewed = words
    for part, start, end in parts:
        if part:
            now = new_clause[_carried(blocks, start, start=True) : _carried(blocks, end, start=False)]
            renewed = renewed.replace(part, now, 1)
    return renewed


def _carried(blocks: Sequence[tuple[str, int, int, int, int]], at: int, *, start: bool) -> int:
    """Where a place of the old text is in the new one; what was put in at the place goes to the inside."""
    for kind, old_from, old_to, new_from, new_to in blocks:
        within = old_from <= at < old_to if start else old_from < at <= old_to
        if within:
            if kind == "equal":
                return new_from + at - old_from
            return new_from if start else new_to
    return 0 if start or not blocks or at == 0 else blocks[-1][4]
