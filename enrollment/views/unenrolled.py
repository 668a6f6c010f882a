"""应保未保: who should be enrolled and is not, to go round with."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from enrollment.list_forms import ReasonForm
from enrollment.models import NotEnrolled
from enrollment.progress_figures import read_progress
from enrollment.services.not_enrolled import ReasonRefused, mark_not_enrolled
from enrollment.unenrolled import Unenrolled, reasons_of
from enrollment.unenrolled_sheet import MOST_EXPORTED, unenrolled_sheet
from enrollment.views.editions import with_roster
from orgs.audit import record
from orgs.models import Region
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may
from orgs.responses import XLSX, attachment
from orgs.scope import scope_of
from schemes.models import Edition


@require_GET
@grants("unenrolled.view")
@with_roster
def unenrolled(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Counts by township and village, and the people of the chosen place."""
    place = _place(request)
    people = Unenrolled(edition, request.user, place)  # type: ignore[arg-type]
    if people.members is None:
        return render(request, "enrollment/unenrolled.html", {"edition": edition})
    progress = read_progress(edition, request.user)  # type: ignore[arg-type]
    page = page_of(request, people)  # type: ignore[arg-type]
    known = sum(town.unenrolled or 0 for town in progress.towns)
    context = {
        "edition": edition,
        "members": people.members,
        "place": place,
        "progress": progress,
        "open": progress.town(place.pk) if place else progress.towns[0] if len(progress.towns) == 1 else None,
        "elsewhere": page.paginator.count - known if place is None and known < page.paginator.count else 0,
        "page": page,
        "rows": _rows(request, edition, page),
        "reasons": NotEnrolled.Reason.choices,
        "may_mark": may(request.user, "unenrolled.mark"),
        "may_export": page.paginator.count <= MOST_EXPORTED,
    }
    return render(request, "enrollment/unenrolled.html", context)


def _rows(request: HttpRequest, edition: Edition, page: Any) -> list[dict[str, Any]]:
    """The people of the page with where they live and what is known of why."""
    people = list(page.object_list)
    reasons = reasons_of(edition, request.user, people)  # type: ignore[arg-type]
    ids = {pk for one in people for pk in (one.township_id, one.village_id) if pk}
    names = dict(Region.objects.filter(pk__in=ids).values_list("pk", "name"))
    rows = []
    for one in people:
        reason = reasons.get(one.id_index)
        rows.append(
            {
                "person": one,
                "township": names.get(one.township_id or 0, ""),
                "village": names.get(one.village_id or 0, "") or one.written_place,
                "reason": reason,
                "note": reason.note.reveal() if reason else "",
            }
        )
    return rows


def _place(request: HttpRequest) -> Region | None:
    """The township or village of `?place=` within the person's region; any other is passed over."""
    chosen = whole_number(request.GET.get("place", ""))
    levels = (Region.Level.TOWNSHIP, Region.Level.VILLAGE)
    within = Region.objects.filter(level__in=levels, path__startswith=scope_of(request.user).region_path or "-")
    return within.filter(pk=chosen).first() if chosen else None


@require_GET
@grants("unenrolled.view")
@with_roster
def workbook(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The list of a place to go round with; the export is on record."""
    place = _place(request)
    people = Unenrolled(edition, request.user, place)  # type: ignore[arg-type]
    if people.members is None:
        raise Http404
    if people.count() > MOST_EXPORTED:
        messages.warning(request, f"超过 {MOST_EXPORTED:,} 人，请先选一个乡镇或村再导出")
        return redirect("unenrolled")
    content, persons = unenrolled_sheet(edition, people, request.user)  # type: ignore[arg-type]
    path = place.path if place else scope_of(request.user).region_path
    record("unenrolled.export", by=request.user, target=edition, region_path=path, persons=persons)
    where = place.name if place else request.user.organization.region.name
    return attachment(content, name=f"{where}{edition.title}应保未保名单.xlsx", content_type=XLSX)


@require_POST
@grants("unenrolled.mark")
@with_roster
def mark(request: HttpRequest, edition: Edition, pk: int) -> HttpResponse:
    """Say why somebody is not enrolled."""
    person = Unenrolled(edition, request.user, None).get(pk)  # type: ignore[arg-type]
    if person is None:
        raise Http404
    form = ReasonForm(request.POST)
    try:
        if not form.is_valid():
            raise ReasonRefused("请从列表里选原因，说明不超过 100 个字")
        mark_not_enrolled(edition=edition, person=person, by=request.user, **form.cleaned_data)
        messages.success(request, f"已记下{person.name or '此人'}没有参保的原因")
    except ReasonRefused as refused:
        messages.warning(request, str(refused))
    back = {name: request.POST[name] for name in ("place", "page") if whole_number(request.POST.get(name, ""))}
    return redirect(f"{reverse('unenrolled')}?{urlencode(back)}")
