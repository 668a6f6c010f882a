"""What earlier payments leave of a coverage's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from calc.money import floor_to_fen, format_yuan
from schemes.rules.amounts import Found, find
from schemes.rules.ledger import ZERO, plain
from schemes.rules.past import Paid, Past
from schemes.rules.work import Work
from schemes.terms.model import EditionTerms, Limit

EVERYBODYS = ("event", "county", "edition")


@dataclass(frozen=True, slots=True)
class LimitInUse:
    """A limit with the coverages that draw on it and which of their cases do (empty: all); the states it goes by."""

    limit: Limit
    shared_by: Mapping[str, frozenset[str]]
    states: tuple[str, ...]

    def counts(self, paid: Paid) -> bool:
        """Whether a payment was drawn on this limit; one that doesn't tell its case was."""
        cases = self.shared_by.get(paid.coverage)
        return cases is not None and (not cases or not paid.case or paid.case in cases)


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit as it stood for this claim; `top` in yuan, exact to the fen."""

    code: str
    per: str
    top: Decimal


def limit_in_use(terms: EditionTerms, code: str) -> LimitInUse:
    limit = terms.limits[code]
    return LimitInUse(limit, terms.sharing(code), tuple(fact for fact in limit.facts if fact in terms.state))


def apply_limits(rules: Sequence[LimitInUse], work: Work, *, settled: Sequence[Paid] = ()) -> tuple[Cap, ...]:
    """The limits in order. `settled`: advances that come off at the end have not used anything up."""
    caps = []
    for rule in rules:
        missing = [code for code in rule.states if code not in work.known]
        if missing:
            _say_unchecked(rule.limit, missing, work)
        else:
            caps.append(_apply(rule, work, settled))
    return tuple(caps)


def _say_unchecked(limit: Limit, missing: Sequence[str], work: Work) -> None:
    labels = "、".join(work.terms.state[code].label for code in missing)
    work.ledger.test(f"没有给出{labels}，没有核对{limit.label}", limit.clause, passed=True)


def _apply(rule: LimitInUse, work: Work, settled: Sequence[Paid]) -> Cap:
    limit, ledger = rule.limit, work.ledger
    ledger.note(limit.interpretation)
    found = find(limit.amount, work.known)
    if not isinstance(found, Found):
        raise LookupError(found.reason)  # the check lets no limit with a hole pass
    top, words = _height(limit, found, work)
    ledger.cap(f"{limit.label}{found.words} {words}", top, _used(rule, work, settled), found.figure.clause)
    return Cap(limit.code, limit.per, top)


def _height(limit: Limit, found: Found, work: Work) -> tuple[Decimal, str]:
    """The limit's height in yuan and as printed."""
    top, words = work.ledger.read(found.figure), found.figure.text
    if limit.multiple_of:
        whole = work.amount(limit.multiple_of)
        top *= whole
        words = f"{words} × {work.terms.state[limit.multiple_of].label} {format_yuan(whole)}"
    if limit.times:
        fact, number = work.terms.facts[limit.times], work.amount(limit.times)
        top *= number
        words = f"{words} × {plain(number)} {fact.unit}".rstrip()
    if limit.divided_by:
        fact, number = work.terms.facts[limit.divided_by], work.amount(limit.divided_by)
        top /= number
        words = f"{words} ÷ {plain(number)} {fact.unit}".rstrip()
    top = floor_to_fen(top)
    return top, words if words == found.figure.text else f"{words} ＝ {format_yuan(top)}"


def _used(rule: LimitInUse, work: Work, settled: Sequence[Paid]) -> Decimal:
    per = rule.limit.per
    house = str(work.known.get("house", "")) if per == "house" else ""
    used = sum(
        (
            paid.amount
            for paid in _counted(per, work.past)
            if rule.counts(paid) and not (house and paid.house and paid.house != house)
        ),
        ZERO,
    )
    advanced = sum((paid.amount for paid in settled if rule.counts(paid)), ZERO)
    return max(used - advanced, ZERO)


def _counted(per: str, past: Past) -> Sequence[Paid]:
    """The earlier payments that a limit of this kind may count."""
    if per == "claim":
        return ()
    if per == "person":
        return [paid for paid in past.own if paid.same_person]
    if per == "accident":
        return [paid for paid in past.own if paid.same_person and paid.same_accident]
    if per == "event":
        return [paid for paid in past.everybody if paid.same_event]
    if per == "county":
        return [paid for paid in past.everybody if paid.same_county]
    return past.everybody if per == "edition" else past.own
