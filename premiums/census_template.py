"""The census workbook to fill in: every region with its code, and the figures as they stand."""

from collections.abc import Sequence

from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import Region
from premiums.census import TITLES, CensusRow, wanted_columns
from schemes.models import Edition

WIDTHS = {"region": 26, "category": 16}


def census_template(edition: Edition, regions: Sequence[Region], rows: Sequence[CensusRow]) -> bytes:
    """A sheet with the header of `read_rows`; a region by its name, cells without a figure are empty."""
    columns = wanted_columns(edition.terms)
    known = {(row.region_id, row.category): row for row in rows}
    lines = [
        [_cell(edition, region, category, known.get((region.pk, category)), key) for key in columns]
        for region in regions
        for category in edition.terms.premium.categories or ("",)
    ]
    return official_workbook(
        title=f"{edition.title}人数表",
        under=f"人数按{edition.terms.premium.figures_of or '实际情况'}填写；没有人的地区填 0，不要删行",
        columns=[Column(TITLES[key], WIDTHS.get(key, 14), _kind(key)) for key in columns],
        parts=[SheetPart(lines)],
        total=None,
        below=[],
        sheet_name="人数表",
    )


def _kind(key: str) -> str:
    return "text" if key in WIDTHS else "count"


def _cell(edition: Edition, region: Region, category: str, row: CensusRow | None, key: str) -> str | int:
    if key == "region":
        return region.name
    if key == "category":
        return edition.terms.premium.categories[category]
    return "" if row is None else int(getattr(row, key))
