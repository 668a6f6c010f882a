"""The premium of an edition by township and insurer, from the roster or from a census."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from calc.money import from_fen
from office.commands import CommandRefused, Fault, PortalCommand, read_text, write_bytes
from orgs.audit import record
from orgs.models import Region
from orgs.scope import acting, scope_of, system_scope
from orgs.services.system_accounts import reader_of
from premiums.allocation import Allocation, allocation_for, allocation_of
from premiums.census import CensusRefused, read_census
from schemes.finding import EditionUnknown, published_edition
from schemes.models import Edition


class Command(PortalCommand):
    help = "保费分配：按参保名册（或 --census 的人数）算各乡镇保费及承保机构，可写成分配表"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", metavar="EDITION", help="已发布的年度方案")
        parser.add_argument("--census", metavar="FILE", help="CSV，列为 region,persons,households；不写则按名册")
        parser.add_argument("--out", metavar="SHEET.xlsx", help="把分配表写成工作簿")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        edition = _edition(options["edition"])
        reader = reader_of(edition.place)
        with acting(scope_of(reader)):
            totals = _census(options["census"], edition) if options["census"] else None
            sheet = allocation_of(edition, reader) if totals is None else allocation_for(edition, totals)
        if options["out"]:
            _write_sheet(Path(options["out"]), edition, sheet)
        return _document(sheet, listed=totals)

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        for row in answer["rows"]:
            yield f"{row['name']}　{row['persons']:,} 人　{row['premium']} 元　{row['insurer']}"
        yield f"合计 {answer['total']} 元"


def _edition(code: str) -> Edition:
    try:
        return published_edition(code)
    except EditionUnknown as unknown:
        raise CommandRefused.of("EDITION", str(unknown)) from unknown


def _census(name: str, edition: Edition) -> dict[int, tuple[int, int]]:
    try:
        return read_census(read_text(name), edition)
    except CensusRefused as refused:
        raise CommandRefused(Fault(f"{name}:{one.line}", one.message) for one in refused.problems) from refused


def _document(sheet: Allocation, listed: dict[int, tuple[int, int]] | None) -> dict[str, Any]:
    """Every township of the edition, or those that the census lists."""
    rows = [row for row in sheet.rows if listed is None or row.township_id in listed]
    codes = dict(Region.objects.filter(pk__in=[row.township_id for row in rows]).values_list("pk", "code"))
    return {
        "total": str(from_fen(sheet.fen)),
        "rows": [
            {
                "region": codes[row.township_id] or row.township,
                "name": row.township,
                "persons": row.persons,
                "households": row.households,
                "premium": str(from_fen(row.fen)),
                "shares": {},
                "insurer": row.insurer,
            }
            for row in rows
        ],
    }


def _write_sheet(path: Path, edition: Edition, sheet: Allocation) -> None:
    # only here: the sheets bring the PDF compiler with them, which the figures alone don't need
    from premiums.sheets import allocation_workbook, sheet_data

    if path.suffix != ".xlsx":
        raise CommandRefused.of("--out", f"“{path}”应以 .xlsx 结尾")
    if not sheet.persons:
        raise CommandRefused.of("--out", f"{edition.title}还没有参保人，没有可写的分配表，请先导入名册")
    data = sheet_data(edition, sheet, reader_of(edition.place))
    write_bytes(path, allocation_workbook(data))
    with system_scope("split_premium"):
        record("premium.export", by=None, target=edition, region_path=edition.place.path,
               form="xlsx", persons=sheet.persons, fen=sheet.fen, code=data["code"])  # fmt: skip
