"""Asking for endorsements: somebody is added, taken off, or corrected."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from enrollment.content import content_of
from enrollment.endorsable import may_be_endorsed
from enrollment.endorsement_forms import AdditionForm, CorrectionForm, GroundsForm, RemovalForm
from enrollment.forms import uploadable_townships
from enrollment.models import Enrollment
from enrollment.services.endorsing import (
    AlreadyAsked,
    EndorsementRefused,
    ask_addition,
    ask_correction,
    ask_removal,
)
from orgs.models import Region
from orgs.numbers import whole_number
from orgs.paging import SIZES
from orgs.permissions import grants
from orgs.scope import visible
from schemes.current import current_edition

MOST_AT_ONCE = SIZES[-1]  # what one page of the roster can tick


@require_http_methods(["GET", "POST"])
@grants("endorsement.ask")
def endorsement_add(request: HttpRequest) -> HttpResponse:
    """Somebody who was left out, or is newly entitled."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    townships = list(uploadable_townships(edition, request.user))
    township = _chosen(request, townships)
    context: dict[str, Any] = {"edition": edition, "townships": townships, "township": township}
    if township is None:
        return render(request, "enrollment/endorsement_add.html", context)
    form = AdditionForm(request.POST or None, edition=edition, township=township)
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_addition(
                edition=edition, village=form.cleaned_data["village"], person=form.content(), grounds=form.grounds(),
                by=request.user,
            )  # fmt: skip
            messages.success(request, f"已申请增员 {asked.number}，等承保机构确认")
            return redirect("endorsement", number=asked.number)
        except AlreadyAsked as asked_before:
            return _to_the_first(request, asked_before)
        except EndorsementRefused as refused:
            _tell(form, refused)
    context |= {"form": form, "closed": may_be_endorsed(edition, township)}
    return render(request, "enrollment/endorsement_add.html", context, status=_status(request))


def _chosen(request: HttpRequest, townships: list[Region]) -> Region | None:
    """The township of `?township=`, or the only one."""
    if len(townships) == 1:
        return townships[0]
    asked = whole_number(request.GET.get("township", "") or request.POST.get("township", ""))
    return next((one for one in townships if one.pk == asked), None)


@require_http_methods(["GET", "POST"])
@grants("endorsement.ask")
def endorsement_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """One person off the roster."""
    person = _person(request, pk)
    return _removal(request, [person], RemovalForm(request.POST or None, edition=person.edition))


@require_POST
@grants("endorsement.ask")
def endorsement_remove_several(request: HttpRequest) -> HttpResponse:
    """Those ticked on the roster, for one reason from one day: first the form, then all of them or none."""
    ticked = {whole_number(value) for value in request.POST.getlist("person")} - {None, 0}
    if not ticked:
        messages.warning(request, "请先在名册上勾选要减员的人")
        return redirect("roster")
    people = list(_people(request).filter(pk__in=list(ticked)[:MOST_AT_ONCE]).order_by("village_id", "id"))
    if len(people) != len(ticked) or len({person.edition_id for person in people}) != 1:
        raise Http404
    sent = request.POST if "confirm" in request.POST else None
    return _removal(request, people, RemovalForm(sent, edition=people[0].edition))


def _removal(request: HttpRequest, people: list[Enrollment], form: RemovalForm) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                asked = [ask_removal(enrollment=one, grounds=form.grounds(), by=request.user) for one in people]
        except AlreadyAsked as asked_before:
            if len(people) == 1:
                return _to_the_first(request, asked_before)
            form.add_error(None, str(asked_before))
        except EndorsementRefused as refused:
            _tell(form, refused)
        else:
            numbers = (
                asked[0].number if len(asked) == 1 else f"{asked[0].number} 至 {asked[-1].number} 共 {len(asked)} 件"
            )
            messages.success(request, f"已申请减员 {numbers}，等承保机构确认")
            return redirect("endorsement", number=asked[0].number) if len(asked) == 1 else redirect("endorsements")
    closed = may_be_endorsed(people[0].edition, people[0].township)
    context = {"people": people, "person": people[0], "form": form, "closed": closed, "edition": people[0].edition}
    return render(request, "enrollment/endorsement_remove.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@grants("endorsement.ask")
def endorsement_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What the roster says of somebody, put right; not the ID number."""
    person = _person(request, pk)
    form = CorrectionForm(
        request.POST or None, edition=person.edition, township=person.township, now=content_of(person)
    )
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_correction(
                enrollment=person, changes=form.content(), grounds=form.grounds(), by=request.user
            )  # fmt: skip
            messages.success(request, f"已申请更正 {asked.number}，等承保机构确认")
            return redirect("endorsement", number=asked.number)
        except AlreadyAsked as asked_before:
            return _to_the_first(request, asked_before)
        except EndorsementRefused as refused:
            _tell(form, refused)
    closed = may_be_endorsed(person.edition, person.township)
    context = {"person": person, "form": form, "closed": closed, "edition": person.edition}
    return render(request, "enrollment/endorsement_correct.html", context, status=_status(request))


def _people(request: HttpRequest) -> Any:
    rows = visible(Enrollment, request.user).filter(removed_at__isnull=True)
    return rows.select_related("edition__place", "township", "village")


def _person(request: HttpRequest, pk: int) -> Enrollment:
    return get_object_or_404(_people(request), pk=pk)


def _to_the_first(request: HttpRequest, asked: AlreadyAsked) -> HttpResponse:
    messages.warning(request, str(asked))
    return redirect("endorsement", number=asked.endorsement.number)


def _tell(form: GroundsForm, refused: EndorsementRefused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
