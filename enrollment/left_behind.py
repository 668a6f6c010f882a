"""Last year's places that this year's edition knows no more: who is enrolled there can't be carried over."""

from dataclasses import dataclass

from django.db.models import F, Q, Sum

from enrollment.models import VillageTotal
from orgs.models import Region, RegionName, User
from orgs.scope import visible
from schemes.models import Edition


@dataclass(frozen=True)
class LeftBehind:
    """A township, or a village of one that still takes part; how many people; where a name of theirs lives on."""

    place: Region
    persons: int
    successors: tuple[Region, ...]

    @property
    def sentence(self) -> str:
        who = _name_of(self.place)
        gone = "已撤并" if not self.place.active else "今年不参加本方案"
        if not self.successors:
            return f"“{who}”{gone}，去年的 {self.persons:,} 人不能结转；仍要参保的，请由现在的乡镇上传名册"
        heirs = "、".join(f"“{_name_of(one)}”" for one in self.successors)
        return f"“{who}”{gone}，现为{heirs}；去年的 {self.persons:,} 人不能结转，请在{heirs}的名册里上传"


def left_behind(edition: Edition, before: Edition, by: User, within: Region | None = None) -> list[LeftBehind]:
    """In the order of the tree: what `by` sees of last year's roster, in `within` where it is given."""
    totals = visible(VillageTotal, by).filter(edition=before)
    if within is not None:
        totals = totals.filter(region_path__startswith=within.path)
    taking_part = edition.assignments.filter(insurer__isnull=False).values("township_id")
    townships = totals.filter(~Q(township__in=taking_part) | Q(township__active=False)).values(place=F("township"))
    staying = totals.filter(township__in=taking_part, township__active=True)
    villages = staying.filter(village__active=False).values(place=F("village"))
    counted = {
        line["place"]: line["n"]
        for found in (townships, villages)
        for line in found.annotate(n=Sum("persons")).order_by()
    }
    places = Region.objects.select_related("parent").filter(pk__in=counted).order_by("path")
    return [LeftBehind(place, counted[place.pk], _successors(place, edition)) for place in places]


def _successors(place: Region, edition: Edition) -> tuple[Region, ...]:
    """Places that go, or went, by a name of the lost one's; none rather than a guess."""
    names = {place.name, *RegionName.objects.filter(region=place).values_list("name", flat=True)}
    heirs = Region.objects.filter(level=place.level, active=True, path__startswith=edition.place.path)
    heirs = heirs.filter(Q(names__name__in=names) | Q(name__in=names)).exclude(pk=place.pk)
    if place.level == Region.Level.TOWNSHIP:
        heirs = heirs.filter(pk__in=edition.assignments.filter(insurer__isnull=False).values("township_id"))
    return tuple(heirs.select_related("parent").distinct().order_by("path"))


def _name_of(place: Region) -> str:
    return f"{place.parent.name}{place.name}" if place.level == Region.Level.VILLAGE and place.parent else place.name
