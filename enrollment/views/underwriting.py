"""Rosters taken out as workbooks, the insurer's own layout of them, and its results back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enrollment.forms_layout import LayoutForm
from enrollment.models import RosterDownload
from enrollment.roster.layout import rows_in, synthetic_people
from enrollment.services.downloading import DownloadRefused, file_name, order_download
from enrollment.services.layouts import LayoutRefused, layout_of, save_layout
from enrollment.services.objecting import ACT_OF_STEP
from enrollment.services.underwriting import MOST_BYTES, ResultsRefused, enter_results
from enrollment.views.steps import township_in_sight
from office.files import read_file
from orgs.audit import record
from orgs.models import Region
from orgs.permissions import grants, may, writes_at_the_end
from orgs.responses import XLSX, attachment
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes.current import current_edition
from schemes.models import Edition


@require_POST
@grants("roster.object")
def download(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One township's roster with full numbers."""
    edition, place = township_in_sight(request, code, pk)
    return _download(request, edition, place)


@require_POST
@grants("roster.underwrite")
def download_all(request: HttpRequest, code: str) -> HttpResponse:
    """All rosters that have come up to the insurer."""
    editions = visible(Edition, request.user).filter(state=Edition.State.PUBLISHED).select_related("place")
    return _download(request, get_object_or_404(editions, code=code), None)


def _download(request: HttpRequest, edition: Edition, place: Region | None) -> HttpResponse:
    step = "police" if may(request.user, ACT_OF_STEP["police"]) else "underwrite"
    try:
        made, job, content = order_download(edition=edition, township=place, step=step, by=request.user)
    except DownloadRefused as refused:
        messages.warning(request, str(refused))
        return redirect("roster_township", edition.code, place.pk) if place else redirect("roster_progress")
    if job is not None:
        messages.success(request, "人数较多，正在后台生成，好了以后在这里点标题下载，文件保留三天")
        return redirect("jobs")
    return attachment(content, name=file_name(made), content_type=XLSX)


@require_GET
@grants("roster.object")
def download_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file that a job made, for whoever ordered it and still may have it."""
    rows = visible(RosterDownload, request.user).filter(requested_by=request.user)
    made = get_object_or_404(rows.select_related("edition", "township", "file"), pk=pk)
    expired = made.file is None or (made.file.expires_at or timezone.now()) <= timezone.now()
    if expired or not may(request.user, ACT_OF_STEP[made.step]):
        messages.warning(request, "文件还没有生成，或已过期；请在名册上报里重新下载")
        return redirect("roster_progress")
    record("roster.download_file", by=request.user, target=made, persons=made.persons)
    return attachment(read_file(made.file), name=made.file.name, content_type=XLSX)


@require_http_methods(["GET", "POST"])
@grants("roster.underwrite")
def layout(request: HttpRequest) -> HttpResponse:
    """The insurer's own layout, with three made-up people in it."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    kept, version = layout_of(request.user.organization, request.user)
    form = LayoutForm(request.POST or None, layout=kept, version=version)
    shown = kept
    if request.method == "POST":
        try:
            shown = form.typed_layout()
            if "save" in request.POST:
                save_layout(layout=shown, by=request.user, read_version=form.read_version)
                messages.success(request, "版式已保存，以后下载的名册照这个版式")
                return redirect("insurer_layout")
        except (LayoutRefused, EditConflict) as refused:
            form.refuse(str(refused))
    preview = list(rows_in(shown, synthetic_people(edition.first_day, edition.last_day)))
    context = {"form": form, "titles": shown.titles, "preview": preview, "edition": edition}
    return render(request, "enrollment/layout.html", context)


@writes_at_the_end
@require_POST
@grants("roster.underwrite")
def results(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The sheet comes back with the column 承保结果."""
    edition, place = township_in_sight(request, code, pk)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise ResultsRefused("请先选择填好承保结果的名册")
        content = file.read(MOST_BYTES + 1)
        found = enter_results(edition=edition, township=place, name=file.name or "", content=content, by=request.user)
        text = f"读了 {found.rows} 行，不承保 {found.objections} 人，已作为异议转给乡镇"
        messages.success(request, text if found.objections else f"读了 {found.rows} 行，全部承保；请点“确认承保”")
    except ResultsRefused as refused:
        messages.warning(request, str(refused))
    return redirect("roster_township", code=edition.code, pk=place.pk)
