"""What earlier payments leave of a coverage's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemes.rules.facts import Known, Problems, read_money
from schemes.rules.ledger import ZERO, Ledger
from schemes.rules.refusal import FactProblem
from schemes.terms.model import EditionTerms, Limit


@dataclass(frozen=True, slots=True)
class Paid:
    """One earlier payment. `house` tells houses apart where a household has several; empty: not told."""

    coverage: str
    amount: Decimal
    house: str


PaidGiven = Sequence[Mapping[str, object]]


def read_paid(terms: EditionTerms, name: str, given: PaidGiven, problems: Problems) -> tuple[Paid, ...]:
    """Payments out of `paid_before` or `edition_paid_before`, each `{"coverage", "amount", …}`."""
    paid = []
    for at, entry in enumerate(given, start=1):
        where = f"{name}[{at}]"
        coverage = entry.get("coverage")
        if not isinstance(coverage, str) or coverage not in terms.coverages:
            message = f"已赔记录第{at}条的保障责任「{coverage}」不在本方案内，请核对"
            problems.append(FactProblem(f"{where}.coverage", message))
        amount = read_money(f"{where}.amount", f"已赔记录第{at}条金额", entry.get("amount"), problems)
        if amount is not None:
            paid.append(Paid(str(coverage), amount, str(entry.get("house") or "")))
    return tuple(paid)


@dataclass(frozen=True, slots=True)
class LimitInUse:
    """A limit with the codes of all coverages that draw on it, and the labels of its classes."""

    limit: Limit
    shared_by: frozenset[str]
    classes: Mapping[str, str]


def apply_limit(
    rule: LimitInUse, known: Known, paid: Sequence[Paid], edition_paid: Sequence[Paid], ledger: Ledger
) -> None:
    limit = rule.limit
    ledger.note(limit.interpretation)
    used = _used(rule, known, edition_paid if limit.per == "edition" else paid)
    if limit.amount is not None:
        ledger.cap(limit.label, limit.amount, used)
        return
    code = str(known[limit.by])
    ledger.cap(f"{limit.label}（{rule.classes[code]}）", limit.amounts[code], used)


def _used(rule: LimitInUse, known: Known, paid: Sequence[Paid]) -> Decimal:
    if rule.limit.per == "claim" or not paid:
        return ZERO
    house = str(known.get("house", "")) if rule.limit.per == "house" else ""
    return sum(
        (
            entry.amount
            for entry in paid
            if entry.coverage in rule.shared_by and not (house and entry.house and entry.house != house)
        ),
        ZERO,
    )
