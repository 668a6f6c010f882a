"""Who looks after which village (村村有专干、组组有协管)."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from calc.ordering import natural_key
from enrollment.models import Enrollment, VillageKeeper
from enrollment.services.keepers import KeeperRefused, end_keeper, enter_keeper
from enrollment.target_forms import KeeperForm
from enrollment.views.editions import with_roster
from orgs.permissions import grants
from orgs.scope import visible
from schemes.models import Edition


@require_http_methods(["GET", "POST"])
@grants("keeper.manage")
@with_roster
def keepers(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The clerk's villages with their keepers and the groups that have none, and a form for one more."""
    form = KeeperForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = enter_keeper(edition=edition, by=request.user, **form.cleaned_data)
            messages.success(request, f"已登记{made.village.name}的{made.get_kind_display()}{made.name}")
            return redirect("keepers")
        except KeeperRefused as refused:
            form.add_error("name", str(refused))
    lines = _lines(request, edition, form)
    context = {
        "edition": edition,
        "form": form,
        "lines": lines,
        "without": sum(not line["village_keepers"] for line in lines),
    }
    return render(request, "enrollment/keepers.html", context, status=422 if request.method == "POST" else 200)


def _lines(request: HttpRequest, edition: Edition, form: KeeperForm) -> list[dict[str, Any]]:
    """A line for each village: who keeps it, who keeps its groups, groups on the roster that nobody keeps."""
    kept = defaultdict(list)
    for keeper in visible(VillageKeeper, request.user).filter(ended_at__isnull=True):
        kept[keeper.village_id].append(keeper)
    groups = defaultdict(set)
    people = visible(Enrollment, request.user).filter(edition=edition, removed_at__isnull=True).exclude(group="")
    for village, group in people.order_by().values_list("village_id", "group").distinct():
        groups[village].add(group)
    lines = []
    for village in form.fields["village"].queryset:
        of_groups = [one for one in kept[village.pk] if one.kind == VillageKeeper.Kind.GROUP]
        lines.append(
            {
                "village": village,
                "village_keepers": [one for one in kept[village.pk] if one.kind == VillageKeeper.Kind.VILLAGE],
                "group_keepers": sorted(of_groups, key=lambda one: natural_key(one.group)),
                "unkept_groups": sorted(groups[village.pk] - {one.group for one in of_groups}, key=natural_key),
            }
        )
    return lines


@require_POST
@grants("keeper.manage")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody no longer looks after the village."""
    keeper = get_object_or_404(visible(VillageKeeper, request.user).select_related("village"), pk=pk)
    try:
        end_keeper(keeper=keeper, by=request.user)
        messages.success(request, f"已停用{keeper.village.name}的{keeper.name}")
    except KeeperRefused as refused:
        messages.warning(request, str(refused))
    return redirect("keepers")
