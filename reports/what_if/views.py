"""What-ifs on screen: ask, watch, read, take along."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from office.models import Job
from orgs.audit import record
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.responses import XLSX, attachment
from orgs.scope import visible
from reports.models import WhatIf
from reports.what_if.asking import JOB, WhatIfRefused, ask_what_if
from reports.what_if.forms import WhatIfForm
from reports.what_if.readings import readings_of
from reports.what_if.result import result_of
from reports.what_if.sheet import what_if_workbook


@require_GET
@grants("edition.what_if")
def what_ifs(request: HttpRequest) -> HttpResponse:
    """The form, with what an address may have chosen already, and what was tried before."""
    chosen = {name: request.GET.get(name, "") for name in ("proposed", "past")}
    return _list(request, WhatIfForm(initial=chosen, by=request.user))


def _list(request: HttpRequest, form: WhatIfForm, status: int = 200) -> HttpResponse:
    rows = visible(WhatIf, request.user).select_related("past", "made_by").defer("result", "past__document")
    return render(request, "reports/what_ifs.html", {"form": form, "page": page_of(request, rows)}, status=status)


@require_POST
@grants("edition.what_if")
def ask(request: HttpRequest) -> HttpResponse:
    """Begin; a second click comes to the same what-if."""
    form = WhatIfForm(request.POST, by=request.user)
    if form.is_valid():
        try:
            return redirect("what_if", pk=ask_what_if(**form.cleaned_data, by=request.user).pk)
        except WhatIfRefused as refused:
            form.add_error(refused.field, str(refused))
    return _list(request, form, status=422)


@require_GET
@grants("edition.what_if")
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress while it is computed, then the sums."""
    found = _found(request, pk)
    context = {"what_if": found, "job": _job(request, found)}
    if found.state == WhatIf.State.DONE:
        result = result_of(found.result)
        now = found.terms_record
        changed = now is None or now.sha256 != found.proposed_sha256
        context |= {"result": result, "readings": readings_of(result.period), "changed": changed}
    return render(request, "reports/what_if.html", context)


@require_GET
@grants("edition.what_if")
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress part, asked every two seconds; tells the page to load anew when the work is done."""
    found = _found(request, pk)
    response = render(request, "reports/what_if_status.html", {"what_if": found, "job": _job(request, found)})
    if found.state != WhatIf.State.WAITING:
        response["HX-Refresh"] = "true"
    return response


@require_GET
@grants("edition.what_if")
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The sums as .xlsx; the export is on record."""
    found = _found(request, pk)
    if found.state != WhatIf.State.DONE:
        raise Http404
    result = result_of(found.result)
    record("edition.what_if_export", by=request.user, target=found, form="xlsx",
           rows=len(found.result["cells"]), fen=result.total.difference_fen)  # fmt: skip
    content = what_if_workbook(found, result, request.user)
    return attachment(content, name=f"{found.proposed_title}政策测算表.xlsx", content_type=XLSX)


def _found(request: HttpRequest, pk: int) -> WhatIf:
    return get_object_or_404(
        visible(WhatIf, request.user).select_related("past", "proposed", "amendment", "made_by"), pk=pk
    )


def _job(request: HttpRequest, found: WhatIf) -> Job | None:
    """Seen by whoever asked; others see the state alone."""
    return visible(Job, request.user).filter(kind=JOB, target_id=found.pk).order_by("-id").first()
