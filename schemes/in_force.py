"""Which terms of an edition an asked case goes by: those of its deciding date, as for a claim. ADR 0008."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from calc.dates import DateError, parse_date
from schemes.models import Edition, TermsRecord
from schemes.rules.refusal import FactProblem, FactsRefused
from schemes.terms.model import Coverage, EditionTerms


def offered_coverages(edition: Edition) -> dict[str, Coverage]:
    """All that the edition has paid or will pay: also what an amendment took out, for events before it."""
    coverages: dict[str, Coverage] = {}
    for terms in reversed(edition.versions()):
        coverages |= terms.coverages
    return coverages


def record_for(edition: Edition, coverage: str, facts: Mapping[str, object]) -> TermsRecord:
    """Whose terms decide: those of the deciding date, as far as the facts tell it; those of today until then.

    A coverage that these don't have is asked with the latest that have it. KeyError where none has.
    """
    latest = _latest_with(edition, coverage)
    told = deciding_day(latest.terms, coverage, facts)
    in_force = edition.record_on(told or timezone.localdate())
    return in_force if coverage in in_force.terms.coverages else latest


def terms_for(edition: Edition, coverage: str, facts: Mapping[str, object]) -> EditionTerms:
    """The terms of `record_for`."""
    return record_for(edition, coverage, facts).terms


def terms_to_quote(edition: Edition, coverage: str, facts: object) -> EditionTerms:
    """The same for a quote: FactsRefused where the terms of the day that is told don't have the coverage.

    A coverage that none has is left to the rules, which name those that there are.
    """
    if not edition.published_amendments:
        return edition.terms
    stated = facts if isinstance(facts, Mapping) else {}
    try:
        terms = record_for(edition, coverage, stated).terms
    except KeyError:
        return edition.terms_on(timezone.localdate())
    day = deciding_day(terms, coverage, stated)
    if day and coverage not in edition.terms_on(day).coverages:
        raise FactsRefused([FactProblem(terms.coverages[coverage].decided_by, not_then(terms, coverage, day))])
    return terms


def not_then(terms: EditionTerms, coverage: str, day: date) -> str:
    """Why nothing is asked for a coverage that an amendment brings in later, or has taken out."""
    label = terms.coverages[coverage].label
    return f"{day} 的条款里没有「{label}」这项责任，请核对日期，或选别的责任"


def deciding_day(terms: EditionTerms, coverage: str, facts: Mapping[str, object]) -> date | None:
    """The date that decides, as typed or as kept; None where it isn't told, or isn't one."""
    value = facts.get(terms.coverages[coverage].decided_by)  # the same fact in every amendment
    try:
        return parse_date(str(value)) if value else None
    except DateError:
        return None


def _latest_with(edition: Edition, coverage: str) -> TermsRecord:
    for record in [*edition.published_amendments, edition]:
        if coverage in record.terms.coverages:
            return record
    raise KeyError(coverage)
