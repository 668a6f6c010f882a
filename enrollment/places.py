"""The county's places as the checker of rosters wants them, from the region tree and the edition's insurers."""

from enrollment.roster.regions import RegionIndex, Township, Village
from orgs.models import Region, User
from orgs.scope import scope_of
from orgs.services.regions import names_of
from schemes.models import Edition


def region_index(edition: Edition, by: User) -> RegionIndex:
    """Every township of the edition's county, with what `by` may upload for and which take part."""
    taking_part = set(edition.assignments.filter(insurer__isnull=False).values_list("township_id", flat=True))
    return _index(edition.place, taking_part, scope_of(by).region_path)


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
