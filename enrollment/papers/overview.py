"""How far a township, or a county, is with its papers: printed, posted, handed out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Max, Sum

from enrollment.models import Enrollment, Handout, Paper, PublicNotice, RosterPrint, VillageTotal
from enrollment.papers.content import Changes, contents_of
from enrollment.papers.places import people_of
from enrollment.papers.publicity import changes_since_posting
from orgs.models import Region, User
from orgs.scope import visible
from schemes.models import Edition


@dataclass
class PlaceLine:
    """A village, or a township. `given`: households by kind of paper; `due`: households that should have one."""

    region: Region
    persons: int
    households: int
    due: int
    given: dict[str, int] = field(default_factory=dict)
    printed: RosterPrint | None = None
    notice: PublicNotice | None = None
    changes: Changes = field(default_factory=Changes)

    @property
    def leaflets_given(self) -> int:
        """Never more than there are households: one that has left the roster may have been given its leaflet."""
        return min(self.given.get(Handout.Kind.LEAFLET, 0), self.due)

    @property
    def slips_given(self) -> int:
        return min(self.given.get(Handout.Kind.SLIP, 0), self.due)


@dataclass(frozen=True, slots=True)
class Sums:
    """How much a paper of several villages comes to. `due`: households, somebody without a number being one."""

    villages: int
    persons: int
    due: int

    @classmethod
    def of(cls, lines: Iterable[PlaceLine]) -> "Sums":
        found = list(lines)
        return cls(len(found), sum(line.persons for line in found), sum(line.due for line in found))


@dataclass
class TownshipLine:
    """`untouched`: villages of which no household was given anything."""

    region_id: int
    name: str
    villages: int
    persons: int
    households: int
    closed: int = 0
    posted: int = 0
    leaflets: int = 0
    untouched: int = 0


def village_lines(edition: Edition, township: Region, user: User) -> list[PlaceLine]:
    """Every village of a township with people on the roster, in the order of the region tree."""
    totals = list(
        visible(VillageTotal, user).filter(edition=edition, township=township, persons__gt=0).select_related("village")
    )
    alone, given = _alone(edition, township, user), _given(edition, township, user)
    printed, notices = _printed(edition, township, user), _notices(edition, township, user)
    contents = contents_of(people_of(edition, township, None, user)) if notices else {}
    lines = []
    for total in sorted(totals, key=lambda one: one.region_path):
        pk, notice = total.village_id, notices.get(total.village_id)
        lines.append(
            PlaceLine(
                region=total.village,
                persons=total.persons,
                households=total.households,
                due=total.households + alone.get(pk, 0),
                given=given.get(pk, {}),
                printed=printed.get(pk),
                notice=notice,
                changes=changes_since_posting(notice, contents.get(pk)) if notice else Changes(),
            )
        )
    return lines


def _alone(edition: Edition, township: Region, user: User) -> dict[int, int]:
    """People without a household number by village: each is a household of their own."""
    people = visible(Enrollment, user).filter(edition=edition, township=township, removed_at__isnull=True, household="")
    return dict(people.values_list("village_id").annotate(n=Count("id")).order_by())


def _given(edition: Edition, township: Region, user: User) -> dict[int, dict[str, int]]:
    rows = visible(Handout, user).filter(edition=edition, township=township).values_list("village_id", "kind")
    found: dict[int, dict[str, int]] = {}
    for village, kind, n in rows.annotate(n=Count("id")).order_by():
        found.setdefault(village, {})[kind] = n
    return found


def _printed(edition: Edition, township: Region, user: User) -> dict[int | None, RosterPrint]:
    """The latest roster print of each village."""
    prints = visible(RosterPrint, user).filter(edition=edition, township=township, kind=Paper.ROSTER)
    latest = prints.order_by().values("village").annotate(last=Max("id")).values("last")
    return {one.village_id: one for one in prints.filter(pk__in=latest).defer("snapshot")}


def _notices(edition: Edition, township: Region, user: User) -> dict[int | None, PublicNotice]:
    notices = visible(PublicNotice, user).filter(edition=edition, township=township)
    return {one.village_id: one for one in notices.exclude(state=PublicNotice.State.WITHDRAWN)}


def township_lines(edition: Edition, user: User) -> list[TownshipLine]:
    """Every township with people on the roster that the reader sees."""
    totals = visible(VillageTotal, user).filter(edition=edition, persons__gt=0)
    rows = (
        totals.values("township_id", "township__name")
        .annotate(n=Count("id"), all_persons=Sum("persons"), all_households=Sum("households"))
        .order_by("township__path")
    )
    lines = {
        row["township_id"]: TownshipLine(
            row["township_id"], row["township__name"], row["n"], row["all_persons"], row["all_households"]
        )
        for row in rows
    }
    _count_notices(lines, edition, user)
    _count_handouts(lines, edition, user)
    return list(lines.values())


def _count_notices(lines: Mapping[int, TownshipLine], edition: Edition, user: User) -> None:
    notices = visible(PublicNotice, user).filter(edition=edition).values_list("township_id", "state")
    for township, state, n in notices.annotate(n=Count("id")).order_by():
        line = lines.get(township)
        if line and state == PublicNotice.State.CLOSED:
            line.closed = n
        elif line and state == PublicNotice.State.POSTED:
            line.posted = n


def _count_handouts(lines: Mapping[int, TownshipLine], edition: Edition, user: User) -> None:
    handouts: Any = visible(Handout, user).filter(edition=edition).values(place=F("township_id")).order_by()
    touched = {row["place"]: row["n"] for row in handouts.annotate(n=Count("village", distinct=True))}
    leaflets = handouts.filter(kind=Handout.Kind.LEAFLET).annotate(n=Count("id"))
    given = {row["place"]: row["n"] for row in leaflets}
    for pk, line in lines.items():
        line.leaflets, line.untouched = given.get(pk, 0), line.villages - touched.get(pk, 0)
