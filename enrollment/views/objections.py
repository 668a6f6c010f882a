"""Looking people of a roster up one by one, objecting to them, and what becomes of the objections."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from enrollment.models import Enrollment, Objection, VillageTotal
from enrollment.services import objecting
from enrollment.services.objecting import ACT_OF_STEP, REASONS_OF_STEP
from enrollment.services.progress import state_of
from enrollment.services.stepping import StepRefused
from enrollment.views.steps import looks_as, township_in_sight
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may
from orgs.scope import visible

Act = Callable[[HttpRequest, Objection], Objection]


@require_GET
@grants("roster.object")
def people(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The people of a township, village by village, for whoever confirms them."""
    edition, place = township_in_sight(request, code, pk)
    step = looks_as(request, state_of(edition, place.pk))
    totals = visible(VillageTotal, request.user).filter(edition=edition, township=place).select_related("village")
    villages = list(totals.order_by("region_path"))
    chosen = _chosen(villages, whole_number(request.GET.get("village", "")))
    rows = visible(Enrollment, request.user).filter(edition=edition, township=place, removed_at__isnull=True)
    rows = rows.filter(village=chosen.village_id if chosen else None).order_by("id")
    pending = visible(Objection, request.user).filter(enrollment=OuterRef("pk"), step=step, state__in=Objection.PENDING)
    rows = rows.annotate(objected=Exists(pending)).defer("content", "phone", "account", "bank")
    context = {
        "edition": edition,
        "township": place,
        "villages": villages,
        "chosen": chosen,
        "step": step,
        "reasons": [(reason.value, reason.label) for reason in REASONS_OF_STEP.get(step, ())],
        "page": page_of(request, rows, count=chosen.persons if chosen else 0),
    }
    return render(request, "enrollment/township_people.html", context)


def _chosen(villages: list[VillageTotal], pk: int | None) -> VillageTotal | None:
    """The village of `?village=`, or the first."""
    return next((one for one in villages if one.village_id == pk), villages[0] if villages else None)


@require_POST
@grants("roster.object")
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Object to one person."""
    rows = visible(Enrollment, request.user).filter(removed_at__isnull=True).select_related("edition", "village")
    person = get_object_or_404(rows, pk=pk)
    step = next((step for step in ("police", "underwrite") if may(request.user, ACT_OF_STEP[step])), "")
    try:
        objecting.raise_objection(
            enrollment=person,
            step=step,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            by=request.user,
        )
        messages.success(request, f"已对{person.name}提出异议，乡镇会看到")
    except StepRefused as refused:
        messages.warning(request, str(refused))
    back = redirect("roster_people", code=person.edition.code, pk=person.township_id)
    back["Location"] += f"?village={person.village_id}&page={whole_number(request.POST.get('page', '')) or 1}"
    return back


ACTS: dict[str, Act] = {
    "explain": lambda request, one: objecting.explain_objection(
        objection=one, answer=request.POST.get("answer", ""), by=request.user
    ),
    "remove": lambda request, one: objecting.remove_for_objection(objection=one, by=request.user),
    "accept": lambda request, one: objecting.accept_explanation(objection=one, by=request.user),
    "insist": lambda request, one: objecting.insist_on_objection(
        objection=one, note=request.POST.get("note", ""), by=request.user
    ),
    "withdraw": lambda request, one: objecting.withdraw_objection(objection=one, by=request.user),
}
BY_TOWNSHIP = ("explain", "remove")


@require_POST
@grants("roster.steps")
def act_on(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """The township's answer to an objection, or the objector's word on the answer."""
    objection = get_object_or_404(visible(Objection, request.user).select_related("edition"), pk=pk)
    act = "roster.review" if action in BY_TOWNSHIP else ACT_OF_STEP[objection.step]
    if action not in ACTS or not may(request.user, act):
        raise Http404
    try:
        settled = ACTS[action](request, objection)
        messages.success(request, f"这条异议现在是“{settled.get_state_display()}”")
    except StepRefused as refused:
        messages.warning(request, str(refused))
    return redirect("roster_township", code=objection.edition.code, pk=objection.township_id)
