"""How an edition stands: a decision recorded."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from calc.dates import parse_date
from orgs.permissions import grants
from orgs.scope import visible
from schemes.models import Edition
from schemes.presenting import with_history
from schemes.services import EditionRefused, record_state
from schemes.state_form import StateForm
from schemes.states import is_computed
from schemes.views.reading import edition_page


@require_POST
@grants("edition.state")
def edition_state(request: HttpRequest, code: str, state: str) -> HttpResponse:
    """Record what was decided on one declared state; what is wrong stands beside the form on the edition's page."""
    related = ("scheme", "place", "drafted_by", "checked_by", "published_by")
    found = get_object_or_404(with_history(visible(Edition, request.user)).select_related(*related), code=code)
    fact = found.terms_on(timezone.localdate()).state.get(state)
    if fact is None or is_computed(state):
        raise Http404
    form = StateForm(request.POST, fact=fact)
    if form.is_valid():
        try:
            _record(request, found, form)
            messages.success(request, f"已登记“{fact.label}”；以后的理算按它办理，已批准的案件不变")
            return redirect(f"{reverse('edition', args=[code])}#states")
        except EditionRefused as refused:
            form.add_error(None, refused.sentences)
    return edition_page(request, found, status=422, state_form=form)


def _record(request: HttpRequest, edition: Edition, form: StateForm) -> None:
    typed = form.cleaned_data
    record_state(
        edition=edition,
        code=form.fact.code,
        value=form.value(),
        document_number=typed["document_number"],
        decided_on=parse_date(typed["decided_on"]),
        reason=typed["reason"],
        by=request.user,
    )
