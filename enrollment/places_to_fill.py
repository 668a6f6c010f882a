"""The townships of a county that a made roster is filled with."""

from dataclasses import dataclass

from enrollment.roster.making import TownshipToFill
from orgs.models import Region
from schemes.models import Edition


class CountyUnknown(Exception):
    """No county has this code; the message says what to do."""


@dataclass(frozen=True)
class PlacesToFill:
    """`townships` are (name, code, village names); `not_taking_part` names those left out."""

    townships: list[TownshipToFill]
    not_taking_part: list[str]


def places_to_fill(county_code: str) -> PlacesToFill:
    """Townships that take part in the county's latest published edition; all where it has none."""
    county = _county(county_code)
    townships = Region.objects.filter(parent=county, level=Region.Level.TOWNSHIP, active=True)
    edition = Edition.objects.filter(place=county, state=Edition.State.PUBLISHED).first()
    serving = dict(edition.assignments.values_list("township_id", "insurer_id")) if edition else {}
    taking_part = [one for one in townships if not edition or serving.get(one.pk)]
    villages = _villages(county)
    return PlacesToFill(
        townships=[(one.name, one.code or "", villages[one.pk]) for one in taking_part if one.pk in villages],
        not_taking_part=[one.name for one in townships if edition and not serving.get(one.pk)],
    )


def _county(code: str) -> Region:
    county = Region.objects.filter(code=code.ljust(12, "0"), level=Region.Level.COUNTY).first()
    if county is None:
        raise CountyUnknown(f"行政区划里没有代码为“{code}”的区县，请写 6 位或 12 位区划代码，例如 500101")
    return county


def _villages(county: Region) -> dict[int, list[str]]:
    """Township id → names of its villages."""
    found: dict[int, list[str]] = {}
    rows = Region.objects.filter(path__startswith=county.path, level=Region.Level.VILLAGE, active=True)
    for parent, name in rows.values_list("parent_id", "name"):
        found.setdefault(parent, []).append(name)
    return found
