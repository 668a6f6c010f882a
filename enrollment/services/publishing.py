"""公示: a village's list goes up for some days, and comes down with what came of it, before the roster goes up."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from enrollment.models import Objection, PublicNotice
from enrollment.papers.content import RosterContent, changes_between, contents_of
from enrollment.papers.notice_paper import notice_code
from enrollment.papers.places import people_of
from enrollment.papers.publicity import changes_since_posting, days_of, objections_to
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from orgs.scope import visible
from schemes.models import Edition

State = PublicNotice.State
UP = (State.POSTED, State.CLOSED)
MOST_DAYS = 60
MOST_OUTCOME = 200
POSTED_AGAIN = "重新公示，以新的名单为准"


class NoticeRefused(Exception):
    """The notice can't go up, or come down; the message says why and what to do."""


@transaction.atomic
def post_notices(
    *, edition: Edition, township: Region, village: Region | None, first_day: date, days: int, by: User
) -> list[PublicNotice]:
    """Put up the list of a village, or of all whose list has changed or was never up. Raises NoticeRefused."""
    _refuse(by)
    _refuse_days(edition, first_day, days)
    Region.objects.select_for_update(no_key=True).get(pk=township.pk)  # two clerks at once: one after the other
    people = people_of(edition, township, village, by)
    contents = contents_of(people)
    if not contents:
        raise NoticeRefused(f"“{(village or township).name}”的名册还是空的，没有可公示的；请先导入名册")
    up = {one.village_id: one for one in _notices(edition, township, by).filter(state__in=UP)}
    posted = []
    regions = Region.objects.select_related("parent").in_bulk(list(contents))
    for pk, content in contents.items():
        former = up.get(pk)
        if former is not None and village is None and former.digest == content.digest:
            continue  # all villages at once: what is up and still right stays up
        if former is not None:
            _take_down(former, POSTED_AGAIN, by)
        posted.append(_post(edition, township, regions[pk], content, first_day, days, by))
    if not posted:
        raise NoticeRefused("各村的名单都已公示，公示后没有变动，不用再公示")
    return posted


def _refuse(by: User) -> None:
    if not may(by, "notice.post"):
        raise NoticeRefused("公示由乡镇经办办理，您的角色不能办")


def _refuse_days(edition: Edition, first_day: date, days: int) -> None:
    wanted = days_of(edition)
    if not 1 <= days <= MOST_DAYS:
        raise NoticeRefused(f"公示天数应是 1 至 {MOST_DAYS} 天，现在填的是 {days} 天")
    if wanted is not None and days < wanted:
        publicity = edition.terms.roster_steps.publicity  # type: ignore[union-attr]
        raise NoticeRefused(f"年度方案要求公示 {wanted} 天（{publicity.clause}），现在填的是 {days} 天，请改长")
    away = abs((first_day - timezone.localdate()).days)
    if away > MOST_DAYS:
        raise NoticeRefused(f"公示起日 {first_day} 离今天 {away} 天，请核对年份和月份")


def _post(
    edition: Edition, township: Region, village: Region, content: RosterContent, first_day: date, days: int, by: User
) -> PublicNotice:
    last_day = first_day + timedelta(days=days - 1)
    insurer = edition.assignments.filter(township=township).values_list("insurer_id", flat=True).first()
    notice = PublicNotice.objects.create(
        edition=edition,
        township=township,
        village=village,
        region_path=village.path,
        insurer_id=insurer,
        first_day=first_day,
        last_day=last_day,
        persons=content.persons,
        households=content.households,
        code=notice_code(edition, village, content, first_day, last_day),
        digest=content.digest,
        snapshot=content.snapshot,
        opened_by=by,
    )
    record(
        "notice.post", by=by, target=notice, persons=content.persons, code=notice.code,
        days=[f"{first_day}", f"{last_day}"],
    )  # fmt: skip
    return notice


@transaction.atomic
def close_notice(*, notice: PublicNotice, outcome: str, by: User, read_version: int) -> PublicNotice:
    """Take the list down after its days. What changed meanwhile has to be told in `outcome`. Raises NoticeRefused."""
    fresh = _locked(notice, by, read_version, (State.POSTED,))
    today = timezone.localdate()
    if today <= fresh.last_day:
        raise NoticeRefused(f"公示到 {fresh.last_day} 为止，还没有到期；到期次日起才能结束")
    pending = objections_to(fresh, by).filter(state__in=Objection.PENDING).count()
    if pending:
        raise NoticeRefused(f"还有 {pending} 条异议没有答复，请先逐条答复再结束")
    now = _content(fresh, by)
    changes = changes_between(fresh.snapshot, now.snapshot if now else b"")
    if changes.persons and not outcome.strip():
        raise NoticeRefused(
            f"公示后名册又有变动 {changes.persons} 人"
            f"（新增 {changes.added}、减员 {changes.removed}、更正 {changes.corrected}），"
            "请重新公示，或在“结果”里写明变动的原因再结束"
        )
    if now is not None:  # from here on, what changes is new
        fresh.digest, fresh.snapshot = now.digest, now.snapshot
        fresh.persons, fresh.households = now.persons, now.households
    fresh.state, fresh.outcome = State.CLOSED, outcome.strip()[:MOST_OUTCOME] or "公示期满，没有异议"
    _end(fresh, by)
    record("notice.close", by=by, target=fresh, changed=changes.persons, persons=fresh.persons)
    return fresh


@transaction.atomic
def note_changes(*, notice: PublicNotice, outcome: str, by: User, read_version: int) -> PublicNotice:
    """Put on record why a roster changed after its notice was closed, so that it may go up. Raises NoticeRefused."""
    fresh = _locked(notice, by, read_version, (State.CLOSED,))
    if not outcome.strip():
        raise NoticeRefused("请写明变动的原因，例如公安核对后减员")
    now = _content(fresh, by)
    changes = changes_since_posting(fresh, now)
    if now is None or not changes.persons:
        raise NoticeRefused("公示结束后名册没有变动，不用说明")
    fresh.digest, fresh.snapshot = now.digest, now.snapshot
    fresh.persons, fresh.households = now.persons, now.households
    fresh.outcome = f"{fresh.outcome}；变动 {changes.persons} 人：{outcome.strip()}"[-MOST_OUTCOME:]
    fresh.version += 1
    fresh.save()
    record("notice.note", by=by, target=fresh, changed=changes.persons, persons=fresh.persons)
    return fresh


@transaction.atomic
def withdraw_notice(*, notice: PublicNotice, reason: str, by: User, read_version: int) -> PublicNotice:
    """Take a list down that went up by mistake; the village has to be posted anew."""
    fresh = _locked(notice, by, read_version, UP)
    if not reason.strip():
        raise NoticeRefused("请写明撤下的原因")
    _take_down(fresh, reason.strip()[:MOST_OUTCOME], by)
    return fresh


def _take_down(notice: PublicNotice, reason: str, by: User) -> None:
    notice.state, notice.outcome = State.WITHDRAWN, reason
    _end(notice, by)
    record("notice.withdraw", by=by, target=notice)


def _end(notice: PublicNotice, by: User) -> None:
    notice.closed_by, notice.closed_at = by, timezone.now()
    notice.version += 1
    notice.save()


def _locked(notice: PublicNotice, by: User, read_version: int, states: tuple[str, ...]) -> PublicNotice:
    _refuse(by)
    rows = visible(PublicNotice, by).select_for_update(of=("self",))
    fresh: PublicNotice = rows.select_related("edition__place", "township", "village__parent").get(pk=notice.pk)
    if fresh.version != read_version or fresh.state not in states:
        raise NoticeRefused(f"这份公示现在是“{fresh.get_state_display()}”，别人刚办过；请看最新情况")
    return fresh


def _content(notice: PublicNotice, by: User) -> RosterContent | None:
    return contents_of(people_of(notice.edition, notice.township, notice.village, by)).get(notice.village_id or 0)


def _notices(edition: Edition, township: Region, by: User) -> QuerySet[PublicNotice]:
    return visible(PublicNotice, by).filter(edition=edition, township=township)
