"""The way of an edition and of its amendments from draft to published."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs.numbers import whole_number
from orgs.permissions import grants
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes import services
from schemes.forms import AmendmentForm
from schemes.models import Amendment, Edition
from schemes.presenting import amendments_for, lifecycle_of, with_history
from schemes.services import EditionRefused
from schemes.terms.present import figure_lines
from schemes.views.reading import edition_page


@require_POST
@grants("edition.draft")
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Check a draft with its examples; what is wrong stands on the page."""
    found = _edition(request, code)
    try:
        services.check_edition_draft(edition=found, by=request.user, read_version=_version(request))
    except (EditionRefused, EditConflict) as refused:
        return edition_page(request, _edition(request, code), status=422, refusals=_sentences(refused))
    messages.success(request, f"{found.title}检查通过，算例全部相符；请另一位同事核对后发布")
    return redirect("edition", code=code)


@require_POST
@grants("edition.publish")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish as a second person, who types the edition's name since there is no way back."""
    found = _edition(request, code)
    try:
        _demand_name(request, found)
        services.publish_edition(edition=found, by=request.user, read_version=_version(request))
    except (EditionRefused, EditConflict) as refused:
        return edition_page(request, _edition(request, code), status=422, refusals=_sentences(refused))
    messages.success(request, f"{found.title}已发布，条款从此冻结")
    return redirect("edition", code=code)


@require_POST
@grants("edition.draft")
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """Draft an amendment as a copy of the terms in force on its day."""
    found = _edition(request, code)
    form = AmendmentForm(request.POST)
    if form.is_valid():
        try:
            drafted = services.draft_amendment(edition=found, by=request.user, **form.cleaned_data)
            messages.success(request, f"已起草第{drafted.number}次修订，请改条款后检查")
            return redirect("amendment", code=code, number=drafted.number)
        except EditionRefused as refused:
            form.add_error(None, refused.sentences)
    return edition_page(request, found, status=422, form=form)


@require_GET
@grants("edition.view")
def amendment(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """An amendment: from when, why, what it pays; a draft for those who draft only."""
    return _page(request, _amendment(request, code, number))


@require_POST
@grants("edition.draft")
def amendment_describe(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Another day, reason or notice of a draft."""
    found = _amendment(request, code, number)
    form = AmendmentForm(request.POST)
    if form.is_valid():
        try:
            services.describe_amendment(
                amendment=found, by=request.user, read_version=_version(request), **form.cleaned_data
            )
            messages.success(request, "已保存；检查要重做一次")
            return redirect("amendment", code=code, number=number)
        except (EditionRefused, EditConflict) as refused:
            form.add_error(None, _sentences(refused))
    return _page(request, found, status=422, form=form)


@require_POST
@grants("edition.draft")
def amendment_check(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Check an amendment's document with its examples."""
    found = _amendment(request, code, number)
    try:
        services.check_amendment(amendment=found, by=request.user, read_version=_version(request))
    except (EditionRefused, EditConflict) as refused:
        return _page(request, _amendment(request, code, number), status=422, refusals=_sentences(refused))
    messages.success(request, f"第{number}次修订检查通过，算例全部相符；请另一位同事核对后发布")
    return redirect("amendment", code=code, number=number)


@require_POST
@grants("edition.publish")
def amendment_publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish an amendment as a second person."""
    found = _amendment(request, code, number)
    try:
        _demand_name(request, found.edition)
        services.publish_amendment(amendment=found, by=request.user, read_version=_version(request))
    except (EditionRefused, EditConflict) as refused:
        return _page(request, _amendment(request, code, number), status=422, refusals=_sentences(refused))
    messages.success(request, f"第{number}次修订已发布，{found.effective_from} 起发生的按修订后的条款")
    return redirect("amendment", code=code, number=number)


def _edition(request: HttpRequest, code: str) -> Edition:
    related = ("scheme", "place", "drafted_by", "checked_by", "published_by")
    editions = with_history(visible(Edition, request.user)).select_related(*related)
    return get_object_or_404(editions, code=code)


def _amendment(request: HttpRequest, code: str, number: int) -> Amendment:
    """Drafts exist for those only who draft."""
    edition = _edition(request, code)
    found = amendments_for(edition, request.user).filter(number=number).defer(None).first()
    if found is None:
        raise Http404
    found.edition = edition
    return found


def _version(request: HttpRequest) -> int:
    return whole_number(request.POST.get("version", "")) or 0


def _demand_name(request: HttpRequest, edition: Edition) -> None:
    if request.POST.get("title", "").strip() != edition.title:
        raise EditionRefused([f"发布后不能撤回，请照抄方案名称“{edition.title}”再发布"])


def _sentences(refused: EditionRefused | EditConflict) -> list[str]:
    return refused.sentences if isinstance(refused, EditionRefused) else [str(refused)]


def _page(request: HttpRequest, found: Amendment, *, status: int = 200, **more: Any) -> HttpResponse:
    typed = ("effective_from", "reason", "notice_title", "notice_number")
    lifecycle = lifecycle_of(found, request.user)
    terms = found.terms
    coverages = [(coverage, figure_lines(terms, coverage)) for coverage in terms.coverages.values()]
    context = {
        "amendment": found,
        "edition": found.edition,
        "terms": terms,
        "coverages": coverages,
        "lifecycle": lifecycle,
        "form": AmendmentForm(initial={name: getattr(found, name) for name in typed}),
    }
    return render(request, "schemes/amendment.html", context | more, status=status)
