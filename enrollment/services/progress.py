"""Where a township's roster stands, and what follows from it for whoever wants to change it or build on it."""

from collections.abc import Collection
from dataclasses import dataclass

from enrollment.models import Enrollment, RosterBatch, RosterRow, TownshipRoster
from enrollment.workflow import DRAFTING, IN_FORCE, STATE
from orgs.models import Region
from orgs.scope import system_scope
from schemes.models import Edition

CHANGING = ("new", "changed", "conflict")  # a conflict changes the roster once the county has decided it


class RosterGoneUp(Exception):
    """A roster has left the township; the message says where it is and how it comes back."""


def refuse_gone_up(edition: Edition, township_ids: Collection[int]) -> None:
    """Raise RosterGoneUp where one of these rosters is no longer in drafting.

    Only rosters in drafting change. Inside the transaction that changes one, call it under the lock of the edition's
    row, which the step upwards takes too: either the change is in the roster that goes up, or it is refused.
    """
    if edition.terms.roster_steps is None or not township_ids:
        return
    with system_scope("名册步骤：核对名册是否已上报"):
        gone = TownshipRoster.objects.filter(edition=edition, township_id__in=township_ids).exclude(state=DRAFTING)
        first = gone.select_related("township").order_by("region_path").first()
    if first is None:
        return
    if first.state == IN_FORCE:
        raise RosterGoneUp(f"{first.township.name}的名册已生效，不能再导入；增减、更正请办批改")
    raise RosterGoneUp(
        f"{first.township.name}的名册已上报（{STATE[first.state].name}），不能再改；要改请联系正在办理的单位退回乡镇"
    )


def why_gone_up(edition: Edition, township_id: int | None) -> str:
    """Why the township's roster takes nothing now, told before somebody types; empty where it does, or for none."""
    try:
        refuse_gone_up(edition, {township_id} if township_id else ())
    except RosterGoneUp as gone:
        return str(gone)
    return ""


def refuse_on_the_way(edition: Edition, township_id: int) -> None:
    """Raise RosterGoneUp while others look at the roster; in force, what is put right has a paper of its own."""
    if edition.terms.roster_steps is not None and state_of(edition, township_id) != IN_FORCE:
        refuse_gone_up(edition, {township_id})


def townships_changed_by(batch: RosterBatch, whole_villages: Collection[int]) -> set[int]:
    """The townships whose rosters this batch would change, or ask the county to, with these villages taken as whole."""
    changing = RosterRow.objects.filter(batch=batch, outcome__in=CHANGING, township_id__isnull=False)
    found = set(changing.values_list("township_id", flat=True).order_by().distinct())
    if whole_villages:
        villages = Region.objects.filter(pk__in=whole_villages)
        found |= set(villages.values_list("parent_id", flat=True).order_by().distinct())
    return found


def townships_undone_by(batch: RosterBatch) -> set[int]:
    """The townships whose rosters change when this batch is taken back."""
    people = Enrollment.objects.filter(changes__batch=batch)
    return set(people.values_list("township_id", flat=True).order_by().distinct())


def why_not_in_force(enrollment: Enrollment) -> str:
    """Empty where the person's cover runs; else the sentence for whoever wants to report a claim."""
    edition = enrollment.edition
    if edition.terms.roster_steps is None or state_of(edition, enrollment.township_id) == IN_FORCE:
        return ""
    return f"{enrollment.township.name}的参保名册还没有生效，不能报案；名册承保确认以后再报，进度见“名册上报”"


@dataclass(frozen=True, slots=True)
class Standing:
    """Of some townships, those whose rosters are still drawn up, and those whose cover runs."""

    drafting: frozenset[int]
    in_force: frozenset[int]


def standing_of(edition: Edition, township_ids: Collection[int]) -> Standing:
    """What pages offer by it; the services look again under their locks. Without steps both hold everywhere."""
    asked = frozenset(township_ids)
    if edition.terms.roster_steps is None or not asked:
        return Standing(asked, asked)
    with system_scope("名册步骤：查名册所在环节，页面只列能办的"):
        rows = TownshipRoster.objects.filter(edition=edition, township_id__in=asked)
        states = dict(rows.values_list("township_id", "state"))
    by_state = {state: frozenset(pk for pk in asked if states.get(pk, DRAFTING) == state) for state in STATE}
    return Standing(by_state[DRAFTING], by_state[IN_FORCE])


def state_of(edition: Edition, township_id: int) -> str:
    """The state of a township's roster, also for a village that sees no township's row."""
    with system_scope("名册步骤：查本乡镇名册所在环节"):
        row = TownshipRoster.objects.filter(edition=edition, township_id=township_id).values_list("state", flat=True)
        return row.first() or DRAFTING
