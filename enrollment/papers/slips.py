"""保险凭证 by household, and the check code of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from enrollment.models import Paper, PolicySlip
from enrollment.papers.content import RosterContent
from enrollment.papers.families import Family
from enrollment.papers.premium import family_premium_fen, premium_text
from enrollment.papers.sheets import Names, Sheet, Village, code_of, stamp_of, terms_now
from office.check_code import check_code
from orgs.models import Organization, Region, User
from schemes.models import Edition
from schemes.terms.model import EditionTerms
from schemes.terms.summary import cover_lines, period_text, route_lines

Numbered = Mapping[tuple[int, str], PolicySlip]  # village id and household key → its slip


def slip_code(number: str, terms: EditionTerms, family: Family) -> str:
    """What a slip says of its household; another code once somebody joins, leaves or is corrected."""
    members = [[one.id_index, one.name, one.relation] for one in family.members]
    return check_code([terms.code, number, members, family_premium_fen(terms, family)])


def slips_sheet(
    edition: Edition,
    place: Region,
    villages: Sequence[Village],
    numbered: Numbered,
    content: RosterContent,
    insurer: Organization | None,
    by: User,
) -> Sheet:
    """The slips of a village, or of a township village by village. Every household has its numbered slip already."""
    terms, names = edition.terms, Names()
    issued = [(one.region, family, numbered[one.region.pk, family.key]) for one in villages for family in one.families]
    slips = [_slip(terms, village, family, slip, names) for village, family, slip in issued]
    code = code_of(Paper.SLIPS, edition, place, content.digest)
    title = f"{place.name}{edition.title}保险凭证"
    data = cover_data(edition, insurer) | {"title": title, "slips": slips, "code": code} | stamp_of(by)
    return Sheet(
        document="slips",
        name=f"{title}.pdf",
        village=place if place.level == Region.Level.VILLAGE else None,
        data=data,
        code=code,
        digest=content.digest,
        persons=content.persons,
        households=len(slips),
        premium_fen=_sum([slip.premium_fen for _, _, slip in issued]),
        unprintable=len(names.unprintable),
    )


def _sum(premiums: Sequence[int | None]) -> int | None:
    """None where the premium does not go by person."""
    known = [fen for fen in premiums if fen is not None]
    return sum(known) if len(known) == len(premiums) else None


def cover_data(edition: Edition, insurer: Organization | None) -> dict[str, Any]:
    """What every household of a township is told alike: cover, days, insurer, how to report."""
    terms = terms_now(edition)
    return {
        "edition": edition.title,
        "period": period_text(terms),
        "insurer": insurer.name if insurer else "",
        "hotline": insurer.hotline if insurer else "",
        "notice": terms.notice.number,
        "covers": [{"label": one.label, "text": one.text, "clause": one.clause} for one in cover_lines(terms)],
        "ways": list(route_lines(terms)),
    }


def _slip(terms: EditionTerms, village: Region, family: Family, slip: PolicySlip, names: Names) -> dict[str, Any]:
    township = village.parent.name if village.parent else ""
    return {
        "number": slip.number,
        "code": slip.code,
        "head": names.printed(family.head.name, slip.running),
        "place": f"{township}{village.name}{family.group}",
        "premium": premium_text(terms, slip.premium_fen),
        "members": [
            [names.printed(one.name, slip.running), str(one.id_number), one.relation_word] for one in family.members
        ],
    }
