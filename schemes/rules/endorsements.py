"""What an endorsement (批改) costs or gives back: of each head that comes or goes, what falls on its days of cover."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from calc.money import format_yuan
from calc.trace import Step
from schemes.rules.amounts import Found, find
from schemes.rules.premium import goes_by_census, pro_rata
from schemes.terms.model import EditionTerms
from schemes.terms.premiums import PremiumPart

ZERO = Decimal(0)
HEADS = {"person": "人", "household": "户"}
MEASURES = {"days": "按天折算", "months": "按月折算，不足一月按一月"}


@dataclass(frozen=True, slots=True)
class Move:
    """A head that an endorsement moves: `person` or `household`. It comes, or goes having been covered `since`."""

    basis: str
    since: date | None = None

    @property
    def goes(self) -> bool:
        return self.since is not None


@dataclass(frozen=True, slots=True)
class EndorsementPremium:
    """`amount` in yuan: above zero is still to be paid, below zero comes back. `steps` end with it."""

    amount: Decimal
    steps: tuple[Step, ...]


def endorsement_premium(terms: EditionTerms, moves: Sequence[Move], effective_on: date) -> EndorsementPremium:
    """The premium of heads that come or go on a day of the period.

    The day is the first of cover for who comes and the first without cover for who goes: with a pro-rata rule everybody
    pays, in the end, for their own days of cover. Without one the whole rate stands: who comes pays it all, who goes
    gets nothing back. Units, one sum for all and entered figures are not moved by an endorsement.
    """
    steps, amount = list(_not_by_head(terms)), ZERO
    for part, move in () if steps else _moved(terms, moves):
        moved = _of(terms, part, move, effective_on)
        amount += moved.amount
        steps += moved.steps
    if not steps:
        steps.append(Step("判", "人数、户数不变，保费不变", format_yuan(ZERO), _clause(terms)))
    return EndorsementPremium(amount, (*steps, Step("得", "批改保费", signed(amount), _clause(terms))))


def signed(amount: Decimal) -> str:
    """`+130.00`, `−65.00`, `0.00`."""
    return f"+{format_yuan(amount)}" if amount > 0 else format_yuan(amount)


def _not_by_head(terms: EditionTerms) -> Iterator[Step]:
    """Why no endorsement moves the premium; nothing where heads of the roster do."""
    if goes_by_census(terms):
        yield Step("判", "保费按录入的人数计算，批改不动保费", format_yuan(ZERO), _clause(terms))
    elif not any(part.basis in HEADS for part in terms.premium.parts):
        yield Step("判", "保费是一笔总价，批改不动保费", format_yuan(ZERO), _clause(terms))


def _clause(terms: EditionTerms) -> str:
    return terms.premium.clause or terms.premium.rate.clause


def _moved(terms: EditionTerms, moves: Sequence[Move]) -> Iterator[tuple[PremiumPart, Move]]:
    for move in moves:
        yield from ((part, move) for part in terms.premium.parts if part.basis == move.basis)


def _of(terms: EditionTerms, part: PremiumPart, move: Move, effective_on: date) -> EndorsementPremium:
    """Rounded for each head, so that nobody's premium depends on another's."""
    found = find(part.rate, {})
    if not isinstance(found, Found):  # only rates by category depend on more, and those go by entered figures
        raise ValueError(found.reason)
    rate, clause = found.figure.value, found.figure.clause
    amount = _difference(terms, rate, move, effective_on)
    head = f"{'减' if move.goes else '增'} 1 {HEADS[part.basis]}"
    return EndorsementPremium(
        amount,
        (
            Step("", f"{head}，保费标准", format_yuan(rate), clause, "" if part.label == "保费" else part.label),
            *_days(terms, rate, move, effective_on),
            Step("减" if move.goes else "加", head, format_yuan(amount), clause),
        ),
    )


def _difference(terms: EditionTerms, rate: Decimal, move: Move, effective_on: date) -> Decimal:
    last = terms.period.range.last
    if move.since is None:
        return pro_rata(terms, rate, effective_on, last)
    if not terms.premium.pro_rata:
        return ZERO
    return _earned(terms, rate, move.since, effective_on) - pro_rata(terms, rate, move.since, last)


def _earned(terms: EditionTerms, rate: Decimal, since: date, effective_on: date) -> Decimal:
    return pro_rata(terms, rate, since, effective_on - timedelta(days=1))


def _days(terms: EditionTerms, rate: Decimal, move: Move, effective_on: date) -> Iterator[Step]:
    """How much of the rate falls on which days."""
    clause, last = _clause(terms), terms.period.range.last
    if not terms.premium.pro_rata:
        said = "方案没有写中途折算：已交的保费不退" if move.goes else "方案没有写中途折算：按整期收"
        yield Step("判", said, "", clause)
        return
    measure = MEASURES[terms.premium.pro_rata]
    if move.since is None:
        due = pro_rata(terms, rate, effective_on, last)
        yield Step("乘", f"保障 {effective_on} 至 {last}", format_yuan(due), clause, measure)
        return
    paid, earned = pro_rata(terms, rate, move.since, last), _earned(terms, rate, move.since, effective_on)
    yield Step("", f"已按 {move.since} 至 {last} 收", format_yuan(paid), clause, measure)
    if earned:
        kept = f"实际保障 {move.since} 至 {effective_on - timedelta(days=1)}，应收"
        yield Step("减", kept, format_yuan(earned), clause, measure)
