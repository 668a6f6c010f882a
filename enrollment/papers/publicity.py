"""How the publicity of a township's roster stands: the days that it takes, what has changed since, what is missing."""

from enrollment.models import Enrollment, PublicNotice
from enrollment.papers.content import Changes, RosterContent, changes_between, contents_of
from orgs.models import Region
from orgs.scope import system_scope
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
