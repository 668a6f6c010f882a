"""The page of a person: the lowest room that sees rosters, claims and payments together."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from claims.models import Claim, Payment
from claims.workflow import STATE
from enrollment.corrections import of_person
from enrollment.models import Enrollment
from enrollment.person import age_of, enrollments_of, history_of, household_number, household_of, relation_of
from enrollment.services.progress import standing_of
from enrollment.services.revealing import reveal_field, revealable
from orgs.permissions import grants, may
from orgs.scope import visible
from orgs.services.revealing import REASONS, ReasonMissing, TooManyReveals, reason_of
from schemes.models import Edition

RELATED = ("edition__place", "township", "village", "insurer", "batch")


@require_GET
@grants("roster.view")
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who it is, the household, the years, what happened to the row, claims and payments: as far as the viewer sees."""
    return render(request, "claims/person.html", _context(request, _person(request, pk)))


@require_GET
@grants("roster.view")
def household_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody of the person's household, the head first, with how many claims each has."""
    person = _person(request, pk)
    members = household_of(person, request.user) or [person]
    claims = list(_claims(request).filter(enrollment__in=members).order_by("-reported_at", "-id"))
    counts: dict[int, int] = {}
    for claim in claims:
        counts[claim.enrollment_id] = counts.get(claim.enrollment_id, 0) + 1
    context = {
        "person": person,
        "edition": person.edition,
        "number": household_number(person),
        "members": [_member(one) | {"claims": counts.get(one.pk, 0)} for one in members],
        "present": sum(one.removed_at is None for one in members),
        "claims": _claim_lines(claims),
        "may_edit": may(request.user, "roster.import")
        and bool(standing_of(person.edition, {person.township_id}).drafting),
    }
    return render(request, "claims/household.html", context)


@require_POST
@grants("secret.reveal")
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one number in clear, once, for a reason that is put on record."""
    person = _person(request, pk)
    field = request.POST.get("field", "")
    names = revealable(request.user)
    if field not in names:
        raise Http404
    try:
        plain = reveal_field(person=person, field=field, reason=reason_of(request.POST), by=request.user)
    except (ReasonMissing, TooManyReveals) as refused:
        status = 422 if isinstance(refused, ReasonMissing) else 429
        context = _context(request, person) | {"refusal": str(refused), "revealing": field}
        return render(request, "claims/person.html", context, status=status)
    shown = {"revealed": {field: plain}, "revealed_name": names[field]}
    return render(request, "claims/person.html", _context(request, person) | shown)


def _person(request: HttpRequest, pk: int) -> Enrollment:
    return get_object_or_404(visible(Enrollment, request.user).select_related(*RELATED), pk=pk)


def _context(request: HttpRequest, person: Enrollment) -> dict[str, Any]:
    user = request.user
    editions = list(visible(Edition, user).filter(state=Edition.State.PUBLISHED))
    years = enrollments_of(person, editions, user)
    claims = _claims_of(request, person, editions)
    standing = standing_of(person.edition, {person.township_id})
    payments = _payments_of(request, claims)
    return {
        "person": person,
        "edition": person.edition,
        "age": age_of(person, timezone.localdate()),
        "number": household_number(person),
        "relation": relation_of(person),
        "members": [_member(one) for one in household_of(person, user)],
        "years": years,
        "history": history_of(years, user),
        "claims": _claim_lines(claims),
        "payments": payments,
        "paid_fen": sum(payment.fen for payment in payments if payment.voided_at is None),
        "revealable": revealable(user),
        "reasons": REASONS,
        "may_edit": may(user, "roster.import") and person.removed_at is None and bool(standing.drafting),
        "may_endorse": may(user, "endorsement.ask") and person.removed_at is None and bool(standing.in_force),
        "may_correct_id": may(user, "roster.correct_id") and person.removed_at is None,
        "may_report": may(user, "claim.report") and person.removed_at is None and bool(standing.in_force),
        "not_in_force": not standing.in_force,
        "may_see_batches": may(user, "roster.import"),
        "may_see_claims": may(user, "claim.view"),
    }


def _member(person: Enrollment) -> dict[str, Any]:
    return {"person": person, "relation": relation_of(person), "removed": person.removed_at}


def _claims(request: HttpRequest) -> QuerySet[Claim]:
    """None for those who do not see claims, whatever rows they see."""
    if not may(request.user, "claim.view"):
        return Claim.objects.none()
    heavy = ("facts", "adjustment", "id_number", "payee_id_number", "payee_account", "reporter_phone")
    return visible(Claim, request.user).select_related("edition").defer(*heavy)


def _claims_of(request: HttpRequest, person: Enrollment, editions: list[Edition]) -> list[Claim]:
    """The person's claims of all years, the latest first; a corrected number's earlier ones too."""
    same = of_person(person.id_index, person.name, prefix="person_")
    return list(_claims(request).filter(same, edition__in=editions).order_by("-event_date", "-id"))


def _claim_lines(claims: list[Claim]) -> list[dict[str, Any]]:
    return [{"claim": claim, "state": STATE[claim.state]} for claim in claims]


def _payments_of(request: HttpRequest, claims: list[Claim]) -> list[Payment]:
    payments = visible(Payment, request.user).filter(claim__in=claims).select_related("claim", "edition")
    return list(payments.defer("payee_account", "claim__facts", "claim__adjustment"))
