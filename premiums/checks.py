"""What an allocation sheet is checked against: the people, the rates, the insurers' list, the payers, the bills."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, QuerySet

from calc.money import to_fen
from enrollment.cover import CAME, ENDORSED, WENT
from enrollment.endorsement_heads import moves_of
from enrollment.models import Endorsement, Enrollment
from orgs.models import Region, User
from orgs.scope import visible
from premiums.allocation import Allocation
from premiums.figures import heads_of
from premiums.models import CensusFigure
from schemes.models import Edition
from schemes.rules.endorsements import endorsement_premium
from schemes.rules.premium import Heads, HeadsRefused, goes_by_census, premium_of
from schemes.terms.figures import Figure


@dataclass(frozen=True)
class Check:
    """One thing that must agree. `holds` False is shown in words, never hidden."""

    name: str
    detail: str
    holds: bool


def reconcile(
    edition: Edition, sheet: Allocation, user: User, billed: Mapping[int, tuple[int, int, int]]
) -> list[Check]:
    """Every proof of the sheet, those that fail too."""
    by_census = goes_by_census(edition.terms)
    return [
        _against_census(edition, sheet, user) if by_census else _against_roster(edition, sheet, user),
        _sums_up(sheet),
        *_recomputed(edition, sheet, user),
        *_endorsed_one_by_one(edition, sheet, user),
        _served_once(edition, sheet),
        *_shared_out(sheet),
        *_against_notice(edition, sheet),
        _against_bills(sheet, billed),
    ]


def _against_roster(edition: Edition, sheet: Allocation, user: User) -> Check:
    """People on the roster now are those of the start, with who came and without who went by endorsement."""
    people = visible(Enrollment, user).filter(edition=edition)
    enrolled = _by_township(people.filter(removed_at__isnull=True), Count("id"))
    endorsed = _by_township(people.filter(ENDORSED), Count("id", filter=CAME) - Count("id", filter=WENT))
    differing = [
        row.township
        for row in sheet.rows
        if (enrolled[row.township_id], endorsed[row.township_id]) != (row.persons_now, row.endorsed_persons)
    ]
    now = f"名册 {sum(enrolled.values()):,} 人"
    since = f"，起保 {sheet.persons:,} 人，批改{_signed(sheet.endorsed_persons)} 人" if sheet.endorsements else ""
    return Check("与参保名册逐人相符", _named(differing) or now + since, not differing)


def _by_township(people: QuerySet[Enrollment], persons: Any) -> Counter[int]:
    return Counter(dict(people.order_by("township_id").values_list("township_id").annotate(persons=persons)))


def _signed(number: int) -> str:
    return f"增 {number:,}" if number >= 0 else f"减 {-number:,}"


def _endorsed_one_by_one(edition: Edition, sheet: Allocation, user: User) -> Iterator[Check]:
    """Every endorsement's premium by the edition's terms once more, and the sheet's against their sum."""
    if not sheet.endorsements:
        return
    agreed = visible(Endorsement, user).filter(edition=edition, state=Endorsement.State.AGREED)
    townships = {row.township_id for row in sheet.rows}
    total, differing = 0, []
    kept = agreed.order_by("id").values_list("number", "township_id", "moves", "effective_on", "premium_fen")
    for number, township, moves, day, fen in kept:
        total += fen if township in townships else 0
        if fen != to_fen(endorsement_premium(edition.terms, moves_of(moves), day).amount):
            differing.append(number)
    holds = not differing and total == sheet.endorsed_fen
    yield Check("批改保费逐件相符", _named(differing) or f"{sheet.endorsements:,} 件", holds)


def _against_census(edition: Edition, sheet: Allocation, user: User) -> Check:
    entered = set(
        visible(CensusFigure, user)
        .filter(edition=edition, replaced_at__isnull=True)
        .values_list("region_id", flat=True)
    )
    missing = [row.township for row in sheet.rows if row.township_id not in entered]
    return Check(
        "各地人数都已录入", f"没有录入：{_named(missing)}" if missing else f"{len(sheet.rows)} 个", not missing
    )


def _sums_up(sheet: Allocation) -> Check:
    holds = sum(part.fen for part in sheet.parts) == sheet.fen == sum(row.fen for row in sheet.rows)
    return Check("各行相加等于合计", f"{len(sheet.parts)} 家承保机构小计之和", holds)


def _recomputed(edition: Edition, sheet: Allocation, user: User) -> Iterator[Check]:
    """The premium of all heads together; not for a part of the place, nor where nothing is counted yet."""
    if sheet.partial or sheet.problems:
        return
    parts = edition.terms.premium.parts
    by_person = [part.basis for part in parts] == ["person"] and not edition.terms.premium.categories
    name = "人数乘保费标准" if by_person else "按合计数重算"
    name += "，加批改保费，等于保费" if sheet.endorsements else "等于保费"
    holds = _whole(edition, sheet, user) + sheet.endorsed_fen == sheet.fen
    yield Check(name, f"{sheet.persons:,} 人", holds)


def _whole(edition: Edition, sheet: Allocation, user: User) -> int:
    """The premium of everybody at once; by category the figures are read again, the sheet keeps no sums of them."""
    if not sheet.counted:
        return 0
    heads = Heads(sheet.persons, sheet.households, sheet.units)
    if edition.terms.premium.categories:
        numbers: Counter[str] = Counter()
        for one in heads_of(edition, user).values():
            numbers.update(one.by_category)
        heads = replace(heads, by_category=numbers)
    try:
        return to_fen(premium_of(edition.terms, heads))
    except HeadsRefused:  # the sheet's persons and the figures by category differ: the check fails
        return -1


def _served_once(edition: Edition, sheet: Allocation) -> Check:
    word = "乡镇" if edition.place.level == Region.Level.COUNTY else "县（市、区）"
    holds = len({row.township_id for row in sheet.rows}) == len(sheet.rows)
    return Check(f"每个{word}只有一家承保机构", f"{len(sheet.rows)} 个", holds)


def _shared_out(sheet: Allocation) -> Iterator[Check]:
    if not sheet.shares:
        return
    differing = [row.township for row in sheet.rows if sum(row.shares.values()) != row.fen]
    holds = not differing and sum(sheet.shares.values()) == sheet.fen
    yield Check("各方分担相加等于保费", _named(differing) or f"{len(sheet.shares)} 方，逐行到分", holds)


def _against_notice(edition: Edition, sheet: Allocation) -> Iterator[Check]:
    if sheet.partial:
        return
    stated = edition.terms.insured.persons
    detail = _difference(sheet.persons, stated)
    yield Check("与通知所列人数相符", detail, stated is None or int(stated.value) == sheet.persons)


def _difference(persons: int, stated: Figure | None) -> str:
    if stated is None:
        return "通知未列人数"
    difference = persons - int(stated.value)
    return f"通知 {int(stated.value):,} 人" + (f"，差 {difference:+,} 人".replace("-", "−") if difference else "")


def _against_bills(sheet: Allocation, billed: Mapping[int, tuple[int, int, int]]) -> Check:
    unbilled = [row.township for row in sheet.rows if billed.get(row.township_id, (0, 0, 0))[1] != row.fen]
    rows = {row.township_id for row in sheet.rows}
    if any(fen for region, (_, fen, _) in billed.items() if region not in rows):
        unbilled.append("已不在表内的地区")
    return Check("与保费账单相符", _named(unbilled) and f"未出账或有变动：{_named(unbilled)}", not unbilled)


def _named(townships: Sequence[str]) -> str:
    return "、".join(townships[:5]) + (f"等 {len(townships)} 个" if len(townships) > 5 else "")
