"""Organizations and regions as the administrator looks after them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from orgs.audit import record
from orgs.models import AuditEvent, Organization, Region
from orgs.organization_form import OrganizationForm
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.scope import visible
from orgs.versions import EditConflict, save_versioned

AUDIT_ACTIONS = (
    ("session.", "登录"), ("person.", "人员"), ("organization.", "机构"), ("list.", "名单导出"), ("roster.", "名册"),
    ("claim.", "案件"), ("paper.", "材料"), ("secret.", "查看明文"), ("premium.", "保费"), ("edition.", "年度方案"),
    ("token.", "接口令牌"),
)  # fmt: skip


@require_GET
@grants("people.manage")
def organizations(request: HttpRequest) -> HttpResponse:
    """Organizations of the administrator's region."""
    rows = visible(Organization, request.user).select_related("region").order_by("kind", "name")
    return render(request, "orgs/organizations.html", {"page": page_of(request, rows)})


@require_http_methods(["GET", "POST"])
@grants("people.manage")
def organization(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change an organization."""
    found = get_object_or_404(visible(Organization, request.user), pk=pk) if pk else None
    form = OrganizationForm(request.POST or None, instance=found, by=request.user)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, found, request)
            messages.success(request, f"已保存 {form.instance.name}")
            return redirect("organizations")
        except EditConflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
    return render(request, "orgs/organization.html", {"form": form, "organization": found}, status=status)


def _save(form: OrganizationForm, found: Organization | None, request: HttpRequest) -> None:
    if found is None:
        form.save()
    else:
        fields = ["name", "short_name", "kind", "region_id", "hotline", "active"]
        save_versioned(form.instance, read_version=form.cleaned_data["read_version"] or 0, fields=fields)
    record("organization.save", by=request.user, target=form.instance, region_path=form.instance.region.path)


@require_GET
@grants("people.manage")
def regions(request: HttpRequest) -> HttpResponse:
    """Townships and zones of the administrator's region with all their names."""
    levels = (Region.Level.COUNTY, Region.Level.TOWNSHIP)
    rows = Region.objects.filter(path__startswith=request.user.organization.region.path, level__in=levels)
    rows = rows.select_related("parent").prefetch_related("names").order_by("path")
    return render(request, "orgs/regions.html", {"page": page_of(request, rows)})


@require_GET
@grants("audit.view")
def audit(request: HttpRequest) -> HttpResponse:
    """Who did, saw and exported what, newest first."""
    rows = visible(AuditEvent, request.user).order_by("-id")
    action = request.GET.get("action", "")
    if action:
        rows = rows.filter(action__startswith=action[:60])
    target = request.GET.get("target", "").strip()
    if target:
        rows = rows.filter(target=target[:120])
    context = {"page": page_of(request, rows), "action": action, "target": target, "actions": AUDIT_ACTIONS}
    return render(request, "orgs/audit.html", context)
