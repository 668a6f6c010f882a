"""What an edition says beside its coverages, ready for a page: routes, deadlines, departments, shared limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from schemes.terms.benefits import ByChoice
from schemes.terms.figures import Interpretation
from schemes.terms.model import Coverage, Deadline, EditionTerms, Limit, Route
from schemes.terms.present import FigureLine, figure_lines, limit_lines, term_text

STEPS: Mapping[str, str] = {"reported": "报案", "accepted": "受理", "paid": "赔付"}
PER: Mapping[str, str] = {
    "person": "每人",
    "house": "每处房屋",
    "household": "每户",
    "accident": "每人每次事故",
    "claim": "每案",
    "event": "每次灾害（所有人）",
    "county": "每县",
    "edition": "整个方案",
}
EVERYBODYS = ("event", "county", "edition")


@dataclass(frozen=True, slots=True)
class RouteRow:
    """How cases of these coverages come in."""

    route: Route
    coverages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """`text`: `报案后 7 个工作日`."""

    deadline: Deadline
    until: str
    text: str
    coverages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedLimit:
    """A limit that several coverages use up together, or that counts for everybody; `who` draws on it."""

    limit: Limit
    per: str
    lines: tuple[FigureLine, ...]
    who: tuple[str, ...]


def readings_of(terms: EditionTerms, *parts: str) -> tuple[Interpretation, ...]:
    """The readings taken at these parts of the document: `premium`, `limits.per_person`."""
    return tuple(
        reading
        for reading in terms.interpretations()
        if any(reading.where == part or reading.where.startswith((f"{part}.", f"{part}[")) for part in parts)
    )


def coverage_readings(terms: EditionTerms, coverage: Coverage) -> tuple[Interpretation, ...]:
    """The readings of a coverage and of the limits that are its own."""
    own = [code for code in dict.fromkeys(coverage.all_limits) if len(terms.sharing(code)) == 1]
    return readings_of(terms, f"coverages.{coverage.code}", *(f"limits.{code}" for code in own))


def coverage_notes(terms: EditionTerms, coverage: Coverage) -> Iterator[FigureLine]:
    """Who certifies, what is paid in its stead, what advances come off: beside the figures, in words."""
    if coverage.certified_by:
        yield FigureLine("认定", "、".join(terms.departments[code] for code in coverage.certified_by), "")
    rule = coverage.follow_on
    if rule:
        after = "、".join(terms.coverages[code].label for code in rule.after)
        same = "同一次事故" if rule.same_accident else ""
        text = f"{same}{after}赔满 {rule.reached.text} 元后 {term_text(rule.term)}之内，改按“{rule.label}”给付"
        yield FigureLine("追加给付", text, rule.clause, rule.reached.trial or rule.term.length.trial)
    if coverage.settles:
        advances = "、".join(terms.coverages[code].label for code in coverage.settles.coverages)
        yield FigureLine("预付", f"同一次事故已按“{advances}”预付的，从赔付里扣回，多退少补", coverage.settles.clause)


def route_rows(terms: EditionTerms) -> tuple[RouteRow, ...]:
    return tuple(RouteRow(route, _labels(terms, "route", code)) for code, route in terms.routes.items())


def deadline_rows(terms: EditionTerms) -> tuple[DeadlineRow, ...]:
    rows = []
    for code, deadline in terms.deadlines.items():
        bound = [one.label for one in terms.coverages.values() if code in [due.code for due in one.deadlines]]
        rows.append(DeadlineRow(deadline, STEPS[deadline.until], deadline_text(deadline), tuple(bound)))
    return tuple(rows)


def deadline_text(deadline: Deadline) -> str:
    """`报案后 7 个工作日`."""
    return f"{STEPS[deadline.after]}后 {deadline.days.text} {'个工作日' if deadline.unit == 'working_days' else '天'}"


def department_rows(terms: EditionTerms) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each department with the coverages that it certifies."""
    rows = []
    for code, label in terms.departments.items():
        coverages = tuple(one.label for one in terms.coverages.values() if code in one.certified_by)
        rows.append((label, coverages))
    return tuple(rows)


def shared_limits(terms: EditionTerms) -> tuple[SharedLimit, ...]:
    """Limits of several coverages, and those that count for everybody."""
    found = []
    for code, limit in terms.limits.items():
        sharing = terms.sharing(code)
        if len(sharing) > 1 or limit.per in EVERYBODYS:
            who = tuple(_drawing(terms.coverages[one], cases) for one, cases in sharing.items())
            found.append(SharedLimit(limit, PER[limit.per], tuple(_heights(terms, limit)), who))
    return tuple(found)


def own_figures(terms: EditionTerms, coverage: Coverage) -> tuple[FigureLine, ...]:
    """The figures of a coverage without the limits that everybody uses up: those stand once, with the shared limits."""
    everybodys = {
        line
        for code in coverage.all_limits
        if terms.limits[code].per in EVERYBODYS
        for line in limit_lines(terms, terms.limits[code])
    }
    return tuple(line for line in figure_lines(terms, coverage) if line not in everybodys)


def _heights(terms: EditionTerms, limit: Limit) -> Iterator[FigureLine]:
    """With the question that decides before each answer: `已决定上浮：是`."""
    question = f"{terms.all_facts[limit.by].label}：" if limit.by else ""
    for line in limit_lines(terms, limit):
        yield replace(line, label=question + line.label.removeprefix(limit.label).strip())


def _drawing(coverage: Coverage, cases: frozenset[str]) -> str:
    benefit = coverage.benefit
    if not isinstance(benefit, ByChoice) or not cases:
        return coverage.label
    return f"{coverage.label}（{'、'.join(one.label for code, one in benefit.cases.items() if code in cases)}）"


def _labels(terms: EditionTerms, name: str, code: str) -> tuple[str, ...]:
    return tuple(one.label for one in terms.coverages.values() if getattr(one, name) == code)
