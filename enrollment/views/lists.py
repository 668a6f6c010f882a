"""Lists that rosters are matched with: bring one in, look at it, withdraw it; who is enrolled although on one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enrollment.list_forms import ListForm
from enrollment.list_sheets import enrolled_on_lists_sheet, list_template
from enrollment.models import ListedPerson, PersonList
from enrollment.on_lists import count_by_township, enrolled_on_lists, standings
from enrollment.services.list_uploading import ListOrder, ListRefused, upload_list, withdraw_list
from enrollment.views.editions import with_roster
from office.files import read_file
from office.models import Job
from orgs.audit import record
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.responses import XLSX, attachment
from orgs.scope import visible
from schemes.models import Edition


@require_http_methods(["GET", "POST"])
@grants("list.manage")
@with_roster
def person_lists(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The lists of the place, and a form for the next one."""
    form = ListForm(request.POST or None, request.FILES or None, edition=edition, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        file = data.pop("file")
        try:
            made, _ = upload_list(
                edition=edition, order=ListOrder(**data), name=file.name, content=file.read(), by=request.user
            )
            return redirect("person_list", pk=made.pk)
        except ListRefused as refused:
            form.add_error("file", str(refused))
    lists = visible(PersonList, request.user).select_related("edition", "made_by")
    context = {
        "edition": edition,
        "form": form,
        "page": page_of(request, lists),
        "enrolled_on_lists": enrolled_on_lists(edition, request.user).count(),
    }
    return render(request, "enrollment/lists.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@grants("list.manage")
def template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in."""
    return attachment(list_template(), name="名单模板.xlsx", content_type=XLSX)


@require_GET
@grants("list.manage")
def person_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: progress while it is read, then what was taken and who stands on it."""
    found = _list(request, pk)
    people = visible(ListedPerson, request.user).filter(list=found).order_by("region_path", "id")
    taken = found.counts.get("taken", 0) if found.state != PersonList.State.REFUSED else 0
    context = {
        "list": found,
        "job": _job(request, found),
        "page": page_of(request, people, count=taken if found.in_force_at else 0),
    }
    return render(request, "enrollment/list.html", context)


@require_GET
@grants("list.manage")
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress part, asked every two seconds; tells the page to load anew when the work is done."""
    found = _list(request, pk)
    job = _job(request, found)
    response = render(request, "enrollment/list_status.html", {"list": found, "job": job})
    if job is None or not job.is_open:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@grants("list.manage")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a list out of force, with a reason."""
    found = _list(request, pk)
    try:
        withdraw_list(person_list=found, reason=request.POST.get("reason", "")[:200], by=request.user)
        messages.success(request, f"已撤下《{found.title}》，以后校验名册不再用它")
    except ListRefused as refused:
        messages.warning(request, str(refused))
    return redirect("person_list", pk=pk)


@require_GET
@grants("list.manage")
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that were not taken, with their reasons."""
    found = _list(request, pk)
    if found.error_file is None:
        raise Http404
    record("list.error_file", by=request.user, target=found, sha256=found.error_file.sha256)
    return attachment(read_file(found.error_file), name=found.error_file.name, content_type=XLSX)


@require_GET
@grants("list.manage")
@with_roster
def enrolled(request: HttpRequest, edition: Edition) -> HttpResponse:
    """People on the roster who stand on a list that excludes them."""
    people = enrolled_on_lists(edition, request.user)
    by_township = count_by_township(people)
    total = sum(n for _, n in by_township)
    page = page_of(request, people.select_related("township", "village"), count=total)
    said = standings(page.object_list, edition, request.user)
    context = {
        "edition": edition,
        "by_township": by_township,
        "total": total,
        "page": page,
        "rows": [(person, said.get(person.id_index, [])) for person in page.object_list],
    }
    return render(request, "enrollment/list_enrolled.html", context)


@require_GET
@grants("list.manage")
@with_roster
def enrolled_xlsx(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The same people as a workbook; the export is on record."""
    content, persons = enrolled_on_lists_sheet(edition, request.user)
    record("list.enrolled_export", by=request.user, target=edition, region_path=edition.place.path, persons=persons)
    return attachment(content, name=f"{edition.title}在册但在名单上.xlsx", content_type=XLSX)


def _list(request: HttpRequest, pk: int) -> PersonList:
    lists = visible(PersonList, request.user).select_related("edition", "error_file", "made_by", "withdrawn_by")
    return get_object_or_404(lists, pk=pk)


def _job(request: HttpRequest, found: PersonList) -> Job | None:
    return visible(Job, request.user).filter(target_id=found.pk, kind="list_import").first()
