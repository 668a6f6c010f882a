"""The import wizard: template, upload, check and preview, confirm."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enrollment.forms import TownshipForm, UploadForm
from enrollment.left_behind import LeftBehind, left_behind
from enrollment.models import RosterBatch
from enrollment.services.carrying import CarryRefused, request_carry_over, source_of
from enrollment.services.error_file import template_for
from enrollment.services.previewing import LAST_YEAR
from enrollment.services.progress import why_gone_up
from enrollment.services.uploading import SentFile, UploadRefused, discard_batch, request_confirmation, upload_rosters
from enrollment.views.batch_tabs import tab_context
from enrollment.views.undoing import may_not_be_undone
from office.files import read_file
from office.models import Job
from orgs.audit import record
from orgs.models import Region, User
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may
from orgs.responses import XLSX, attachment
from orgs.scope import visible
from schemes.current import current_edition
from schemes.models import Edition
from schemes.rules.rate_words import rate_text

PIECE = 2**20


@require_http_methods(["GET", "POST"])
@grants("roster.import")
def upload(request: HttpRequest) -> HttpResponse:
    """Steps one and two: get the template, send the workbooks."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    form = UploadForm(request.POST or None, request.FILES or None, edition=edition, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            batch, _ = upload_rosters(
                edition=edition,
                township=form.cleaned_data["township"],
                files=[SentFile(file.name, file.chunks(PIECE)) for file in form.cleaned_data["file"]],
                by=request.user,
                again=form.cleaned_data["again"],
            )
            return redirect("roster_batch", pk=batch.pk)
        except UploadRefused as refused:
            form.add_error("file", str(refused))
    batches = visible(RosterBatch, request.user).filter(edition=edition)
    batches = batches.select_related("township", "made_by", "reversed_by")
    status = 422 if request.method == "POST" else 200
    source = source_of(edition, request.user)
    context = {
        "edition": edition,
        "form": form,
        "page": page_of(request, batches),
        "source": source,
        "gone_up": why_gone_up(edition, _own_township(request)),
        "behind": _left_behind(edition, source, request.user),
    }
    return render(request, "enrollment/upload.html", context, status=status)


def _own_township(request: HttpRequest) -> int | None:
    """The township that the person works for, or in; nobody's roster for those above it."""
    own = request.user.organization.region
    return own.parent_id if own.level == Region.Level.VILLAGE else own.pk


def _left_behind(edition: Edition, source: Edition | None, user: User) -> list[LeftBehind]:
    """Who of last year's roster can't be carried over; told before anybody tries."""
    return left_behind(edition, source, user) if source is not None else []


@require_POST
@grants("roster.import")
def carry(request: HttpRequest) -> HttpResponse:
    """上年结转: last year's roster of the chosen township as a batch to be looked over."""
    edition = current_edition(request)
    if edition is None:
        raise Http404
    form = TownshipForm(request.POST, edition=edition, user=request.user)
    if not form.is_valid():
        behind = _left_behind(edition, source_of(edition, request.user), request.user)
        told = "；".join(one.sentence for one in behind)
        messages.warning(request, told or "请选择本辖区内参加本方案的乡镇，没有结转")
        return redirect("roster_upload")
    try:
        batch, _ = request_carry_over(edition=edition, township=form.cleaned_data["township"], by=request.user)
    except CarryRefused as refused:
        messages.warning(request, str(refused))
        return redirect("roster_upload")
    return redirect("roster_batch", pk=batch.pk)


@require_GET
@grants("roster.import")
def template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in, with the villages of the person's township to choose from."""
    edition = current_edition(request)
    if edition is None:
        raise Http404
    name, content = template_for(edition, request.user)
    return attachment(content, name=name, content_type=XLSX)


@require_GET
@grants("roster.import")
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Step three: progress while it is checked, then the preview with every mistake."""
    batch = _batch(request, pk)
    files = list(batch.files.select_related("error_file"))
    context = {
        "batch": batch,
        "file_names": {file.number: file.name for file in files} if len(files) > 1 else {},
        "error_files": [file for file in files if file.error_file_id],
        "edition": batch.edition,
        "job": visible(Job, request.user).filter(target_id=batch.pk, kind__startswith="roster_").first(),
        "totals": _totals(batch),
        "rate": rate_text(batch.edition.terms),
        "may_undo": may(request.user, "roster.undo") and not may_not_be_undone(batch),
        "gone_up": why_gone_up(batch.edition, batch.township_id) if batch.state == RosterBatch.State.CHECKED else "",
    }
    return render(request, "enrollment/batch.html", context | tab_context(request, batch))


def _totals(batch: RosterBatch) -> dict[str, int]:
    keys = ("present", "new", "changed", "missing", "removed", "conflict", "duplicate", "invalid", "after", *LAST_YEAR)
    return {key: sum(line.get(key, 0) for line in batch.villages) for key in keys}


@require_GET
@grants("roster.import")
def batch_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress part, asked every two seconds; tells the page to load anew when the work is done."""
    batch = _batch(request, pk)
    job = visible(Job, request.user).filter(target_id=batch.pk, kind__startswith="roster_").first()
    response = render(request, "enrollment/batch_status.html", {"batch": batch, "job": job})
    if job is None or not job.is_open:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@grants("roster.import")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Step four: write it. A second click says that it is on its way."""
    batch = _batch(request, pk)
    known = {line["id"] for line in batch.villages if line["id"]}
    ticked = {whole_number(value) for value in request.POST.getlist("whole")}
    try:
        request_confirmation(
            batch=batch,
            only_valid=request.POST.get("only_valid") == "yes",
            whole_villages=sorted(known if "whole_all" in request.POST else known & ticked),
            by=request.user,
        )
    except UploadRefused as refused:
        messages.warning(request, str(refused))
    return redirect("roster_batch", pk=pk)


@require_POST
@grants("roster.import")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop the upload; the roster stays as it is."""
    batch = _batch(request, pk)
    try:
        discard_batch(batch=batch, by=request.user)
        messages.success(request, f"已放弃“{batch.file_name}”，名册没有改动")
    except UploadRefused as refused:
        messages.warning(request, str(refused))
    return redirect("roster_upload")


@require_GET
@grants("roster.import")
def error_book(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The person's own workbook with the column 错误原因, one for each file."""
    batch = _batch(request, pk)
    file = get_object_or_404(batch.files.select_related("error_file"), number=number, error_file__isnull=False)
    record("roster.error_file", by=request.user, target=batch, sha256=file.error_file.sha256)
    return attachment(read_file(file.error_file), name=file.error_file.name, content_type=XLSX)


def _batch(request: HttpRequest, pk: int) -> RosterBatch:
    batches = visible(RosterBatch, request.user).select_related("edition", "township", "made_by", "source_edition")
    return get_object_or_404(batches, pk=pk)
