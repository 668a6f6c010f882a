"""Premium, payers, co-insurers and targets of an edition, ready for a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from schemes.terms.figures import Figure
from schemes.terms.model import EditionTerms
from schemes.terms.premiums import EVERYWHERE, Member, Share
from schemes.terms.present import FigureLine

_WAYS: Mapping[str, str] = {
    "lead_insurer_alone": "首席承保人全权处理",
    "inform_coinsurers": "赔付前告知各共保方，听取意见",
    "joint_meeting": "全体共保人会商",
}
_PRO_RATA: Mapping[str, str] = {"days": "按天折算", "months": "按月折算，不足一月算一月"}


@dataclass(frozen=True, slots=True)
class ShareRow:
    """`whom`: the regions or the category of person; `parts` in the order of the payers."""

    label: str
    whom: str
    parts: tuple[str, ...]
    clause: str
    trial: bool


@dataclass(frozen=True, slots=True)
class ShareTable:
    payers: tuple[str, ...]
    rows: tuple[ShareRow, ...]


@dataclass(frozen=True, slots=True)
class PoolView:
    """`rules`: who decides a case of which size, the vote, the working fund."""

    members: tuple[Member, ...]
    rules: tuple[FigureLine, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    township: str
    population: Decimal
    target: Decimal


@dataclass(frozen=True, slots=True)
class TargetTable:
    """参保任务数, with the sums of the places."""

    population_label: str
    ratio: Figure
    rows: tuple[TargetRow, ...]
    population: Decimal
    target: Decimal
    clause: str


def premium_rules(terms: EditionTerms) -> Iterator[FigureLine]:
    """What decides the premium beside its rates: whose heads count, part of a year, last year's balance, tax."""
    premium = terms.premium
    census = premium.figures == "census"
    counted = f"按{premium.figures_of or '主管部门录入的人数'}" if census else "按参保名册"
    yield FigureLine("计费人数", counted, premium.clause)
    if premium.pro_rata:
        yield FigureLine("不满一期", _PRO_RATA[premium.pro_rata], premium.clause)
    if premium.carry_over:
        ratio = premium.carry_over.ratio
        yield FigureLine("上年结余", f"{ratio.text} 抵减本年保费", ratio.clause, ratio.trial)
    if premium.tax_rate:
        yield FigureLine("税率", premium.tax_rate.text, premium.tax_rate.clause, premium.tax_rate.trial)


def share_table(terms: EditionTerms) -> ShareTable | None:
    """Who pays which part, by class of regions or category of person; None where the edition doesn't say."""
    if not terms.shares:
        return None
    rows = tuple(
        ShareRow(
            share.label,
            _whom(terms, share),
            tuple(_part(share.parts.get(payer)) for payer in terms.payers),
            share.clause,
            any(figure.trial for figure in share.parts.values()),
        )
        for share in terms.shares
    )
    return ShareTable(tuple(terms.payers.values()), rows)


def _whom(terms: EditionTerms, share: Share) -> str:
    regions = "全部" if EVERYWHERE in share.regions else "、".join(share.regions)
    category = terms.premium.categories.get(share.category, share.category)
    return "，".join(filter(None, (category, regions if share.regions else ""))) or "全部"


def _part(figure: Figure | None) -> str:
    if figure is None:
        return "—"
    return figure.text if figure.text.endswith("%") else f"{figure.text} 元"


def pool_view(terms: EditionTerms) -> PoolView | None:
    """The coinsurance pool; the lead is the first member."""
    pool = terms.pool
    if pool is None:
        return None
    rules = [FigureLine(f"单案赔付 {one.text} 元", _WAYS[one.way], one.clause) for one in pool.handling]
    if pool.vote_above:
        vote = pool.vote_above
        rules.append(FigureLine("表决", f"按承保份额，赞成份额超过 {vote.text}", vote.clause, vote.trial))
    if pool.working_fund:
        ratio = pool.working_fund.ratio
        uses = "、".join(pool.working_fund.uses)
        text = f"不含税保费的 {ratio.text}，各家按份额承担" + (f"；用于{uses}" if uses else "")
        rules.append(FigureLine("工作经费", text, ratio.clause, ratio.trial))
    return PoolView(pool.members, tuple(rules), pool.clause)


def risk_table(terms: EditionTerms) -> ShareTable | None:
    """Who bears the losses, by their height in terms of the premium."""
    sharing = terms.risk_sharing
    if sharing is None:
        return None
    rows = tuple(
        ShareRow(
            layer.text,
            layer.text,
            tuple(_part(layer.shares.get(party)) for party in sharing.parties),
            layer.clause,
            any(figure.trial for figure in layer.shares.values()),
        )
        for layer in sharing.layers
    )
    return ShareTable(tuple(sharing.parties.values()), rows)


def target_table(terms: EditionTerms) -> TargetTable | None:
    """How many are to take part, place by place; None where the edition sets no targets."""
    found = terms.participation
    if found is None:
        return None
    rows = tuple(TargetRow(one.township, one.population, one.target) for one in found.places)
    return TargetTable(
        found.population_label,
        found.ratio,
        rows,
        sum((row.population for row in rows), Decimal(0)),
        sum((row.target for row in rows), Decimal(0)),
        found.clause,
    )
