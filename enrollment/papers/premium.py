"""The premium as papers of people show it: only where it goes by person."""

from calc.money import format_yuan, from_fen, to_fen
from enrollment.papers.families import Family
from schemes.rules.premium import Heads, premium_of, pro_rata
from schemes.terms.model import EditionTerms

MONEY_MARK = "〔试用参数〕"


def goes_by_person(terms: EditionTerms) -> bool:
    """Whether a number of people alone gives the premium."""
    premium = terms.premium
    return not premium.categories and all(part.basis == "person" for part in premium.parts)


def premium_fen(terms: EditionTerms, persons: int) -> int | None:
    """Fen for so many people insured over the whole period; None where the premium does not go by person."""
    return to_fen(premium_of(terms, Heads(persons=persons))) if goes_by_person(terms) else None


def family_premium_fen(terms: EditionTerms, family: Family) -> int | None:
    """Fen for a household: who joined or left by endorsement pays for their days, as the edition says."""
    if not goes_by_person(terms):
        return None
    rate, period = premium_of(terms, Heads(persons=1)), terms.period.range
    return sum(
        to_fen(pro_rata(terms, rate, one.covered_from or period.first, one.covered_to or period.last))
        for one in family.members
    )


def premium_text(terms: EditionTerms, fen: int | None) -> str:
    """`390,000.00 元`, marked where the rate is made up; empty for None."""
    if fen is None:
        return ""
    return f"{format_yuan(from_fen(fen))} 元{MONEY_MARK if terms.premium.rate.trial else ''}"
