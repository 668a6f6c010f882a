"""撤销整批: what would be taken back, what stays and why, and the order to do it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from enrollment.models import RosterBatch
from enrollment.services.undoing import STAYS, UndoRefused, request_undo, staying, undo_preview
from orgs.permissions import grants
from orgs.scope import visible

MOST_NAMED = 50


@require_http_methods(["GET", "POST"])
@grants("roster.undo")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview; sent with the name typed, the order."""
    batches = visible(RosterBatch, request.user).select_related("edition", "township", "made_by")
    batch = get_object_or_404(batches, pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            reversal = request_undo(batch=batch, typed=request.POST.get("name", ""), by=request.user)
            return redirect("roster_batch", pk=reversal.pk)
        except UndoRefused as refused:
            refusal = str(refused)
    elif may_not_be_undone(batch):
        return redirect("roster_batch", pk=batch.pk)
    preview = undo_preview(batch)
    context = {
        "batch": batch,
        "edition": batch.edition,
        "preview": preview,
        "stays": [{"reason": STAYS[fate], "n": n} for fate, n in preview.stays.items()],
        "people": staying(batch, MOST_NAMED) if preview.n_stays else [],
        "refusal": refusal,
    }
    return render(request, "enrollment/undo.html", context, status=422 if refusal else 200)


def may_not_be_undone(batch: RosterBatch) -> bool:
    """Whether there is nothing to undo: not written, a reversal, or undone before."""
    states, kinds = RosterBatch.State, RosterBatch.Kind
    return batch.state != states.CONFIRMED or batch.kind == kinds.REVERSAL or hasattr(batch, "reversed_by")
