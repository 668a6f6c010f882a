"""名册裁定: what waits for the county, and the two sides of one case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from enrollment.models import RosterConflict
from enrollment.roster.relations import relation_name
from enrollment.services.conflicts import (
    OFFERED,
    DecisionRefused,
    decide_conflict,
    is_other_held,
    other_side,
)
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes.current import current_edition

PHRASES = {
    "elsewhere": ("户口已迁入本乡镇", "因婚嫁迁入", "户口仍在原乡镇", "两地核实，以户籍所在地为准"),
    "other_name": ("身份证上的姓名如此", "户口簿已更名", "录入笔误，维持原姓名", "证件号码填错，不是同一人"),
}
TABS = (("open", "待裁定"), ("decided", "已裁定"))


@require_GET
@grants("roster.decide")
def conflict_list(request: HttpRequest) -> HttpResponse:
    """What waits, the longest waiting first; or what was decided, the latest first."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    tab = "decided" if request.GET.get("tab") == "decided" else "open"
    cases = visible(RosterConflict, request.user).filter(edition=edition).select_related("township", "village")
    tabs = [{"code": code, "name": name, "n": cases.filter(state=code).count()} for code, name in TABS]
    shown = cases.filter(state=tab).defer("phone", "account", "content")
    shown = shown.order_by("id") if tab == "open" else shown.order_by("-decided_at", "-id")
    count = next(one["n"] for one in tabs if one["code"] == tab)
    context = {"edition": edition, "tabs": tabs, "tab": tab, "page": page_of(request, shown, count=count)}
    return render(request, "enrollment/conflicts.html", context)


@require_GET
@grants("roster.decide")
def conflict_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides beside each other, and what can be decided."""
    return _page(request, _conflict(request, pk))


@require_POST
@grants("roster.decide")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide; where somebody was quicker, the page says what they decided."""
    conflict = _conflict(request, pk)
    reason = request.POST.get("reason", "")
    try:
        done = decide_conflict(
            conflict=conflict,
            decision=request.POST.get("decision", ""),
            reason=reason,
            by=request.user,
            read_version=whole_number(request.POST.get("version", "")) or 0,
        )
    except DecisionRefused as refused:
        return _page(request, conflict, refusal=str(refused), reason=reason, status=422)
    except EditConflict:
        message = "这一件刚有变动：别人已经裁定，或乡镇又传了新的一行。请看现在的内容再定"
        return _page(request, _conflict(request, pk), refusal=message, reason=reason, status=409)
    messages.success(request, f"{done.name}：{done.get_decision_display()}")
    return redirect("roster_conflicts")


def _conflict(request: HttpRequest, pk: int) -> RosterConflict:
    related = ("edition__place", "township", "village", "insurer", "batch", "decided_by", "decision_batch")
    return get_object_or_404(visible(RosterConflict, request.user).select_related(*related), pk=pk)


def _page(
    request: HttpRequest, conflict: RosterConflict, *, refusal: str = "", reason: str = "", status: int = 200
) -> HttpResponse:
    other = other_side(conflict) if conflict.state == RosterConflict.State.OPEN else None
    context = {
        "conflict": conflict,
        "edition": conflict.edition,
        "other": other,
        "held": is_other_held(other),
        "relations": {
            side.relation: relation_name(side.relation) for side in (conflict, other) if side and side.relation
        },
        "offered": OFFERED[conflict.kind],
        "phrases": PHRASES[conflict.kind],
        "refusal": refusal,
        "reason": reason,
        "undone": conflict.decision_batch and hasattr(conflict.decision_batch, "reversed_by"),
    }
    return render(request, "enrollment/conflict.html", context, status=status)
