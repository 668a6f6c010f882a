"""How the publicity of a township's roster stands: the days that it takes, what has changed since, what is missing."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from enrollment.models import Enrollment, Objection, PublicNotice
from enrollment.papers.content import Changes, RosterContent, changes_between, contents_of
from orgs.models import Region, User
from orgs.scope import system_scope, visible
from schemes.models import Edition


def days_of(edition: Edition) -> int | None:
    """How many days the edition puts a list up; None where it says nothing."""
    steps = edition.terms.roster_steps
    return int(steps.publicity.days.value) if steps and steps.publicity else None


def changes_since_posting(notice: PublicNotice, content: RosterContent | None) -> Changes:
    """What happened to the village's roster since its list went up, or since the notice was closed."""
    if content is not None and content.digest == notice.digest:
        return Changes()
    return changes_between(notice.snapshot, content.snapshot if content else b"")


def objections_to(notice: PublicNotice, user: User) -> QuerySet[Objection]:
    """What villagers objected while the list was up, the latest first."""
    objections = visible(Objection, user).filter(edition=notice.edition_id, step=Objection.Step.PUBLICITY)
    return objections.filter(enrollment__village=notice.village_id).order_by("-id")


@dataclass(frozen=True, slots=True)
class Posting:
    """How a village's publicity stands. `pending`: objections of villagers that are not settled."""

    notice: PublicNotice | None
    changed: bool  # the roster is no longer what hung in the village
    pending: int = 0

    @property
    def is_done(self) -> bool:
        """Closed, and the roster is still what hung there: nothing stands in the way of sending it up."""
        return bool(self.notice and self.notice.state == PublicNotice.State.CLOSED and not self.changed)


def postings_of(edition: Edition, township: Region, villages: Collection[int], user: User) -> dict[int, Posting]:
    """Village id → how its publicity stands; empty for an edition that asks for no publicity."""
    if days_of(edition) is None:
        return {}
    standing = visible(PublicNotice, user).filter(edition=edition, township=township, village__in=villages)
    notices = {one.village_id: one for one in standing.exclude(state=PublicNotice.State.WITHDRAWN).defer("snapshot")}
    people = visible(Enrollment, user).filter(edition=edition, township=township, removed_at__isnull=True)
    contents = contents_of(people.filter(village__in=notices))
    objections = visible(Objection, user).filter(edition=edition, township=township, step=Objection.Step.PUBLICITY)
    pending = (
        objections.filter(state__in=Objection.PENDING).values_list("enrollment__village_id").annotate(n=Count("id"))
    )
    waiting = dict(pending.order_by())
    return {
        village: Posting(notice, _has_changed(notice, contents.get(village)), waiting.get(village, 0))
        for village in villages
        for notice in [notices.get(village)]
    }


def _has_changed(notice: PublicNotice | None, content: RosterContent | None) -> bool:
    return notice is not None and (content is None or content.digest != notice.digest)


def villages_not_posted(edition: Edition, township: Region) -> list[Region]:
    """Villages with people on the roster whose notice isn't closed, or whose roster has changed since it was.

    Empty for an edition that asks for no publicity: nothing stands in the roster's way.
    """
    if days_of(edition) is None:
        return []
    with system_scope("名册上报：核对各村是否公示完毕"):
        closed = PublicNotice.objects.filter(edition=edition, township=township, state=PublicNotice.State.CLOSED)
        digests = dict(closed.values_list("village_id", "digest"))
        people = Enrollment.objects.filter(edition=edition, township=township, removed_at__isnull=True)
        contents = contents_of(people)
        missing = [pk for pk, content in contents.items() if digests.get(pk) != content.digest]
    return list(Region.objects.filter(pk__in=missing).order_by("path"))
