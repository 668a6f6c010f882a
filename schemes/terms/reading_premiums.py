"""From the document to the premium and who pays it."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from schemes.terms.amounts import read_amount
from schemes.terms.figures import Amount, Figure, Table
from schemes.terms.model import Fact
from schemes.terms.nodes import Cursor, Section
from schemes.terms.numbers import per_cent
from schemes.terms.premiums import EVERYWHERE, CarryOver, Participation, Premium, PremiumPart, Share, Target, target_of

BASES = ("person", "household", "unit", "whole")
FIGURES = ("roster", "census")
PRO_RATA = ("days", "months")
CATEGORY = "category"
_OPTIONAL = ("basis", "rate", "parts", "figures", "figures_of", "categories", "pro_rata", "carry_over", "tax_rate")


def read_premium(section: Section, *, roster: bool) -> Premium:
    """`roster`: whether the edition has one; otherwise the premium rests on figures that the authority enters."""
    premium = section["premium"].section((), (*_OPTIONAL, "clause", "interpretation"))
    premium.interpretation()
    categories = premium["categories"].labels() if "categories" in premium else {}
    figures = premium.one_of("figures", FIGURES, "已有的人数来源") or ("roster" if roster else "census")
    if figures == "roster" and not roster:
        premium["figures"].problem("写的是 roster，但 insured.roster 是 false", "是 census", "请改正")
    return Premium(
        parts=_parts(premium, categories),
        figures=figures,
        figures_of=premium.text("figures_of"),
        categories=categories,
        pro_rata=premium.one_of("pro_rata", PRO_RATA, "已有的按期折算方式"),
        carry_over=_carry_over(premium),
        tax_rate=premium.optional_figure("tax_rate", "ratio"),
        clause=premium.clause(),
    )


def _parts(premium: Section, categories: Mapping[str, str]) -> tuple[PremiumPart, ...]:
    """One part written out, or a list of them."""
    if "parts" in premium:
        if "basis" in premium or "rate" in premium:
            premium["parts"].problem("parts 与 basis、rate 写了两遍", "只写一处", "请删去一处")
        return tuple(_part(item.section(("label", "basis", "rate")), categories) for item in premium.items("parts"))
    for name in ("basis", "rate"):
        if name not in premium:
            premium.cursor.problem(f"缺少 {name}", "写 basis 和 rate，或写 parts", "请按通知补上")
    return (_part(premium, categories),)


def _part(section: Section, categories: Mapping[str, str]) -> PremiumPart:
    """A rate may be a table by `category`."""
    by = {CATEGORY: Fact(CATEGORY, "人员类别", "choice", dict(categories))} if categories else {}
    label = section.text("label") if "label" in section else "保费"
    basis = section.one_of("basis", BASES, "已有的计费方式")
    rate = read_amount(section, "rate", "money", by)
    if isinstance(rate, Table) and basis != "person":
        section["rate"].problem(f"按人员类别的保费写在 basis: {basis} 上", "是 basis: person", "请改正，或写一个数")
    return PremiumPart(label, basis, rate)


def _carry_over(premium: Section) -> CarryOver | None:
    if "carry_over" not in premium:
        return None
    return CarryOver(premium["carry_over"].section(("ratio",)).figure("ratio", "ratio"))


def read_shares(section: Section, payers: Mapping[str, str], premium: Premium) -> tuple[Share, ...]:
    shares = []
    for item in section.items("shares"):
        one = item.section(("label", "clause", "parts"), ("regions", "category", "interpretation"))
        regions = _regions(one)
        category = one.one_of("category", premium.categories, "已声明的人员类别")
        parts = _share_parts(one, payers, premium, category)
        shares.append(Share(one.text("label"), regions, category, parts, one.clause(), one.interpretation()))
    _note_twice(section, shares)
    return tuple(shares)


def _regions(one: Section) -> tuple[str, ...]:
    """`all`, or a list of names; without either: everywhere."""
    if "regions" not in one:
        return (EVERYWHERE,)
    place = one["regions"]
    return place.texts() if place.is_list() else (EVERYWHERE,) if place.one_of(("all",), "已有的写法") else ()


def _share_parts(one: Section, payers: Mapping[str, str], premium: Premium, category: str) -> dict[str, Figure]:
    """Per cent that add up to 100%, or amounts that add up to the rate."""
    parts: dict[str, Figure] = {}
    clause = one.clause()
    units = set()
    for code, place in one.entries("parts"):
        if code not in payers:
            expected = f"是 {'、'.join(payers)} 之一" if payers else "先写明有哪些出资方（现在一个也没有）"
            place.problem(f"「{code}」不是已声明的出资方", expected, "请改正，或先在 payers 写明")
        unit = "ratio" if place.text().endswith("%") else "money"
        units.add(unit)
        value, text = place.number(unit)
        parts[code] = Figure(value, text, clause)
    if parts:
        _note_sum(one["parts"], parts, units, premium, category)
    return {code: parts[code] for code in payers if code in parts}


def _note_sum(cursor: Cursor, parts: Mapping[str, Figure], units: set[str], premium: Premium, category: str) -> None:
    if len(units) > 1:
        cursor.problem("百分比与金额混写", "都写百分比，或都写每人金额", "请统一")
        return
    whole = sum((part.value for part in parts.values()), Decimal(0))
    if units == {"ratio"} and whole != 1:
        cursor.problem(f"各方比例相加是 {per_cent(whole)}", "正好 100%", "请核对各方比例")
    if units == {"money"} and (rate := _rate(premium, category)) is not None and whole != rate:
        cursor.problem(f"各方金额相加是 {whole}", f"等于保费标准 {rate}", "请核对各方金额")


def _rate(premium: Premium, category: str) -> Decimal | None:
    """The rate that amounts must add up to; None where it isn't one."""
    rate: Amount | None = premium.parts[0].rate if len(premium.parts) == 1 else None
    if isinstance(rate, Table) and category:
        rate = rate.values.get(category)
    return rate.value if isinstance(rate, Figure) else None


def _note_twice(section: Section, shares: list[Share]) -> None:
    owners: dict[tuple[str, str], str] = {}
    for share in shares:
        for region in share.regions:
            key = (region, share.category)
            if key in owners:
                section["shares"].problem(f"「{region}」既在{owners[key]}，又在{share.label}", "只归一档", "请核对通知")
            owners.setdefault(key, share.label)
    for earlier, share in pairwise(shares):
        if EVERYWHERE in earlier.regions and earlier.category in ("", share.category):
            found = f"「{share.label}」在写给全部地区的「{earlier.label}」之后，永远用不到"
            section["shares"].problem(found, "写给全部地区的放在最后", "请调换次序或核对")


def read_participation(section: Section) -> Participation | None:
    if "participation" not in section:
        return None
    one = section["participation"].section(("ratio", "population_label", "clause", "places"), ("interpretation",))
    one.interpretation()
    ratio = one.figure("ratio", "ratio")
    places = tuple(_target(item, ratio) for item in one.items("places"))
    return Participation(ratio, one.text("population_label"), places, one.clause())


def _target(cursor: Cursor, ratio: Figure) -> Target:
    one = cursor.section(("township", "population", "target"))
    numbers = [one[name].number("count")[0] if name in one else Decimal(1) for name in ("population", "target")]
    population, target = numbers
    expected = target_of(population, ratio.value)
    if "target" in one and target != expected:
        found = f"任务数 {target} 与人口 {population} × {ratio.text} 不符"
        one["target"].problem(found, f"是 {expected}（半人进一）", "请核对通知附件")
    return Target(one.text("township"), population, target)
