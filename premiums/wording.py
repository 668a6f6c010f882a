"""The words of a sheet that come from the edition's terms: rates, clauses, columns, the regions' own names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orgs.models import Region
from orgs.services.regions import names_of
from schemes.models import Edition
from schemes.rules.rate_words import rate_lines
from schemes.terms.figures import Figure, figures_in
from schemes.terms.model import EditionTerms
from schemes.terms.premiums import EVERYWHERE


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures. `kind`: count, or money (kept in fen); `payer` for what one of them bears."""

    key: str
    title: str
    kind: str
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    clause: str
    text: str
    trial: bool = False


def columns_of(terms: EditionTerms, *, endorsed: bool = False) -> tuple[Column, ...]:
    """Persons and premium always; households, units and payers only where the edition has them.

    `endorsed`: with what endorsements changed after the start; the heads are those at the start.
    """
    bases = {part.basis for part in terms.premium.parts}
    columns = [Column("persons", _persons_word(terms, endorsed), "count")]
    if "household" in bases:
        columns.append(Column("households", "户数", "count"))
    if "unit" in bases:
        columns.append(Column("units", "份数", "count"))
    if endorsed:
        columns += [Column("endorsements", "批改（件）", "count"), Column("endorsed_fen", "批改保费", "money")]
    columns.append(Column("fen", "保费", "money"))
    if terms.shares:
        columns += [Column(f"share_{code}", label, "money", code) for code, label in terms.payers.items()]
    return tuple(columns)


def _persons_word(terms: EditionTerms, endorsed: bool) -> str:
    if endorsed:
        return "起保人数"
    return "参保人数" if terms.insured.roster else "人数"


def region_word(edition: Edition) -> str:
    """What the rows of the edition's sheet are."""
    return "乡镇（街道）" if edition.place.level == Region.Level.COUNTY else "县（市、区）"


def clauses_text(terms: EditionTerms) -> str:
    """The clauses that the sheet rests on, in the notice's order: `三、四`."""
    named = {figure.clause for figure in _figures(terms)} | {terms.premium.clause}
    named |= {share.clause for share in terms.shares} | {insurer.clause for insurer in terms.insurers}
    return "、".join(clause for clause in terms.clauses if clause in named)


def _figures(terms: EditionTerms) -> Iterator[Figure]:
    for part in terms.premium.parts:
        yield from (figure for _, figure in figures_in(part.rate))
    if terms.premium.carry_over:
        yield terms.premium.carry_over.ratio


def reasons_of(edition: Edition) -> tuple[Reason, ...]:
    """What stands beside the sheet: rates, who is insured, who pays, who insures."""
    terms = edition.terms
    rates = [Reason(line.clause, line.text, line.trial) for line in rate_lines(terms)]
    return (
        *rates,
        Reason(terms.insured.clause, terms.insured.who),
        *_share_reasons(terms),
        *_carry_over_reasons(terms),
        *_insurer_reasons(edition),
    )


def _share_reasons(terms: EditionTerms) -> Iterator[Reason]:
    for share in terms.shares:
        parts = "，".join(
            f"{terms.payers[payer]} {figure.text}{'' if figure.text.endswith('%') else ' 元'}"
            for payer, figure in share.parts.items()
        )
        trial = any(figure.trial for figure in share.parts.values()) or _is_trial(share.interpretation)
        yield Reason(share.clause, f"{share.label}：{parts}", trial)


def _is_trial(interpretation: object) -> bool:
    return bool(getattr(interpretation, "trial", False))


def _carry_over_reasons(terms: EditionTerms) -> Iterator[Reason]:
    if terms.premium.carry_over:
        ratio = terms.premium.carry_over.ratio
        yield Reason(ratio.clause, f"上年结余的 {ratio.text} 抵减本年保费", ratio.trial)


def _insurer_reasons(edition: Edition) -> Iterator[Reason]:
    terms = edition.terms
    if terms.pool:
        trial = any(member.share.trial for member in terms.pool.members)
        text = f"{len(terms.pool.members)} 家组成共保体，首席承保人 {terms.pool.lead.name}"
        yield Reason(terms.pool.clause, text, trial)
    elif terms.insurers:
        everywhere = terms.insurers[0].everywhere
        word = "乡镇" if edition.place.level == Region.Level.COUNTY else "县（市、区）"
        text = "全境由一家承保机构负责" if everywhere else f"每个{word}由一家承保机构负责"
        yield Reason(terms.insurers[0].clause, text)


def names_in_shares(terms: EditionTerms, regions: Sequence[Region]) -> dict[int, str]:
    """Region id → the name by which the edition's shares call it; its present name where they don't."""
    written = {name for share in terms.shares for name in share.regions if name != EVERYWHERE}
    return _written(written, regions) if written else {region.pk: region.name for region in regions}


def notice_names(terms: EditionTerms, regions: Sequence[Region]) -> dict[int, str]:
    """Region id → the name that the notice uses for it; for a zone without mention, its alias."""
    written = {name for share in terms.shares for name in share.regions}
    written |= {name for insurer in terms.insurers for name in insurer.townships}
    return _written(written, regions)


def _written(written: set[str], regions: Sequence[Region]) -> dict[int, str]:
    return {pk: next((name for name in names if name in written), names[0]) for pk, names in names_of(regions).items()}
