"""人员管理: people created, moved, disabled, reset, one by one."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs.forms import PersonFilter, PersonForm
from orgs.models import User
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.scope import visible
from orgs.services.people import (
    LastAdministrator,
    RoleDoesNotFit,
    change_person,
    create_person,
    reset_password,
    set_active,
)
from orgs.versions import EditConflict


def _people(request: HttpRequest):
    """Those who log in: the account behind a token is looked after with its token."""
    people = visible(User, request.user).filter(token=None)
    return people.select_related("organization__region").order_by("organization__kind", "username")


@require_GET
@grants("people.manage")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the administrator's region, by search, role and state."""
    rows = _people(request)
    form = PersonFilter(request.GET or None)
    if form.is_valid():
        data = form.cleaned_data
        if data["q"]:
            rows = rows.filter(
                Q(name__contains=data["q"])
                | Q(username__contains=data["q"].lower())
                | Q(organization__short_name__contains=data["q"])
            )
        if data["role"]:
            rows = rows.filter(role=data["role"])
        if data["state"]:
            rows = rows.filter(is_active=data["state"] == "on")
    return render(request, "orgs/people.html", {"form": form, "page": page_of(request, rows)})


@require_http_methods(["GET", "POST"])
@grants("people.manage")
def new_person(request: HttpRequest) -> HttpResponse:
    """Create somebody; the one-time password is shown once."""
    form = PersonForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = create_person(
                username=data["username"],
                name=data["name"],
                organization=data["organization"],
                role=data["role"],
                phone=data["phone"],
                by=request.user,
            )
            return _tell_password(request, made.user, made.password, "已新增")
        except RoleDoesNotFit as misfit:
            form.add_error("role", str(misfit))
    status = 422 if request.method == "POST" else 200
    return render(request, "orgs/person.html", {"form": form}, status=status)


def _tell_password(request: HttpRequest, user: User, password: str, verb: str) -> HttpResponse:
    """The password stands on the answer to this request only: it goes into no session, log or URL."""
    context = {"told": [(f"{user.name}（{user.username}）", password)], "verb": verb}
    return render(request, "orgs/told.html", context)


@require_http_methods(["GET", "POST"])
@grants("people.manage")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or move somebody; a form opened before somebody else saved is not written over."""
    found = get_object_or_404(_people(request), pk=pk)
    initial = {
        "name": found.name,
        "organization": found.organization_id,
        "role": found.role,
        "version": found.version,
    }
    form = PersonForm(request.POST or None, by=request.user, person=found, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_person(
                user=found,
                read_version=data["version"] or 0,
                name=data["name"],
                organization=data["organization"],
                role=data["role"],
                phone=data["phone"] or found.phone,
                by=request.user,
            )
            messages.success(request, f"已保存 {found.name}")
            return redirect("people")
        except (RoleDoesNotFit, LastAdministrator) as misfit:
            form.add_error("role", str(misfit))
        except EditConflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
    if request.method == "POST" and status == 200:
        status = 422
    current = get_object_or_404(_people(request), pk=pk)
    return render(request, "orgs/person.html", {"form": form, "person": current}, status=status)


@require_POST
@grants("people.manage")
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new one-time password, shown once."""
    found = get_object_or_404(_people(request), pk=pk)
    try:
        return _tell_password(request, found, reset_password(user=found, by=request.user), "已重置密码")
    except EditConflict as conflict:
        messages.error(request, str(conflict))
        return redirect("person", pk=pk)


@require_POST
@grants("people.manage")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Disable or enable somebody."""
    found = get_object_or_404(_people(request), pk=pk)
    active = request.POST.get("active") == "yes"
    try:
        set_active(user=found, active=active, by=request.user)
        messages.success(request, f"已{'启用' if active else '停用'} {found.name}")
    except (LastAdministrator, EditConflict) as refused:
        messages.error(request, str(refused))
    return redirect("people")
