"""The allocation sheet on screen, as workbook and as PDF; issuing the bills."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from calc.money import format_yuan, from_fen
from orgs.audit import record
from orgs.permissions import grants, may
from orgs.responses import XLSX, attachment
from orgs.scope import visible
from premiums.allocation import Allocation, allocation_of
from premiums.bills import BillsRefused, billed_so_far, issue_bills
from premiums.census_entry import may_enter
from premiums.checks import reconcile
from premiums.models import PremiumBill
from premiums.sheets import allocation_pdf, allocation_workbook, carried_text, sheet_data
from premiums.wording import columns_of, reasons_of, region_word
from schemes.current import current_edition
from schemes.models import Edition
from schemes.rules.premium import goes_by_census
from schemes.rules.shares import StatedInWan, stated_in_wan


@require_GET
@grants("premium.view")
def current(request: HttpRequest) -> HttpResponse:
    """The sheet of the edition at hand."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    return redirect("allocation", code=edition.code)


def edition_of(request: HttpRequest, code: str) -> Edition:
    """A published edition that the person sees; 404 otherwise."""
    published = visible(Edition, request.user).filter(state=Edition.State.PUBLISHED).select_related("place")
    return get_object_or_404(published, code=code)


@require_GET
@grants("premium.view")
def allocation(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet as it will be sealed, with what it was checked against beside it."""
    edition = edition_of(request, code)
    sheet = allocation_of(edition, request.user)
    billed = billed_so_far(edition, request.user)
    columns = columns_of(edition.terms, endorsed=bool(sheet.endorsements))
    context = {
        "edition": edition,
        "sheet": sheet,
        "columns": columns,
        "width": len(columns) + 2,
        "region_word": region_word(edition),
        "data": sheet_data(edition, sheet, request.user),
        "carried": carried_text(sheet.carried) if sheet.carried else "",
        "checks": reconcile(edition, sheet, request.user, billed),
        "reasons": reasons_of(edition),
        "in_wan": _in_wan(edition, sheet),
        "billed_fen": sum(fen for _, fen, _ in billed.values()),
        "bills": visible(PremiumBill, request.user).filter(edition=edition).count(),
        "by_census": goes_by_census(edition.terms),
        "may_census": may_enter(edition, request.user),
        "may_bill": may(request.user, "premium.bill"),
        "may_export": may(request.user, "premium.export"),
    }
    return render(request, "premiums/allocation.html", context)


def _in_wan(edition: Edition, sheet: Allocation) -> list[tuple[str, StatedInWan]]:
    """What each payer appropriates when sums are stated in whole 万元."""
    return [(edition.terms.payers[payer], stated_in_wan(from_fen(fen))) for payer, fen in sheet.shares.items() if fen]


def _exported(request: HttpRequest, code: str, form: str) -> tuple[Edition, dict[str, Any], Allocation]:
    edition = edition_of(request, code)
    sheet = allocation_of(edition, request.user)
    if not sheet.counted or sheet.problems:
        raise Http404
    data = sheet_data(edition, sheet, request.user)
    record("premium.export", by=request.user, target=edition, region_path=edition.place.path,
           form=form, persons=sheet.persons, fen=sheet.fen, code=data["code"])  # fmt: skip
    return edition, data, sheet


@require_GET
@grants("premium.export")
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet as .xlsx; the export is on record."""
    _, data, _ = _exported(request, code, "xlsx")
    return attachment(allocation_workbook(data), name=f"{data['title']}.xlsx", content_type=XLSX)


@require_GET
@grants("premium.export")
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet as PDF; the export is on record."""
    _, data, _ = _exported(request, code, "pdf")
    return attachment(allocation_pdf(data), name=f"{data['title']}.pdf", content_type="application/pdf", inline=True)


@require_POST
@grants("premium.bill")
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Bill what is not billed yet; a second click bills nothing."""
    edition = edition_of(request, code)
    try:
        billed = issue_bills(edition=edition, by=request.user)
    except BillsRefused as refused:
        messages.warning(request, str(refused))
        return redirect("allocation", code=code)
    if billed.bills:
        messages.success(request, f"已出保费账单 {billed.bills} 张，合计 {format_yuan(from_fen(billed.fen))} 元")
    else:
        messages.info(request, f"{'人数' if goes_by_census(edition.terms) else '名册'}没有变动，不用再出账")
    return redirect("allocation", code=code)
