"""The region tree: loaded once from the codes, then kept by its own ids."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from orgs.models import Region, RegionName
from orgs.models.regions import PATH_STEP

FIXTURES = Path(settings.BASE_DIR) / "fixtures" / "regions"
LEVELS = [level.value for level in Region.Level]
SUFFIXES = ("村民委员会", "居民委员会", "居委会")
PSEUDO_TOWNSHIPS = {"371502": "香江光彩大市场服务中心"}
SOURCE = "区划代码 2023-06-30"


def village_short_name(full: str) -> str:
    """`铺垭村村民委员会` → `铺垭村`; `常家坪社区居委会` → `常家坪社区`; `莫家村委会` → `莫家村`."""
    for suffix in SUFFIXES:
        if full.endswith(suffix) and len(full) > len(suffix) + 1:
            return full[: -len(suffix)]
    return full[:-2] if full.endswith("村委会") and len(full) > 3 else full


@transaction.atomic
def load_regions() -> int:
    """Make the tree of the five places if there is none yet; how many regions were made."""
    if Region.objects.exists():
        return 0
    made = _load_tree(_rows("regions.csv"))
    load_zones(_rows("zones.csv"), made)
    _load_names(_rows("names.csv"), made)
    return Region.objects.count()


def _rows(name: str) -> list[dict[str, str]]:
    with (FIXTURES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _load_tree(rows: list[dict[str, str]]) -> dict[str, Region]:
    made: dict[str, Region] = {}
    for level in LEVELS:
        made |= load_level([row for row in rows if row["level"] == level], level, made, SOURCE)
    return made


def load_level(rows: list[dict[str, str]], level: str, made: Mapping[str, Region], source: str) -> dict[str, Region]:
    """Make the regions of one level below those made before; by code."""
    regions, names = {}, []
    for pk, row in zip(new_ids(len(rows)), rows, strict=True):
        region = region_row(pk, made.get(row["parent_code"]), level, row["name"], row["code"], source)
        regions[row["code"]] = region
        if region.name != row["name"]:
            names.append(RegionName(region=region, name=row["name"], kind=RegionName.Kind.OFFICIAL, source=source))
    Region.objects.bulk_create(regions.values(), batch_size=1000)
    RegionName.objects.bulk_create(names, batch_size=1000)
    return regions


def region_row(pk: int, parent: Region | None, level: str, name: str, code: str | None, source: str = "") -> Region:
    """A region that is not stored yet, with its path."""
    return Region(
        pk=pk,
        parent=parent,
        level=level,
        name=village_short_name(name) if level == Region.Level.VILLAGE else name,
        code=code,
        path=(parent.path if parent else "") + f"{pk:0{PATH_STEP}d}",
        active=PSEUDO_TOWNSHIPS.get((code or "")[:6]) != name,
        source=source,
    )


def load_zones(rows: list[dict[str, str]], made: Mapping[str, Region]) -> None:
    """Make development zones, which have no code, below regions made before."""
    for pk, row in zip(new_ids(len(rows)), rows, strict=True):
        zone = region_row(pk, made[row["parent_code"]], Region.Level.COUNTY, row["name"], None, row["source"])
        zone.zone = True
        zone.save(force_insert=True)
        if row["alias"]:
            RegionName.objects.create(region=zone, name=row["alias"], kind=RegionName.Kind.ALIAS, source=row["source"])


def _load_names(rows: list[dict[str, str]], made: dict[str, Region]) -> None:
    RegionName.objects.bulk_create(
        RegionName(
            region=made[row["code"]],
            name=row["name"],
            kind=row["kind"],
            valid_from=row["valid_from"] or None,
            valid_to=row["valid_to"] or None,
            source=row["source"],
        )
        for row in rows
    )


def new_ids(count: int) -> list[int]:
    """Ids for regions to be made: a path holds its own id, so it must be known beforehand.

    PostgreSQL's come from the sequence, which the portal's role may read; SQLite has one writer at a time.
    """
    if not count:
        return []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            sql = "SELECT nextval(pg_get_serial_sequence('orgs_region', 'id')) FROM generate_series(1, %s)"
            cursor.execute(sql, [count])
            ids = [row[0] for row in cursor.fetchall()]
    else:
        first = (Region.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        ids = list(range(first, first + count))
    if ids[-1] >= 10**PATH_STEP:
        raise OverflowError("区划编号用完了")
    return ids


def names_of(regions: Iterable[Region]) -> dict[int, list[str]]:
    """Region id → every name it goes by, the present one first."""
    names: dict[int, list[str]] = {region.pk: [region.name] for region in regions}
    for region_id, name in RegionName.objects.filter(region__in=names.keys()).values_list("region_id", "name"):
        if name not in names[region_id]:
            names[region_id].append(name)
    return names


def find_township(county: Region, name: str) -> Region | None:
    """The township of a county by its name or an alias; None rather than a guess."""
    townships = Region.objects.filter(parent=county, level=Region.Level.TOWNSHIP)
    return townships.filter(name=name).first() or townships.filter(names__name=name).distinct().first()


def full_name(region: Region) -> str:
    """`重庆市万州区大周镇`; the code's 市辖区 is not printed."""
    parents = Region.objects.in_bulk(region.path_ids)
    return "".join(parents[pk].name for pk in region.path_ids if parents[pk].name != "市辖区")
