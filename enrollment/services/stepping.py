"""One gate for every step of a township's roster: permission, version, workflow table, step, log, audit, at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from enrollment.digests import SHOWN, Totals, totals_of, township_digest, village_digests
from enrollment.models import Enrollment, Objection, RosterStepTaken, TownshipRoster, VillageReview, VillageTotal
from enrollment.papers.publicity import villages_not_posted
from enrollment.services.changing import removals_of
from enrollment.services.confirming import take_turns
from enrollment.workflow import ACTIONS, IN_FORCE, STATE, TRANSITIONS, Transition, offered, state_after
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes.models import Edition

FEW = 5  # names that a sentence lists


class StepRefused(Exception):
    """The step can't be taken now; the message says why and what to do instead."""


@transaction.atomic
def submit_roster(
    *, edition: Edition, township: Region, by: User, read_version: int, seen_digest: str, confirmed: bool
) -> TownshipRoster:
    """The township's review: every village signed off, the totals as they were seen confirmed; the roster goes up."""
    with _moving(edition, township, "submit", by, read_version) as roster:
        if not confirmed:
            raise StepRefused("请先核对人数、户数和保费，勾选“核对无误”再上报")
        _close_moot_objections(edition, township, by)
        _refuse_open(edition, township, by, (Objection.State.OPEN,), "还有 {n} 条异议没有答复，请逐条删除或说明再上报")
        digests = village_digests(visible(Enrollment, by).filter(edition=edition, township=township))
        _refuse_unsigned(edition, township, by, digests)
        _refuse_unposted(edition, township)
        digest = township_digest(digests)
        if digest[:SHOWN] != seen_digest:
            raise StepRefused("打开本页以后名册又有变动，没有上报；请核对新的人数再上报")
        totals = township_totals(edition, township, by)
        roster.persons, roster.households, roster.premium_fen = totals.persons, totals.households, totals.premium_fen
        roster.digest, roster.submitted_at = digest, timezone.now()
        roster.revision += 1
    return roster


@transaction.atomic
def pass_roster(*, edition: Edition, township: Region, action: str, by: User, read_version: int) -> TownshipRoster:
    """Registration confirmed, collated, or underwritten: nobody's objection may be pending."""
    with _moving(edition, township, action, by, read_version) as roster:
        _refuse_open(
            edition, township, by, Objection.PENDING, "还有 {n} 条异议没有了结，不能往下办；请退回乡镇处理，或核对说明"
        )
        if state_after(_transition(roster.state, action, by), _order(edition)) == IN_FORCE:
            roster.in_force_on = timezone.localdate()
    return roster


@transaction.atomic
def send_back_roster(
    *, edition: Edition, township: Region, by: User, read_version: int, opinion: str
) -> TownshipRoster:
    """Back to the township, which may change it again. Objections raised on this step tell the reason as well."""
    with _moving(edition, township, "send_back", by, read_version, opinion) as roster:
        pass
    return roster


@transaction.atomic
def collate_ready(*, edition: Edition, by: User) -> list[TownshipRoster]:
    """Collate every roster that waits for it and has no objection pending; those that were."""
    waiting = visible(TownshipRoster, by).filter(edition=edition, state="collate").select_related("township")
    objected = set(
        visible(Objection, by)
        .filter(edition=edition, state__in=Objection.PENDING)
        .values_list("township_id", flat=True)
    )
    return [
        pass_roster(edition=edition, township=one.township, action="collate", by=by, read_version=one.version)
        for one in waiting
        if one.township_id not in objected
    ]


def township_totals(edition: Edition, township: Region, by: User) -> Totals:
    """Persons, households and premium of a township as its roster stands."""
    return totals_of(visible(VillageTotal, by).filter(edition=edition, township=township), edition.terms)


@contextmanager
def _moving(
    edition: Edition, township: Region, action: str, by: User, read_version: int, opinion: str = ""
) -> Iterator[TownshipRoster]:
    """Yields the roster locked and fresh; what the body sets on it is saved with its new state."""
    _refuse_role(action, by)
    order = _order(edition)
    roster = locked_roster(edition, township, by)
    step = _transition(roster.state, action, by)
    if roster.version != read_version:
        raise EditConflict(roster)
    pending = visible(Objection, by).filter(edition=edition, township=township, state__in=Objection.PENDING)
    if step.wants_opinion and not opinion.strip() and not pending.exists():
        raise StepRefused(f"请写明{step.name}的原因，乡镇会看到")
    came_from = roster.state
    yield roster
    roster.state = state_after(step, order)
    roster.version += 1
    roster.save()
    _write_step(roster, step, came_from, by, opinion)


def locked_roster(edition: Edition, township: Region, by: User) -> TownshipRoster:
    """The township's row, made where there is none. Imports of the edition wait for it, and it for them."""
    take_turns(edition.pk)
    found = visible(TownshipRoster, by).select_for_update(of=("self",)).filter(edition=edition, township=township)
    roster = found.first()
    if roster is not None:
        return roster
    assignment = edition.assignments.get(township=township)
    return TownshipRoster.objects.create(
        edition=edition, township=township, region_path=township.path, insurer_id=assignment.insurer_id
    )


def _refuse_role(action: str, by: User) -> None:
    if not any(one.action == action and may(by, one.act) for one in TRANSITIONS):
        raise StepRefused(f"您的角色不能办理“{ACTIONS[action]}”")
    if action == "submit" and by.organization.region.level == Region.Level.VILLAGE:
        raise StepRefused("整个乡镇的名册由乡镇经办上报，村里请点“交乡镇审核”")


def _transition(state: str, action: str, by: User) -> Transition:
    step = next((one for one in offered(state, lambda act: may(by, act)) if one.action == action), None)
    if step is None:
        raise StepRefused(f"名册现在是“{STATE[state].name}”，不能{ACTIONS[action]}；可能别人刚办过，请看最新记录")
    return step


def _order(edition: Edition) -> tuple[str, ...]:
    steps = edition.terms.roster_steps
    if steps is None:
        raise StepRefused("本年度方案的名册不分步骤，导入确认就生效")
    return steps.order


def _refuse_open(edition: Edition, township: Region, by: User, states: tuple[str, ...], sentence: str) -> None:
    n = visible(Objection, by).filter(edition=edition, township=township, state__in=states).count()
    if n:
        raise StepRefused(sentence.format(n=n))


def _close_moot_objections(edition: Edition, township: Region, by: User) -> None:
    """Whoever was objected to and has been taken out since: the objection is upheld."""
    moot = visible(Objection, by).filter(
        edition=edition, township=township, state__in=Objection.PENDING, enrollment__removed_at__isnull=False
    )
    moot.update(
        state=Objection.State.UPHELD,
        answer="已从名册删除",
        answered_by=by,
        answered_at=timezone.now(),
        removed_by=Subquery(removals_of(OuterRef("enrollment")).values("batch")[:1]),
    )


def _refuse_unsigned(edition: Edition, township: Region, by: User, digests: dict[int, str]) -> None:
    if not digests:
        raise StepRefused("名册里还没有人，不能上报；请先导入名册")
    signed = visible(VillageReview, by).filter(edition=edition, township=township, signed_at__isnull=False)
    good = {review.village_id for review in signed if digests.get(review.village_id) == review.digest}
    missing = Region.objects.filter(pk__in=digests.keys() - good).order_by("path")
    names = list(missing.values_list("name", flat=True))
    if names:
        shown = "、".join(names[:FEW]) + ("等" if len(names) > FEW else "")
        raise StepRefused(f"还有 {len(names)} 个村没有签收（{shown}），或签收以后名册又有变动；请逐村签收再上报")


def _refuse_unposted(edition: Edition, township: Region) -> None:
    """Where the edition asks for 公示, every village's list has been up, and what changed since is on record."""
    missing = [village.name for village in villages_not_posted(edition, township)]
    if missing:
        shown = "、".join(missing[:FEW]) + ("等" if len(missing) > FEW else "")
        raise StepRefused(
            f"还有 {len(missing)} 个村的名单没有公示结束（{shown}），或公示以后又有变动没有写明；"
            "请到“打印与公示”办理再上报"
        )


def _write_step(roster: TownshipRoster, step: Transition, came_from: str, by: User, opinion: str) -> None:
    record(
        f"roster.{step.action}", by=by, target=roster, state=[came_from, roster.state], revision=roster.revision,
        persons=roster.persons,
    )  # fmt: skip
    RosterStepTaken.objects.create(
        roster=roster,
        region_path=roster.region_path,
        insurer_id=roster.insurer_id,
        action=step.action,
        from_state=came_from,
        to_state=roster.state,
        revision=roster.revision,
        persons=roster.persons,
        by=by,
        by_name=f"{by.name}（{by.organization.short_name}）"[:80],
        opinion=opinion.strip(),
    )
