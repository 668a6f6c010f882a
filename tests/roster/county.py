"""A made-up county for roster tests: places of the reference list, people of nobody."""

import csv
from functools import cache
from pathlib import Path

from enrollment.roster.regions import RegionIndex, Township, Village

REGIONS = Path(__file__).resolve().parents[2] / "fixtures" / "regions" / "regions.csv"
COUNTY_CODE = "500101000000"


@cache
def region_rows() -> tuple[dict[str, str], ...]:
    with REGIONS.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def wanzhou(*, not_own: tuple[str, ...] = (), idle: tuple[str, ...] = ()) -> RegionIndex:
    """Wanzhou's townships; those in not_own belong to somebody else, those in idle take no part."""
    rows = region_rows()
    townships = [
        Township(
            id=int(row["code"]),
            name=row["name"],
            own=row["name"] not in not_own,
            takes_part=row["name"] not in idle,
            villages=tuple(
                Village(id=int(one["code"]), name=one["name"]) for one in rows if one["parent_code"] == row["code"]
            ),
        )
        for row in rows
        if row["parent_code"] == COUNTY_CODE
    ]
    return RegionIndex.of("万州区", townships)


def fillable(regions: RegionIndex) -> list[tuple[str, str, list[str]]]:
    """What make_roster takes: own townships that take part."""
    return [
        (one.name, str(one.id), [village.name for village in one.villages])
        for one in regions.townships.values()
        if one.own and one.takes_part and one.villages
    ]


def township(regions: RegionIndex, name: str) -> Township:
    found = regions.township(name)
    assert found is not None
    return found
