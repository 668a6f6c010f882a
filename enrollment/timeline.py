"""Where every township stands on the way of its roster: done, due, late, not begun; by whom and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from enrollment.models import Objection, RosterStepTaken, TownshipRoster, VillageReview, VillageTotal
from enrollment.services.progress import state_of
from enrollment.workflow import ACTION_OF_STEP, DRAFTING, STATE, State, path_of
from orgs.models import Organization, Region, User
from orgs.scope import scope_of, visible
from schemes.models import Edition, InsurerAssignment
from schemes.terms.roster_steps import RosterStep


@dataclass(frozen=True, slots=True)
class StepMark:
    """`mark`: done, now (it is being worked on) or todo. `days_late`: so far, or when it was done; 0 in time.

    A step that waits for an earlier one is never late itself: whoever takes it could not have begun.
    """

    terms: RosterStep
    mark: str
    done_on: date | None
    by_name: str
    days_late: int


@dataclass(frozen=True, slots=True)
class TownshipLine:
    township: Region
    insurer: Organization
    state: State
    persons: int
    villages: int
    signed: int
    marks: tuple[StepMark, ...]
    pending: int
    version: int

    @property
    def is_late(self) -> bool:
        return any(one.days_late and one.mark != "done" for one in self.marks)


def assignments_in_sight(edition: Edition, user: User) -> QuerySet[InsurerAssignment]:
    """The townships that take part and concern the person; a village's own township concerns the village."""
    scope = scope_of(user)
    rows = edition.assignments.filter(insurer__isnull=False).select_related("township", "insurer")
    if scope.organizations:
        return rows.filter(insurer_id__in=scope.organizations).order_by("township__path")
    if not scope.region_path:
        return rows.none()
    own = user.organization.region
    above = Q(township_id__in=own.path_ids)
    return rows.filter(Q(township__path__startswith=scope.region_path) | above).order_by("township__path")


def timeline_of(edition: Edition, user: User, today: date) -> list[TownshipLine]:
    """A line for each township that concerns the person, in a fixed number of questions."""
    rosters = {one.township_id: one for one in visible(TownshipRoster, user).filter(edition=edition)}
    taken = _latest_steps(edition, user)
    totals = village_counts(edition, user)
    signed = signed_villages(edition, user)
    pending = _pending(edition, user)
    lines = []
    for assignment in assignments_in_sight(edition, user):
        pk = assignment.township_id
        roster = rosters.get(pk) or _unseen(edition, pk, user)
        persons, villages = totals.get(pk, (0, 0))
        lines.append(
            TownshipLine(
                assignment.township, assignment.insurer, STATE[roster.state], persons, villages, signed.get(pk, 0),
                step_marks(edition, roster, taken.get(roster.pk or 0, {}), today), pending.get(pk, 0), roster.version,
            )
        )  # fmt: skip
    return lines


def _unseen(edition: Edition, township_id: int, user: User) -> TownshipRoster:
    """A roster that has no row yet; a village learns the state of its township's, and no more."""
    is_village = user.organization.region.level == Region.Level.VILLAGE
    state = state_of(edition, township_id) if is_village else DRAFTING
    return TownshipRoster(edition=edition, township_id=township_id, state=state)


def step_marks(
    edition: Edition, roster: TownshipRoster, taken: Mapping[str, RosterStepTaken], today: date
) -> tuple[StepMark, ...]:
    """One mark for each step of the edition; `taken`: the latest of each action."""
    steps = edition.terms.roster_steps
    if steps is None:
        return ()
    path = path_of(steps.order)
    at = path.index(roster.state) if roster.state in path else 0
    marks = []
    for position, terms in enumerate(steps.steps):
        done = position < at
        mark = "done" if done else ("now" if position == at else "todo")
        last = taken.get(ACTION_OF_STEP[terms.step]) if done else None
        done_on = timezone.localdate(last.at) if last else None
        reached = {"done": done_on, "now": today}.get(mark)
        marks.append(StepMark(terms, mark, done_on, last.by_name if last else "", _days_late(terms.due, reached)))
    return tuple(marks)


def _days_late(due: date | None, reached: date | None) -> int:
    return (reached - due).days if due and reached and reached > due else 0


def _latest_steps(edition: Edition, user: User) -> dict[int, dict[str, RosterStepTaken]]:
    found: dict[int, dict[str, RosterStepTaken]] = {}
    rows = visible(RosterStepTaken, user).filter(roster__edition=edition).order_by("id")
    for step in rows.only("roster_id", "action", "at", "by_name"):
        found.setdefault(step.roster_id, {})[step.action] = step
    return found


def village_counts(edition: Edition, user: User) -> dict[int, tuple[int, int]]:
    """Township id → persons and villages that have any."""
    rows = visible(VillageTotal, user).filter(edition=edition).values_list("township_id").order_by()
    return {pk: (n, villages) for pk, n, villages in rows.annotate(n=Sum("persons"), villages=Count("id"))}


def signed_villages(edition: Edition, user: User) -> dict[int, int]:
    """Township id → villages signed off whose sums are still the same; the township's page looks person by person."""
    now = dict(visible(VillageTotal, user).filter(edition=edition).values_list("village_id", "persons"))
    found: dict[int, int] = {}
    reviews = visible(VillageReview, user).filter(edition=edition, signed_at__isnull=False)
    for township, village, persons in reviews.values_list("township_id", "village_id", "persons"):
        found[township] = found.get(township, 0) + (now.get(village) == persons)
    return found


def _pending(edition: Edition, user: User) -> dict[int, int]:
    rows = visible(Objection, user).filter(edition=edition, state__in=Objection.PENDING)
    return dict(rows.values_list("township_id").annotate(n=Count("id")).order_by())


@dataclass(frozen=True, slots=True)
class Counter:
    code: str
    name: str
    hint: str
    n: int
    tone: str = ""


def counters_of(lines: list[TownshipLine], order: tuple[str, ...]) -> list[Counter]:
    """How many townships stand where; each is a filter of the list."""
    found = [
        Counter(code, STATE[code].name, "乡镇", sum(line.state.code == code for line in lines))
        for code in path_of(order)
    ]
    late = sum(line.is_late for line in lines)
    objected = sum(bool(line.pending) for line in lines)
    found.append(Counter("objected", "有异议", "待了结", objected, "due" if objected else ""))
    found.append(Counter("late", "逾期", "过了期限没有办完", late, "late" if late else ""))
    return found


def filtered(lines: list[TownshipLine], code: str) -> list[TownshipLine]:
    """The lines of one counter; all for any other word."""
    if code == "late":
        return [line for line in lines if line.is_late]
    if code == "objected":
        return [line for line in lines if line.pending]
    return [line for line in lines if line.state.code == code] if code in STATE else lines
