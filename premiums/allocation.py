"""The premium allocation sheet (保费分配表): region × insurer, persons, premium, and what each payer bears of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from calc.money import from_fen, to_fen
from calc.splits import split
from orgs.models import User
from orgs.scope import scope_of
from premiums.figures import Endorsed, brought_forward_of, figures_of, sees_all
from premiums.wording import names_in_shares
from schemes.models import Edition, InsurerAssignment
from schemes.rules.premium import Heads, HeadsRefused, carried_over, premiums_by_region
from schemes.rules.shares import NoShare, payers_of
from schemes.terms.model import EditionTerms

NOBODY, NOT_ENDORSED = Heads(), Endorsed()


class AllocationRefused(Exception):
    """The edition and the numbers don't give a sheet; every reason in a sentence."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(dict.fromkeys(sentences))
        super().__init__("\n".join(self.sentences))


@dataclass(frozen=True)
class AllocationRow:
    """Heads are those at the start of cover. `fen`: their premium and `endorsed_fen`, what endorsements added since.
    `shares`: fen by payer, adding up to `fen`; empty where the edition sets no shares.
    """

    number: int
    township_id: int
    township: str
    region_path: str
    insurer_id: int
    insurer: str
    persons: int
    households: int
    units: int
    fen: int
    shares: Mapping[str, int]
    endorsements: int = 0
    endorsed_persons: int = 0
    endorsed_fen: int = 0

    @property
    def persons_now(self) -> int:
        return self.persons + self.endorsed_persons


@dataclass(frozen=True)
class InsurerPart:
    insurer: str
    townships: int
    persons: int
    households: int
    units: int
    fen: int
    shares: Mapping[str, int]
    endorsements: int
    endorsed_persons: int
    endorsed_fen: int
    rows: tuple[AllocationRow, ...]


@dataclass(frozen=True)
class CarriedForward:
    """Last year's balance set against this year's premium, in fen; `shares`: what is due, by payer."""

    brought: int
    used: int
    due: int
    left: int
    shares: Mapping[str, int]


@dataclass(frozen=True)
class Allocation:
    """`problems`: why there are no figures (then all are nought). `partial`: only the reader's part of the place."""

    rows: tuple[AllocationRow, ...]
    parts: tuple[InsurerPart, ...]
    persons: int
    households: int
    units: int
    fen: int
    shares: Mapping[str, int]
    endorsements: int
    endorsed_persons: int
    endorsed_fen: int
    carried: CarriedForward | None = None
    problems: tuple[str, ...] = ()
    partial: bool = False

    @property
    def counted(self) -> bool:
        """Whether anybody or anything is insured yet; one sum for the place needs nobody counted."""
        return bool(self.persons or self.households or self.units or self.fen or self.endorsements)


def allocation_of(edition: Edition, user: User) -> Allocation:
    """The sheet of an edition as `user` sees it, from the figures as they stand now; sums in fen.

    Rows follow the notice: by insurer, regions in its order. What stands in the way is told in `problems`.
    """
    figures = figures_of(edition, user)
    balance = brought_forward_of(edition, user) if sees_all(edition, user) else None
    try:
        sheet = allocation_for(
            edition, figures.heads, from_fen(balance.fen) if balance else None, endorsed=figures.endorsed
        )
    except AllocationRefused as refused:
        sheet = replace(_sheet(_rows(edition, {}, {}, _no_premiums)), problems=refused.sentences)
    return sheet if sees_all(edition, user) else _part_of(sheet, scope_of(user).region_path)


def allocation_for(
    edition: Edition,
    heads: Mapping[int, Heads],
    brought: Decimal | None = None,
    *,
    endorsed: Mapping[int, Endorsed] | None = None,
) -> Allocation:
    """The sheet for given numbers by region id; a region that isn't named has none. Raises AllocationRefused.

    `heads` are those at the start of cover, `endorsed` what came after.

    Where the premium is one sum and nobody is counted, the place is the one row. `brought`: last year's balance, where
    the edition carries it over.
    """
    figure = _premiums if heads or _is_one_sum(edition.terms) else _no_premiums
    sheet = _sheet(_rows(edition, heads, endorsed or {}, figure))
    return sheet if brought is None else replace(sheet, carried=_carried(edition.terms, sheet, brought))


Figured = tuple[Decimal, Mapping[str, Decimal]]


def _rows(
    edition: Edition, heads: Mapping[int, Heads], endorsed: Mapping[int, Endorsed], figure: Any
) -> Iterable[AllocationRow]:
    serving = _serving(edition, heads)
    names = names_in_shares(edition.terms, [one.township for one in serving]) if endorsed else {}
    numbers = [heads.get(assignment.township_id, NOBODY) for assignment in serving]
    for number, (assignment, own, figured) in enumerate(
        zip(serving, numbers, figure(edition.terms, serving, numbers), strict=True), start=1
    ):
        premium, shares = figured
        since = endorsed.get(assignment.township_id, NOT_ENDORSED)
        yield AllocationRow(
            number=number,
            township_id=assignment.township_id,
            township=assignment.township.name,
            region_path=assignment.township.path,
            insurer_id=assignment.insurer_id or 0,
            insurer=assignment.insurer.name if assignment.insurer else "",
            persons=own.persons,
            households=own.households,
            units=own.units,
            fen=to_fen(premium) + since.fen,
            shares=_with_endorsed(edition.terms, names.get(assignment.township_id, ""), shares, since.fen),
            endorsements=since.count,
            endorsed_persons=since.persons,
            endorsed_fen=since.fen,
        )


def _with_endorsed(terms: EditionTerms, region: str, shares: Mapping[str, Decimal], fen: int) -> dict[str, int]:
    """Shares in fen, with what endorsements added split by itself: nobody's share of what was first due moves by it."""
    found = {payer: to_fen(amount) for payer, amount in shares.items()}
    if fen and found:
        for payer, amount in payers_of(terms, region, from_fen(fen)).items():
            found[payer] += to_fen(amount)
    return found


def _serving(edition: Edition, heads: Mapping[int, Heads]) -> list[InsurerAssignment]:
    """Who serves which region; the first insurer the whole place, where one sum can't be split yet."""
    serving = list(edition.assignments.filter(insurer__isnull=False).select_related("township", "insurer"))
    alone = len({assignment.insurer_id for assignment in serving}) == 1
    if heads or not alone or not _is_one_sum(edition.terms):
        return serving
    return [InsurerAssignment(edition=edition, township=edition.place, insurer=serving[0].insurer)]


def _is_one_sum(terms: EditionTerms) -> bool:
    return all(part.basis == "whole" for part in terms.premium.parts)


def _no_premiums(terms: EditionTerms, serving: Sequence[InsurerAssignment], _numbers: Sequence[Heads]) -> list[Figured]:
    nothing = dict.fromkeys(terms.payers if terms.shares else (), Decimal(0))
    return [(Decimal(0), nothing) for _ in serving]


def _premiums(terms: EditionTerms, serving: Sequence[InsurerAssignment], numbers: Sequence[Heads]) -> list[Figured]:
    """Premium and shares of each region; AllocationRefused with all that is wrong, region by region."""
    names = names_in_shares(terms, [assignment.township for assignment in serving])
    refused: list[str] = []
    try:
        premiums = premiums_by_region(terms, numbers)
    except HeadsRefused:
        raise AllocationRefused(_refusals(terms, serving, numbers)) from None
    found: list[Figured] = []
    for assignment, own, premium in zip(serving, numbers, premiums, strict=True):
        try:
            found.append((premium, payers_of(terms, names[assignment.township_id], premium, own)))
        except NoShare as missing:
            refused.append(str(missing))
    if refused:
        raise AllocationRefused(refused)
    return found


def _refusals(terms: EditionTerms, serving: Sequence[InsurerAssignment], numbers: Sequence[Heads]) -> list[str]:
    """The regions whose numbers are at fault, one by one; what concerns them all together otherwise."""
    found = []
    for assignment, own in zip(serving, numbers, strict=True):
        try:
            premiums_by_region(terms, [own])
        except HeadsRefused as refused:
            found.append(f"{assignment.township.name}：{refused}")
    if found:
        return found
    try:
        premiums_by_region(terms, numbers)
    except HeadsRefused as refused:
        found.append(str(refused))
    return found


def _sheet(rows: Iterable[AllocationRow]) -> Allocation:
    rows = tuple(rows)
    parts = tuple(_part(insurer, tuple(group)) for insurer, group in groupby(rows, key=lambda row: row.insurer))
    return Allocation(rows=rows, parts=parts, **_sums(rows))


def _part(insurer: str, rows: tuple[AllocationRow, ...]) -> InsurerPart:
    return InsurerPart(insurer=insurer, townships=len(rows), rows=rows, **_sums(rows))


def _sums(rows: Sequence[AllocationRow]) -> dict[str, Any]:
    payers = rows[0].shares if rows else {}
    return {
        "persons": sum(row.persons for row in rows),
        "households": sum(row.households for row in rows),
        "units": sum(row.units for row in rows),
        "fen": sum(row.fen for row in rows),
        "shares": {payer: sum(row.shares[payer] for row in rows) for payer in payers},
        "endorsements": sum(row.endorsements for row in rows),
        "endorsed_persons": sum(row.endorsed_persons for row in rows),
        "endorsed_fen": sum(row.endorsed_fen for row in rows),
    }


def _part_of(sheet: Allocation, path: str) -> Allocation:
    """Only the rows of a reader who looks after a part of the place; numbers stay those of the whole sheet."""
    rows = [row for row in sheet.rows if path and row.region_path.startswith(path)]
    return replace(_sheet(rows), problems=sheet.problems, partial=True)


def _carried(terms: EditionTerms, sheet: Allocation, brought: Decimal) -> CarriedForward:
    if terms.premium.carry_over is None:
        raise AllocationRefused([f"「{terms.short_title}」没有写上年结余抵减本年保费，不用填上年结余"])
    try:
        carried = carried_over(terms, from_fen(sheet.fen), brought)
    except HeadsRefused as refused:
        raise AllocationRefused([str(refused)]) from None
    due = to_fen(carried.due)
    payers = list(sheet.shares)
    shares = split(due, [sheet.shares[payer] for payer in payers]) if sheet.fen and payers else [0] * len(payers)
    return CarriedForward(
        brought=to_fen(brought),
        used=to_fen(carried.used),
        due=due,
        left=to_fen(carried.left),
        shares=dict(zip(payers, shares, strict=True)),
    )
