"""A coverage in one line, for papers that households are given: what is paid, up to how much, on what clause."""

import re
from dataclasses import dataclass

from schemes.terms.model import Coverage, EditionTerms
from schemes.terms.sections import deadline_rows, own_figures

MOST_LINES = 5  # more figures than this (a ladder, a table) are cut down to their sums
TRIAL_MARK = "〔试用参数〕"
_MONEY = re.compile(r"[\d,]+\.\d\d")
_AT_ONCE = re.compile(r"后 0 天之后$")  # cover begins with payment: no days for a household to count


@dataclass(frozen=True, slots=True)
class CoverLine:
    """`text`: `身故 50,000.00 元；残疾 1 至 10 级 100% 至 10%`, made-up figures marked where they stand."""

    label: str
    text: str
    clause: str
    words: str
    papers: tuple[str, ...]


def cover_lines(terms: EditionTerms) -> tuple[CoverLine, ...]:
    """Every coverage of the edition, in the order of the notice."""
    return tuple(
        CoverLine(
            one.label,
            _figures(terms, one),
            one.clause,
            one.words,
            tuple(terms.papers[paper.code].label for paper in one.papers),
        )
        for one in terms.coverages.values()
    )


def _figures(terms: EditionTerms, coverage: Coverage) -> str:
    lines = tuple(line for line in own_figures(terms, coverage) if not _AT_ONCE.search(line.text))
    if len(lines) > MOST_LINES:
        lines = tuple(line for line in lines if _MONEY.fullmatch(line.text)) or lines[:MOST_LINES]
    return "；".join(
        f"{line.label} {line.text}{' 元' if _MONEY.fullmatch(line.text) else ''}{TRIAL_MARK if line.trial else ''}"
        for line in lines
    )


def deadline_lines(terms: EditionTerms) -> tuple[str, ...]:
    """`报案后 7 个工作日之内赔付（意外身故、疾病身故）`; without names where it holds for all coverages."""
    lines = []
    for row in deadline_rows(terms):
        named = f"（{'、'.join(row.coverages)}）" if len(row.coverages) < len(terms.coverages) else ""
        lines.append(f"{row.text}之内{row.until}{named}{TRIAL_MARK if row.deadline.days.trial else ''}")
    return tuple(lines)


def route_lines(terms: EditionTerms) -> tuple[str, ...]:
    """`一站式结算：大病补充医疗（住院）、…`: how cases of which coverages come in."""
    return tuple(
        f"{route.label}：{'、'.join(one.label for one in terms.coverages.values() if one.route == code)}"
        for code, route in terms.routes.items()
    )


def period_text(terms: EditionTerms) -> str:
    """`2021-01-01 至 2021-12-31`, marked where the notice names no days."""
    period = terms.period
    return f"{period.range.first} 至 {period.range.last}{TRIAL_MARK if period.trial else ''}"
