"""The premium of an edition by region, payer and insurer, from the roster or from a census."""

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from calc.money import MoneyError, from_fen, yuan
from office.commands import CommandRefused, Fault, PortalCommand, read_text, write_bytes
from orgs.audit import record
from orgs.models import Region, User
from orgs.scope import acting, scope_of, system_scope
from orgs.services.system_accounts import reader_of
from premiums.allocation import Allocation, AllocationRefused, AllocationRow, CarriedForward, allocation_for
from premiums.census import CensusRefused, heads_by_region, read_census
from premiums.figures import Figures, brought_forward_of, figures_of
from premiums.wording import notice_names
from schemes.finding import EditionUnknown, published_edition
from schemes.models import Edition
from schemes.rules.premium import Heads, goes_by_census


class Command(PortalCommand):
    help = "保费分配：按参保名册（或 --census 的人数）算各地保费、各方分担及承保机构，可写成分配表"

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", metavar="EDITION", help="已发布的年度方案")
        parser.add_argument(
            "--census",
            metavar="FILE",
            help="CSV，列为 region,persons,households（有的方案还要 category、units）；不写则按名册或已录入的人数",
        )
        parser.add_argument("--brought-forward", metavar="AMOUNT", help="上年结余（元），方案写明结转抵减保费的才用")
        parser.add_argument("--out", metavar="SHEET.xlsx", help="把分配表写成工作簿")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        edition = _edition(options["edition"])
        reader = reader_of(edition.place)
        self.payers = edition.terms.payers
        with acting(scope_of(reader)):
            listed = _census(options["census"], edition) if options["census"] else None
            figures = figures_of(edition, reader) if listed is None else Figures(listed, {})
            sheet = _sheet(edition, figures, _brought(options["brought_forward"], edition, reader))
        _demand_figures(edition, sheet)
        if options["out"]:
            _write_sheet(Path(options["out"]), edition, sheet)
        return _document(edition, sheet, listed)

    def lines(self, answer: dict[str, Any]) -> Iterable[str]:
        for row in answer["rows"]:
            shares = "".join(f"　{self.payers[payer]} {amount}" for payer, amount in row["shares"].items())
            yield f"{row['name']}　{row['persons']:,} 人　{row['premium']} 元{shares}　{row['insurer']}"
        yield f"合计 {answer['total']} 元"
        if "carried" in answer:
            yield f"上年结余抵减 {answer['carried']['used']} 元，应缴 {answer['carried']['due']} 元"


def _edition(code: str) -> Edition:
    try:
        return published_edition(code)
    except EditionUnknown as unknown:
        raise CommandRefused.of("EDITION", str(unknown)) from unknown


def _census(name: str, edition: Edition) -> dict[int, Heads]:
    try:
        return heads_by_region(read_census(read_text(name), edition))
    except CensusRefused as refused:
        raise CommandRefused(Fault(f"{name}:{one.line}", one.message) for one in refused.problems) from refused


def _demand_figures(edition: Edition, sheet: Allocation) -> None:
    if goes_by_census(edition.terms) and not sheet.counted:
        message = f"{edition.title}按统计的人数计费，还没有录入人数；请用 --census 给出，或在保费分配表页录入"
        raise CommandRefused.of("--census", message)


def _brought(text: str | None, edition: Edition, reader: User) -> Decimal | None:
    """The amount told, else the one that was entered."""
    if text is None:
        entered = brought_forward_of(edition, reader)
        return from_fen(entered.fen) if entered else None
    try:
        return yuan(text)
    except MoneyError as error:
        raise CommandRefused.of("--brought-forward", str(error)) from error


def _sheet(edition: Edition, figures: Figures, brought: Decimal | None) -> Allocation:
    try:
        return allocation_for(edition, figures.heads, brought, endorsed=figures.endorsed)
    except AllocationRefused as refused:
        raise CommandRefused(Fault("EDITION", sentence) for sentence in refused.sentences) from refused


def _document(edition: Edition, sheet: Allocation, listed: Mapping[int, Heads] | None) -> dict[str, Any]:
    """Every region of the edition, or those that the census lists."""
    rows = [row for row in sheet.rows if listed is None or row.township_id in listed]
    regions = {region.pk: region for region in Region.objects.filter(pk__in=[row.township_id for row in rows])}
    names = notice_names(edition.terms, list(regions.values()))
    document = {
        "total": str(from_fen(sheet.fen)),
        "rows": [_row(row, regions[row.township_id].code, names[row.township_id]) for row in rows],
    }
    return document | ({"carried": _carried(sheet.carried)} if sheet.carried else {})


def _row(row: AllocationRow, code: str | None, name: str) -> dict[str, Any]:
    """A zone has no code: it goes by the name that the notice gives it."""
    return {
        "region": code or name,
        "name": row.township if code else name,
        "persons": row.persons,
        "households": row.households,
        "premium": str(from_fen(row.fen)),
        "shares": {payer: str(from_fen(fen)) for payer, fen in row.shares.items()},
        "insurer": row.insurer,
    }


def _carried(carried: CarriedForward) -> dict[str, Any]:
    sums = {name: str(from_fen(getattr(carried, name))) for name in ("brought", "used", "due", "left")}
    return sums | {"shares": {payer: str(from_fen(fen)) for payer, fen in carried.shares.items()}}


def _write_sheet(path: Path, edition: Edition, sheet: Allocation) -> None:
    # only here: the sheets bring the PDF compiler with them, which the figures alone don't need
    from premiums.sheets import allocation_workbook, sheet_data

    if path.suffix != ".xlsx":
        raise CommandRefused.of("--out", f"“{path}”应以 .xlsx 结尾")
    if not sheet.counted:
        raise CommandRefused.of("--out", f"{edition.title}还没有人数，没有可写的分配表，请先导入名册或给出 --census")
    data = sheet_data(edition, sheet, reader_of(edition.place))
    write_bytes(path, allocation_workbook(data))
    with system_scope("split_premium"):
        record("premium.export", by=None, target=edition, region_path=edition.place.path,
               form="xlsx", persons=sheet.persons, fen=sheet.fen, code=data["code"])  # fmt: skip
