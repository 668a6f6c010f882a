"""打印与公示: what a place's papers are, printing them, and what a check code on one means."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enrollment.models import Paper, PrintOrder, RosterPrint
from enrollment.papers.checking import findings_of
from enrollment.papers.overview import Sums, township_lines, village_lines
from enrollment.papers.publicity import days_of
from enrollment.services.printing import ACTS, AT_ONCE, PrintRefused, order_print
from enrollment.views.places import Place, chosen_place, place_of
from office.exports import own_export
from office.files import read_file
from office.models import Job
from orgs.audit import record
from orgs.numbers import whole_number
from orgs.permissions import grants, may
from orgs.responses import PDF, attachment
from orgs.scope import visible
from schemes.current import current_edition
from schemes.models import Edition

MOST_COPIES = 4
LATEST = 10


@require_GET
@grants("paper.view")
def prints(request: HttpRequest) -> HttpResponse:
    """A township with its villages, one village, or the townships to choose from."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    place = chosen_place(request, edition)
    if place is None:
        lines = township_lines(edition, request.user)
        if len(lines) != 1:
            return render(request, "enrollment/papers/townships.html", {"edition": edition, "lines": lines})
        place = place_of(edition, lines[0].region_id, request.user)
    return render(request, "enrollment/papers/prints.html", _place_context(request, edition, place))


def _place_context(request: HttpRequest, edition: Edition, place: Place) -> dict[str, object]:
    lines = village_lines(edition, place.township, request.user)
    if place.village:
        lines = [line for line in lines if line.region == place.village]
    latest = visible(RosterPrint, request.user).filter(edition=edition, township=place.township, village=place.village)
    return {
        "edition": edition,
        "place": place,
        "lines": lines,
        "whole": Sums.of(lines),
        "posted": Sums.of(line for line in lines if line.notice),
        "to_post": Sums.of(line for line in lines if line.notice is None or line.changes.persons),
        "at_once": AT_ONCE,
        "households": sum(line.households for line in lines),
        "latest": latest.select_related("printed_by__organization").defer("snapshot")[:LATEST],
        "wanted_days": days_of(edition),
        "today": timezone.localdate(),
        **{name: may(request.user, act) for name, act in MAY.items()},
    }


MAY = {
    "may_print_roster": "roster.print", "may_print": "paper.print", "may_post": "notice.post",
    "may_record": "handout.record",
}  # fmt: skip


@require_POST
@grants("paper.print")
def print_paper(request: HttpRequest, kind: str) -> HttpResponse:
    """Print at once and show the file, or order it and show the order."""
    edition = current_edition(request)
    if edition is None or kind not in Paper.values or not may(request.user, ACTS[Paper(kind)]):
        raise Http404
    place = place_of(edition, whole_number(request.POST.get("place", "")), request.user)
    copies = whole_number(request.POST.get("copies", "")) or 1
    try:
        order, job = order_print(
            edition=edition, township=place.township, village=place.village, kind=kind,
            copies=min(copies, MOST_COPIES), by=request.user,
        )  # fmt: skip
    except PrintRefused as refused:
        messages.warning(request, str(refused))
        return redirect(place.url)
    files = [one.file_id for one in order.prints.all()]
    if job is None and len(files) == 1 and files[0]:
        return redirect("print_file", pk=files[0])
    return redirect("print_order", pk=order.pk)


@require_GET
@grants("paper.print")
def print_order(request: HttpRequest, pk: int) -> HttpResponse:
    """An order: how far it is, and its files while they are kept."""
    order = _order(request, pk)
    return render(request, "enrollment/papers/order.html", _order_context(request, order))


@require_GET
@grants("paper.print")
def print_order_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress part, asked every two seconds; tells the page to load anew when the work is done."""
    context = _order_context(request, _order(request, pk))
    response = render(request, "enrollment/papers/order_status.html", context)
    if context["job"] is None or not context["job"].is_open:
        response["HX-Refresh"] = "true"
    return response


def _order(request: HttpRequest, pk: int) -> PrintOrder:
    orders = visible(PrintOrder, request.user).filter(ordered_by=request.user)
    return get_object_or_404(orders.select_related("edition", "township", "village"), pk=pk)


def _order_context(request: HttpRequest, order: PrintOrder) -> dict[str, object]:
    prints = visible(RosterPrint, request.user).filter(order=order).defer("snapshot").order_by("id")
    return {
        "order": order,
        "job": visible(Job, request.user).filter(kind="roster_print", target_id=order.pk).first(),
        "prints": prints.select_related("village", "township", "file"),
        "now": timezone.now(),
    }


@require_GET
@grants("paper.print")
def print_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF itself, for whoever had it printed; every look is recorded."""
    file = own_export(pk, request.user)
    if file is None or file.content_type != PDF:
        raise Http404
    record("paper.fetch", by=request.user, target=file, sha256=file.sha256)
    return attachment(read_file(file), name=file.name, content_type=PDF, inline=True)


@require_http_methods(["GET", "POST"])
@grants("paper.check")
def check_code(request: HttpRequest) -> HttpResponse:
    """Whether a paper with this code is the roster of today. Codes are typed into the page, never into an address."""
    typed = request.POST.get("code", "").strip()[:60]
    findings = findings_of(typed, request.user) if typed else []
    return render(request, "enrollment/papers/check.html", {"typed": typed, "findings": findings})
