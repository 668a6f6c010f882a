"""The premium's rates in the words of a sheet: `每人每年 130.00 元`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from schemes.terms.model import EditionTerms
from schemes.terms.present import premium_lines

TRIAL = "（试用参数）"
WHOLE = "总价"


@dataclass(frozen=True, slots=True)
class RateLine:
    text: str
    clause: str
    trial: bool


def rate_text(terms: EditionTerms) -> str:
    """All rates in one line, made-up ones marked."""
    return "，".join(f"{line.text}{TRIAL if line.trial else ''}" for line in rate_lines(terms))


def rate_lines(terms: EditionTerms) -> Iterator[RateLine]:
    """One for each part and category; 每年 only where the period is a year."""
    for line in premium_lines(terms.premium):
        base, _, category = line.label.partition(" ")
        often = "每年" if base != WHOLE and _is_a_year(terms) else ""
        yield RateLine(f"{base}{often}{category and f' {category}'} {line.text} 元", line.clause, line.trial)


def _is_a_year(terms: EditionTerms) -> bool:
    period = terms.period.range
    after = period.last + timedelta(days=1)
    return (after.year, after.month, after.day) == (period.first.year + 1, period.first.month, period.first.day)
