"""What waits for somebody on the way of the rosters: the counters of their workbench, each with where it leads."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from enrollment.models import Objection, RosterStepTaken, TownshipRoster
from enrollment.services.progress import state_of
from enrollment.timeline import assignments_in_sight, signed_villages, village_counts
from enrollment.village_rows import villages_of
from enrollment.workflow import DRAFTING
from orgs.models import Region, User
from orgs.permissions import may
from orgs.scope import visible
from schemes.models import Edition

# the step that a role's act completes, and what it is called on the workbench
OFFICES = (
    ("roster.register", "police", "待确认户籍"),
    ("roster.collate", "collate", "待汇总"),
    ("roster.underwrite", "underwrite", "待承保确认"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    n: int
    name: str
    hint: str
    url: str
    tone: str = ""


def waiting_for(edition: Edition, user: User) -> list[Waiting]:
    """Empty where the edition's rosters take no steps, or the person takes none."""
    if edition.terms.roster_steps is None or not may(user, "roster.steps"):
        return []
    if may(user, "roster.review"):
        is_village = user.organization.region.level == Region.Level.VILLAGE
        return list(_for_village(edition, user) if is_village else _for_township(edition, user))
    return list(_for_offices(edition, user))


def _for_village(edition: Edition, user: User) -> Iterator[Waiting]:
    assignment = assignments_in_sight(edition, user).first()
    if assignment is None or state_of(edition, assignment.township_id) != DRAFTING:
        return
    villages = villages_of(edition, assignment.township, user)
    to_hand_in = sum(row.persons for row in villages.rows if row.state in ("open", "lapsed"))
    url = reverse("roster_township", args=[edition.code, assignment.township_id])
    yield Waiting(to_hand_in, "待交的人", "登记齐了交乡镇审核", url)


def _for_township(edition: Edition, user: User) -> Iterator[Waiting]:
    assignment = assignments_in_sight(edition, user).first()
    if assignment is None:
        return
    url = reverse("roster_township", args=[edition.code, assignment.township_id])
    roster = visible(TownshipRoster, user).filter(edition=edition, township=assignment.township_id).first()
    if roster is None or roster.state == DRAFTING:
        filled = village_counts(edition, user).get(assignment.township_id, (0, 0))[1]
        to_sign = filled - signed_villages(edition, user).get(assignment.township_id, 0)
        yield Waiting(to_sign, "待签收的村", "签收齐了再上报", f"{url}#h-vil")
    last = visible(RosterStepTaken, user).filter(roster=roster).last() if roster and roster.state == DRAFTING else None
    if last is not None:
        yield Waiting(1, "退回的名册", last.opinion[:20] or "有异议要答复", url, "due")
    open_ones = visible(Objection, user).filter(edition=edition, township=assignment.township_id, state="open").count()
    yield Waiting(open_ones, "待答复的异议", "删除或说明", f"{url}#h-obj", "due" if open_ones else "")


def _for_offices(edition: Edition, user: User) -> Iterator[Waiting]:
    for act, state, name in OFFICES:
        if not may(user, act):
            continue
        n = visible(TownshipRoster, user).filter(edition=edition, state=state).count()
        yield Waiting(n, name, "个乡镇的名册", f"{reverse('roster_progress')}?state={state}")
        if state in Objection.Step.values:
            answered = visible(Objection, user).filter(edition=edition, state="explained", step=state).count()
            yield Waiting(answered, "待核的说明", "乡镇已答复的异议", f"{reverse('roster_progress')}?state=objected")
