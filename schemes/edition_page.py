"""An edition as people read notices: what its page shows, section by section, only what the edition has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import timezone

from calc.money import format_yuan
from orgs.models import Organization, Region, User
from orgs.permissions import may
from schemes.models import Edition
from schemes.rules.rate_words import rate_lines
from schemes.state_form import StateForm
from schemes.states import Standing, standing_of
from schemes.terms.check import failed_examples
from schemes.terms.figures import Interpretation
from schemes.terms.model import Coverage, EditionTerms
from schemes.terms.present import FigureLine
from schemes.terms.sections import (
    EVERYBODYS,
    coverage_notes,
    coverage_readings,
    deadline_rows,
    department_rows,
    own_figures,
    readings_of,
    route_rows,
    shared_limits,
)
from schemes.terms.sections_money import pool_view, premium_rules, risk_table, share_table, target_table

# section of the page → the parts of the document whose readings stand there
READINGS = {
    "premium": ("premium", "shares"),
    "insurers": ("insurers", "not_taking_part"),
    "pool": ("pool", "risk_sharing"),
    "targets": ("participation",),
    "stages": ("stages",),
    "roster_steps": ("roster_steps",),
    "reporting": ("routes", "deadlines"),
    "departments": ("departments",),
    "period": ("period", "insured"),
}
LONG = 8  # more coverages than this get a list of their names to jump from


@dataclass(frozen=True)
class CoverageView:
    terms: Coverage
    figures: tuple[FigureLine, ...]
    more_limits: bool  # everybody's limits apply to it as well
    notes: tuple[FigureLine, ...]
    readings: tuple[Interpretation, ...]
    papers: tuple[str, ...]


@dataclass(frozen=True)
class ExampleRow:
    number: int
    name: str
    coverage: str
    wanted: str
    passed: bool


@dataclass(frozen=True)
class Part:
    """An entry of the page's own navigation."""

    anchor: str
    label: str


def page_context(edition: Edition, user: User, *, state_form: StateForm | None = None) -> dict[str, Any]:
    """All that the page of an edition prints of its terms; `state_form` where one was refused."""
    terms = edition.terms
    context = _terms_context(terms) | {
        "edition": edition,
        "terms": terms,
        "insurers": _by_insurer(edition),
        "region_word": "乡镇（街道）" if edition.place.level == Region.Level.COUNTY else "县（市、区）",
        "states": _states(edition, user, state_form),
        "sees_premium": may(user, "premium.view"),
    }
    return context | {"parts": tuple(_parts(context)), "long": len(terms.coverages) > LONG}


@lru_cache(maxsize=64)
def _terms_context(terms: EditionTerms) -> dict[str, Any]:
    """What follows from the terms alone; they never change."""
    failed = {one.name for one in failed_examples(terms)}
    return {
        "coverages": tuple(_coverage(terms, coverage) for coverage in terms.coverages.values()),
        "limits": [(one, readings_of(terms, f"limits.{one.limit.code}")) for one in shared_limits(terms)],
        "rates": tuple(rate_lines(terms)),
        "premium_rules": tuple(premium_rules(terms)),
        "shares": share_table(terms),
        "pool": pool_view(terms),
        "risk": risk_table(terms),
        "targets": target_table(terms),
        "routes": route_rows(terms),
        "deadlines": deadline_rows(terms),
        "departments": department_rows(terms),
        "examples": tuple(_examples(terms, failed)),
        "failed": len(failed),
        "readings": {section: readings_of(terms, *parts) for section, parts in READINGS.items()},
    }


def _coverage(terms: EditionTerms, coverage: Coverage) -> CoverageView:
    return CoverageView(
        coverage,
        own_figures(terms, coverage),
        any(terms.limits[code].per in EVERYBODYS for code in coverage.all_limits),
        tuple(coverage_notes(terms, coverage)),
        coverage_readings(terms, coverage),
        tuple(terms.papers[paper.code].label for paper in coverage.papers),
    )


def _examples(terms: EditionTerms, failed: set[str]) -> Iterator[ExampleRow]:
    for number, one in enumerate(terms.examples, start=1):
        wanted = "拒绝" if one.payable is None else f"{format_yuan(one.payable)} 元"
        yield ExampleRow(number, one.name, terms.coverages[one.coverage].label, wanted, one.name not in failed)


def _by_insurer(edition: Edition) -> list[dict[str, Any]]:
    parts: dict[Organization | None, list[str]] = {}
    for assignment in edition.assignments.select_related("township", "insurer"):
        parts.setdefault(assignment.insurer, []).append(assignment.township.name)
    return [{"insurer": insurer, "townships": names} for insurer, names in parts.items()]


def _states(edition: Edition, user: User, refused: StateForm | None) -> list[tuple[Standing, StateForm | None]]:
    """Every declared state, with the form for those who record it; a refused form keeps what was typed."""
    declared = standing_of(edition, edition.terms_on(timezone.localdate()), with_computed=may(user, "premium.view"))
    records = edition.is_published and may(user, "edition.state")
    records = records and edition.place.path.startswith(user.organization.region.path)
    rows: list[tuple[Standing, StateForm | None]] = []
    for one in declared:
        form = StateForm(fact=one.fact) if records and not one.by_itself else None
        rows.append((one, refused if refused and refused.fact.code == one.fact.code else form))
    return rows


def _parts(context: dict[str, Any]) -> Iterator[Part]:
    terms, readings = context["terms"], len(context["terms"].interpretations())
    yield Part("coverages", f"保障责任 {len(terms.coverages)}")
    optional = (
        ("limits", "共用限额"), ("premium", "保费与出资"), ("insurers", "承保分片"), ("pool", "共保体"),
        ("risk", "风险共担"), ("targets", "参保任务数"), ("stages", "阶段"), ("roster_steps", "名册步骤"),
        ("routes", "报案与时限"), ("departments", "认定部门"), ("states", "方案情况"),
    )  # fmt: skip
    always = {"premium": True, "stages": terms.stages, "roster_steps": terms.roster_steps}
    for name, label in optional:
        if always.get(name, context.get(name)):
            yield Part(name, label)
    yield Part("readings", f"口径说明 {readings}")
    yield Part("clauses", "通知原文")
    if context["examples"]:
        failed = context["failed"]
        outcome = f"{failed} 个不符" if failed else "全部通过"
        yield Part("examples", f"自带算例 {len(context['examples'])}，{outcome}")
