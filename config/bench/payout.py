"""Payouts with their explanation, against the bare arithmetic of the same formulas."""

import re
import time
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from calc.money import MINUS
from config.bench.measured import Measured, Options, own_peak_mb
from schemes.finding import terms_in
from schemes.rules.payout import Quote
from schemes.rules.quoting import quote_of
from schemes.terms.model import EditionTerms

QUOTES = 20_000
DOCUMENT = "wanzhou-2021.yaml"
FACTOR = re.compile(r"(\d[\d,.]*)(%?)")
BRACKET = re.compile(r"\((.*)\) × (.*)")

Case = tuple[str, Mapping[str, object]]
Terms = list[list[Decimal]]  # first term less the others; a term is the product of its factors


def run(_options: Options) -> list[Measured]:
    """Every coverage of Wanzhou in turn, with the examples of its edition that pay."""
    text = (settings.BASE_DIR / "fixtures" / "editions" / DOCUMENT).read_text(encoding="utf-8")
    terms = terms_in(text, DOCUMENT)
    cases = [(one.coverage, one.document) for one in terms.examples if one.payable]
    formulas = [_arithmetic(quote_of(terms, *case)) for case in cases]
    rounds = QUOTES // len(cases) + 1
    bare = _bare_seconds(formulas, rounds)
    seconds = _quote_seconds(terms, cases, rounds)
    done = rounds * len(cases)
    note = f"{done:,} 次理算连同说明，每秒 {done / seconds:,.0f} 次；对照为同样算式的裸 Decimal 运算"
    return [Measured("payout", seconds, bare, own_peak_mb(), note)]


def _quote_seconds(terms: EditionTerms, cases: list[Case], rounds: int) -> float:
    started = time.perf_counter()
    for _ in range(rounds):
        for coverage, document in cases:
            quote_of(terms, coverage, document)
    return time.perf_counter() - started


def _arithmetic(result: Quote) -> Terms:
    """`(6,200.00 − 3,000.00) × 100% ＝ …，…` as numbers; the sum itself where there is no formula.

    A bracket is opened up, which leaves as many operations as the notice's formula has.
    """
    bracket = BRACKET.fullmatch(result.formula.split("＝")[0].strip())
    body, times = bracket.groups() if bracket else (result.formula.split("＝")[0], "")
    terms = [[_number(*factor) for factor in FACTOR.findall(f"{term} {times}")] for term in body.split(MINUS)]
    return [term for term in terms if term] or [[result.payable]]


def _number(digits: str, percent: str) -> Decimal:
    number = Decimal(digits.replace(",", ""))
    return number / 100 if percent else number


def _bare_seconds(formulas: list[Terms], rounds: int) -> float:
    fen = Decimal("0.01")
    started = time.perf_counter()
    for _ in range(rounds):
        for first, *others in formulas:
            total = _product(first)
            for term in others:
                total -= _product(term)
            total.quantize(fen, rounding=ROUND_HALF_UP)
    return time.perf_counter() - started


def _product(factors: list[Decimal]) -> Decimal:
    product = factors[0]
    for factor in factors[1:]:
        product *= factor
    return product
