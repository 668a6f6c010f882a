"""One person's particulars and ID number, put right."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from enrollment.correcting_forms import IdCorrectionForm, PersonForm
from enrollment.models import Enrollment
from enrollment.places import entry_place
from enrollment.services.correcting import CorrectionRefused, RightNumber
from enrollment.services.correcting import correct_id as correct
from enrollment.services.editing import edit_person
from enrollment.services.entering import Entered, EntryRefused
from enrollment.typed_wording import said_of_one
from enrollment.views.entry import told
from orgs.numbers import whole_number
from orgs.permissions import grants
from orgs.scope import visible
from orgs.versions import EditConflict

RELATED = ("edition__place", "township", "village")
QUEUED = "改了姓名的，连同这次的其他改动送区县裁定；裁定以前名册不变，结果在“名册导入”的这一批里看"


@require_http_methods(["GET", "POST"])
@grants("roster.import")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, place, household, telephone, account and address, as a batch of one row."""
    person = _person(request, pk)
    place = entry_place(person.edition, request.user, person.township_id)
    form = PersonForm(request.POST or None, person=person, villages=place.villages)
    if request.method == "POST" and form.is_valid() and (answer := _edited(request, person, form)):
        messages.success(request, QUEUED if answer.queued else told(answer))
        return redirect("roster_person", pk=pk)
    return _form_page(request, "enrollment/person_edit.html", person, form)


def _edited(request: HttpRequest, person: Enrollment, form: PersonForm) -> Entered | None:
    """What was written; None with what is wrong told in the form."""
    try:
        answer = edit_person(person=person, values=form.cleaned_data, by=request.user, read_version=_version(request))
    except (EntryRefused, EditConflict) as refused:
        form.add_error(None, str(refused))
        return None
    if answer.batch is not None:
        return answer
    for problem in answer.problems.get(1, []):
        where = problem["column"] if problem["column"] in form.fields else None
        form.add_error(where, said_of_one(problem))
    if not form.errors:
        form.add_error(None, "内容与名册上的相同，没有改动")
    return None


@require_http_methods(["GET", "POST"])
@grants("roster.correct_id")
def correct_id(request: HttpRequest, pk: int) -> HttpResponse:
    """The right ID number, with its reason and the paper that shows it."""
    person = _person(request, pk)
    form = IdCorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        right = RightNumber(form.cleaned_data["number"], form.cleaned_data["reason"], form.cleaned_data["proof"])
        try:
            correct(person=person, right=right, by=request.user, read_version=_version(request))
        except (CorrectionRefused, EditConflict) as refused:
            form.add_error(None if isinstance(refused, EditConflict) else "number", str(refused))
        else:
            messages.success(request, f"已更正{person.name}的身份证号；历年参保、案件和限额用量都跟着走")
            return redirect("roster_person", pk=pk)
    return _form_page(request, "enrollment/person_correct.html", person, form)


def _form_page(request: HttpRequest, template: str, person: Enrollment, form: forms.Form) -> HttpResponse:
    context = {"person": person, "edition": person.edition, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _version(request: HttpRequest) -> int:
    return whole_number(request.POST.get("version", "")) or 0


def _person(request: HttpRequest, pk: int) -> Enrollment:
    people = visible(Enrollment, request.user).select_related(*RELATED)
    return get_object_or_404(people, pk=pk)
