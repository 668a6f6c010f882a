"""The county's places as the checker of rosters wants them, from the region tree and the edition's insurers."""

from dataclasses import dataclass, replace

from enrollment.roster.regions import RegionIndex, Township, Village
from orgs.models import Region, User
from orgs.scope import scope_of
from orgs.services.regions import names_of
from schemes.models import Edition


def region_index(edition: Edition, by: User) -> RegionIndex:
    """Every township of the edition's county, with what `by` may upload for and which take part. For a village's clerk
    their township has that village alone."""
    taking_part = set(edition.assignments.filter(insurer__isnull=False).values_list("township_id", flat=True))
    path = scope_of(by).region_path
    index = _index(edition.place, taking_part, path)
    own = village_of(path)
    return _narrowed(index, own) if own is not None else index


def _narrowed(index: RegionIndex, own: Region) -> RegionIndex:
    narrowed = [
        replace(one, own=True, villages=tuple(village for village in one.villages if village.id == own.pk))
        if one.id == own.parent_id
        else one
        for one in index.townships.values()
    ]
    return RegionIndex.of(index.county, narrowed)


def village_of(path: str) -> Region | None:
    """The village whose path this is, of its own clerk or of what they did; None for anything larger."""
    return Region.objects.select_related("parent").filter(path=path, level=Region.Level.VILLAGE).first()


def place_index(county: Region) -> RegionIndex:
    """Every township of a county, for lists that name people anywhere in it."""
    return _index(county, set(), county.path)


def _index(county: Region, taking_part: set[int], own_path: str) -> RegionIndex:
    regions = list(Region.objects.filter(path__startswith=county.path, active=True).exclude(pk=county.pk))
    names = names_of(regions)
    villages: dict[int, list[Village]] = {}
    for region in regions:
        if region.level == Region.Level.VILLAGE:
            village = Village(region.pk, region.name, region.path, tuple(names[region.pk][1:]))
            villages.setdefault(region.parent_id, []).append(village)
    townships = [
        Township(
            id=region.pk,
            name=region.name,
            path=region.path,
            own=bool(own_path) and region.path.startswith(own_path),
            takes_part=region.pk in taking_part,
            aliases=tuple(names[region.pk][1:]),
            villages=tuple(villages.get(region.pk, ())),
        )
        for region in regions
        if region.level == Region.Level.TOWNSHIP
    ]
    return RegionIndex.of(county.name, townships)


@dataclass(frozen=True)
class EntryPlace:
    """Where somebody types people in: a township, or the `only` village of its clerk; else what to choose from."""

    township: Region | None
    only: Region | None
    choices: list[Region]

    @property
    def villages(self) -> list[str]:
        """Names to choose from."""
        if self.only is not None or self.township is None:
            return [self.only.name] if self.only else []
        rows = Region.objects.filter(parent=self.township, active=True, level=Region.Level.VILLAGE)
        return list(rows.order_by("path").values_list("name", flat=True))


def entry_place(edition: Edition, by: User, chosen: int | None) -> EntryPlace:
    """The person's own township or village where it takes part; above that, the chosen one of the townships below."""
    taking_part = edition.assignments.filter(insurer__isnull=False).values("township_id")
    own, path = by.organization.region, scope_of(by).region_path
    if own.level == Region.Level.VILLAGE:
        home = Region.objects.filter(pk=own.parent_id, pk__in=taking_part).first()
        return EntryPlace(home, own if home else None, [])
    found = Region.objects.filter(pk__in=taking_part, path__startswith=path).order_by("path") if path else []
    townships = list(found)
    wanted = own.pk if own.level == Region.Level.TOWNSHIP else chosen
    return EntryPlace(next((one for one in townships if one.pk == wanted), None), None, townships)
