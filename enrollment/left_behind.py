"""Last year's places that this year's edition knows no more: who is enrolled there can't be carried over."""

from collections.abc import Collection, Mapping
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
    places = list(Region.objects.select_related("parent").filter(pk__in=counted).order_by("path"))
    names = _names_of(places)
    heirs = _heirs(edition, set().union(*names.values()))
    return [LeftBehind(place, counted[place.pk], _successors(place, names, heirs)) for place in places]


def _names_of(places: Collection[Region]) -> Mapping[int, set[str]]:
    """The names that each goes, or went, by."""
    names = {place.pk: {place.name} for place in places}
    for pk, name in RegionName.objects.filter(region__in=names).values_list("region_id", "name"):
        names[pk].add(name)
    return names


def _heirs(edition: Edition, names: Collection[str]) -> dict[Region, set[str]]:
    """Places of today that go, or went, by one of the names, in the order of the tree: with all of theirs."""
    if not names:
        return {}
    taking_part = edition.assignments.filter(insurer__isnull=False).values("township_id")
    levels = Q(level=Region.Level.VILLAGE) | Q(level=Region.Level.TOWNSHIP, pk__in=taking_part)
    named = Q(name__in=names) | Q(pk__in=RegionName.objects.filter(name__in=names).values("region_id"))
    found = Region.objects.filter(levels, named, active=True, path__startswith=edition.place.path)
    heirs = list(found.select_related("parent").order_by("path"))
    theirs = _names_of(heirs)
    return {heir: theirs[heir.pk] for heir in heirs}


def _successors(place: Region, names: Mapping[int, set[str]], heirs: Mapping[Region, set[str]]) -> tuple[Region, ...]:
    """Places that go, or went, by a name of the lost one's; none rather than a guess."""
    return tuple(
        heir
        for heir, theirs in heirs.items()
        if heir.level == place.level and heir.pk != place.pk and theirs & names[place.pk]
    )


def _name_of(place: Region) -> str:
    return f"{place.parent.name}{place.name}" if place.level == Region.Level.VILLAGE and place.parent else place.name
