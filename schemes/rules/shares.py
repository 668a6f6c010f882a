"""Who bears what: fiscal shares of a premium, a pool's shares of a payout, losses shared with the government."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from calc.money import WAN, from_fen, round_to_fen, round_to_wan, to_fen
from calc.splits import split
from schemes.rules.premium import Heads, person_premium_of
from schemes.terms.figures import Bounds
from schemes.terms.model import EditionTerms
from schemes.terms.premiums import Handling, Pool, Share

ZERO = Decimal(0)


class NoShare(ValueError):
    """The edition doesn't say who pays for a region, or has no pool; the message is a sentence."""


def payers_of(terms: EditionTerms, region: str, premium: Decimal, heads: Heads | None = None) -> dict[str, Decimal]:
    """The premium of a region by payer, in the edition's order, adding up to the fen; empty where no shares are set.

    Largest remainder, a tie to the payer listed first. Shares by category of person are split category by category.
    Raises NoShare.
    """
    if not terms.shares:
        return {}
    if not (heads and any(share.category for share in terms.shares)):
        return _split(terms, _share_of(terms, region, ""), premium)
    if premium and not any(heads.by_category.values()):
        raise NoShare(f"「{region}」的出资按人员类别分，但没有各类人数，保费 {premium} 元分不了，请填各类人数")
    parts = dict.fromkeys(terms.payers, ZERO)
    numbers = heads.by_category or dict.fromkeys(terms.premium.categories, 0)
    for category, own in _by_category(terms, premium, numbers).items():
        for payer, amount in _split(terms, _share_of(terms, region, category), own).items():
            parts[payer] += amount
    return parts


def _by_category(terms: EditionTerms, premium: Decimal, numbers: Mapping[str, int]) -> dict[str, Decimal]:
    """What of a region's premium falls on each category; what doesn't go by person (households, one sum for all) is
    divided by persons.
    """
    own = {
        code: person_premium_of(terms, Heads(number, by_category={code: number})) for code, number in numbers.items()
    }
    rest = premium - sum(own.values(), ZERO)
    if not rest:
        return own
    parts = split(to_fen(rest), list(numbers.values()))
    return {code: own[code] + from_fen(part) for code, part in zip(own, parts, strict=True)}


def _share_of(terms: EditionTerms, region: str, category: str) -> Share:
    for share in terms.shares:
        if share.serves(region, category):
            return share
    raise NoShare(f"「{region}」没有出资比例，请在年度方案的 shares 里写明")


def _split(terms: EditionTerms, share: Share, premium: Decimal) -> dict[str, Decimal]:
    weights = [share.parts[payer].value if payer in share.parts else ZERO for payer in terms.payers]
    parts = split(to_fen(premium), weights)
    return {payer: from_fen(part) for payer, part in zip(terms.payers, parts, strict=True)}


@dataclass(frozen=True, slots=True)
class StatedInWan:
    """A sum as it is appropriated, in whole 万元. `difference` (stated − exact, yuan) is the reconciling item."""

    wan: int
    stated: Decimal
    difference: Decimal


def stated_in_wan(exact: Decimal) -> StatedInWan:
    """The nearest 万元, half up (聊城 六（二）)."""
    wan = round_to_wan(exact)
    stated = round_to_fen(wan * WAN)
    return StatedInWan(wan, stated, stated - exact)


def handling_of(terms: EditionTerms, amount: Decimal) -> Handling:
    """How a case of this amount is handled in the pool (大足 附件2 二（一）); raises NoShare where nothing is set."""
    for rule in _pool(terms).handling:
        if rule.bounds.holds(amount):
            return rule
    raise NoShare(f"赔付 {amount} 元没有对应的处理方式，请在年度方案的 pool.handling 里写明")


def recoupment_of(terms: EditionTerms, paid: Decimal) -> dict[str, Decimal]:
    """What each member bears of a payout that the lead advanced, by share, to the fen (大足 附件2 三（二）（四）)."""
    members = _pool(terms).members
    parts = split(to_fen(paid), [member.share.value for member in members])
    return {member.code: from_fen(part) for member, part in zip(members, parts, strict=True)}


def vote_passes(terms: EditionTerms, in_favour: Decimal) -> bool:
    """Whether members with this sum of shares carry a vote."""
    above = _pool(terms).vote_above
    if above is None:
        raise NoShare("年度方案没有写表决比例，请在 pool.vote_above 里写明")
    return in_favour > above.value


def working_fund_of(terms: EditionTerms, premium_with_tax: Decimal) -> Decimal:
    """The ratio of the premium excluding tax, rounded half up (大足 附件2 一)."""
    fund, tax = _pool(terms).working_fund, terms.premium.tax_rate
    if fund is None:
        raise NoShare("年度方案没有写项目工作经费，请在 pool.working_fund 里写明")
    without_tax = premium_with_tax / (1 + tax.value) if tax else premium_with_tax
    return round_to_fen(without_tax * fund.ratio.value)


def _pool(terms: EditionTerms) -> Pool:
    if terms.pool is None:
        raise NoShare(f"「{terms.short_title}」没有共保体，请在年度方案的 pool 里写明")
    return terms.pool


@dataclass(frozen=True, slots=True)
class LayerLoss:
    """What of all losses lies in one layer, and who bears it."""

    text: str
    amount: Decimal
    parts: Mapping[str, Decimal]


def shared_losses(terms: EditionTerms, premium: Decimal, losses: Decimal) -> tuple[LayerLoss, ...]:
    """Losses of the edition by layer (multiples of the premium), each split among the parties to the fen."""
    sharing = terms.risk_sharing
    if sharing is None:
        raise NoShare(f"「{terms.short_title}」没有风险分担，请在年度方案的 risk_sharing 里写明")
    found = []
    for layer in sharing.layers:
        amount = _inside(layer.bounds, premium, losses)
        weights = [layer.shares[party].value if party in layer.shares else ZERO for party in sharing.parties]
        parts = split(to_fen(amount), weights)
        by_party = {party: from_fen(part) for party, part in zip(sharing.parties, parts, strict=True)}
        found.append(LayerLoss(layer.text, amount, by_party))
    return tuple(found)


def _inside(bounds: Bounds, premium: Decimal, losses: Decimal) -> Decimal:
    low = _edge(bounds.at_least if bounds.at_least is not None else bounds.above, premium)
    high = _edge(bounds.at_most if bounds.at_most is not None else bounds.below, premium)
    top = losses if high is None else min(losses, high)
    return round_to_fen(max(top - (low or ZERO), ZERO))


def _edge(edge: object, premium: Decimal) -> Decimal | None:
    return round_to_fen(edge * premium) if isinstance(edge, Decimal) else None
