"""An edition as data: what its page shows, with the figures as printed and their clauses."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from orgs.permissions import may
from orgs.scope import visible
from schemes.finding import EditionUnknown
from schemes.models import Edition
from schemes.terms.model import Coverage, EditionTerms, Listed
from schemes.terms.present import figure_lines, premium_lines

Data = dict[str, Any]
SHARING = ("payers", "shares", "pool", "risk_sharing", "participation")  # who pays, who bears


def readable_editions(user: Any) -> QuerySet[Edition]:
    """Those of the person's place; what is not published only for whoever may draft."""
    rows = visible(Edition, user).select_related("place", "scheme")
    return rows if may(user, "edition.draft") else rows.filter(state=Edition.State.PUBLISHED)


class Quotable:
    """Finds the published editions of a person's place by code, in one question for however many quotes."""

    def __init__(self, user: Any) -> None:
        rows = visible(Edition, user).filter(state=Edition.State.PUBLISHED).defer("document")
        self._editions = {edition.code: edition for edition in rows}

    def __call__(self, code: str) -> Edition:
        """EditionUnknown in the same words for a foreign code as for one that nobody has."""
        if code not in self._editions:
            known = "、".join(self._editions) or "还没有"
            raise EditionUnknown(f"没有这个已发布的年度方案，可用的有：{known}")
        return self._editions[code]


def edition_line(edition: Edition) -> Data:
    """What identifies an edition and its terms."""
    return {
        "code": edition.code,
        "title": edition.title,
        "scheme": {"code": edition.scheme.code, "name": edition.scheme.name},
        "place": {"code": edition.place.code or "", "name": edition.place.name},
        "first_day": edition.first_day,
        "last_day": edition.last_day,
        "state": edition.state,
        "published_at": edition.published_at,
        "sha256": edition.sha256,
    }


def edition_data(edition: Edition) -> Data:
    """The line, and the terms part by part in the notice's order."""
    terms = edition.terms
    return edition_line(edition) | {
        "notice": plain(terms.notice),
        "period": plain(terms.period),
        "insured": plain(terms.insured),
        "premium": {"figures": plain(premium_lines(terms.premium)), "terms": plain(terms.premium)},
        "sharing": {name: plain(getattr(terms, name)) for name in SHARING},
        "stages": plain(terms.stages),
        "roster_steps": plain(terms.roster_steps),
        "facts": plain(list(terms.facts.values())),
        "edition_facts": plain(list(terms.state.values())),
        "coverages": [_coverage(terms, coverage) for coverage in terms.coverages.values()],
        "limits": plain(list(terms.limits.values())),
        "interpretations": plain(terms.interpretations()),
        "trial_figures": plain(terms.trials),
        "insurers": _insurers(edition),
    }


def _coverage(terms: EditionTerms, coverage: Coverage) -> Data:
    return {
        "code": coverage.code,
        "label": coverage.label,
        "clause": coverage.clause,
        "words": coverage.words,
        "figures": plain(figure_lines(terms, coverage)),
        "facts": [_listed(listed) for listed in coverage.asks],
        "limits": list(coverage.limits),
        "deadlines": plain(coverage.deadlines),
        "papers": [_listed(listed) | {"label": terms.papers[listed.code].label} for listed in coverage.papers],
        "payees": [_listed(listed) | {"label": terms.payees[listed.code].label} for listed in coverage.payees],
    }


def _listed(listed: Listed) -> Data:
    return {"code": listed.code, "required": listed.required, "when": plain(listed.when)}


def _insurers(edition: Edition) -> list[Data]:
    """Each insurer with its townships; last, without a name, the townships that take no part."""
    parts: dict[Any, list[Data]] = {}
    for row in edition.assignments.select_related("township", "insurer"):
        township = {"code": row.township.code or "", "name": row.township.name, "clause": row.clause}
        parts.setdefault(row.insurer, []).append(township)
    return [_insurer(insurer) | {"townships": townships} for insurer, townships in parts.items()]


def _insurer(insurer: Any) -> Data:
    if insurer is None:
        return {"name": "", "short_name": "", "hotline": ""}
    return {"name": insurer.name, "short_name": insurer.short_name, "hotline": insurer.hotline}


def plain(value: Any) -> Any:
    """A value of the terms as JSON has it: numbers that count as text, days as ISO, sets in order."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((plain(part) for part in value), key=str)
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
