"""An amendment's pages: begun on an edition, changed in the drafting screens, checked, published, or thrown away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs.permissions import grants
from orgs.versions import EditConflict
from schemes import services
from schemes.drafting import DraftRefused, open_amendment_text
from schemes.forms import AmendmentForm
from schemes.models import Amendment
from schemes.presenting import amendments_for, lifecycle_of, links_of
from schemes.services import EditionRefused
from schemes.terms.present import figure_lines
from schemes.views.lifecycle import demand_name, edition_of, sentences_of, version_in
from schemes.views.reading import edition_page


@require_POST
@grants("edition.draft")
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """Draft an amendment as a copy of the terms in force on its day."""
    found = edition_of(request, code)
    form = AmendmentForm(request.POST)
    if form.is_valid():
        try:
            drafted = services.draft_amendment(edition=found, by=request.user, **form.cleaned_data)
            text = open_amendment_text(amendment=drafted, by=request.user)
            messages.success(request, f"已起草第{drafted.number}次修订，请改条款，改好后存入修订")
            return redirect("draft", pk=text.pk)
        except (EditionRefused, DraftRefused) as refused:
            form.add_error(None, refused.sentences)
    return edition_page(request, found, status=422, form=form)


@require_GET
@grants("edition.view")
def amendment(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """An amendment: from when, why, what it pays; a draft for those who draft only."""
    return _page(request, amendment_of(request, code, number))


@require_POST
@grants("edition.draft")
def amendment_describe(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Another day, reason or notice of a draft."""
    found = amendment_of(request, code, number)
    form = AmendmentForm(request.POST)
    if form.is_valid():
        try:
            services.describe_amendment(
                amendment=found, by=request.user, read_version=version_in(request), **form.cleaned_data
            )
            messages.success(request, "已保存；检查要重做一次")
            return redirect("amendment", code=code, number=number)
        except (EditionRefused, EditConflict) as refused:
            form.add_error(None, sentences_of(refused))
    return _page(request, found, status=422, form=form)


@require_POST
@grants("edition.draft")
def amendment_check(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Check an amendment's document with its examples."""
    found = amendment_of(request, code, number)
    try:
        services.check_amendment(amendment=found, by=request.user, read_version=version_in(request))
    except (EditionRefused, EditConflict) as refused:
        return _page(request, amendment_of(request, code, number), status=422, refusals=sentences_of(refused))
    messages.success(request, f"第{number}次修订检查通过，算例全部相符；请另一位同事核对后发布")
    return redirect("amendment", code=code, number=number)


@require_POST
@grants("edition.publish")
def amendment_publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish an amendment as a second person."""
    found = amendment_of(request, code, number)
    try:
        demand_name(request, found.edition.title, "发布后不能撤回")
        services.publish_amendment(amendment=found, by=request.user, read_version=version_in(request))
    except (EditionRefused, EditConflict) as refused:
        return _page(request, amendment_of(request, code, number), status=422, refusals=sentences_of(refused))
    messages.success(request, f"第{number}次修订已发布，{found.effective_from} 起发生的按修订后的条款")
    return redirect("amendment", code=code, number=number)


@require_POST
@grants("edition.draft")
def amendment_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Go on with the terms of a draft in the drafting screens."""
    found = amendment_of(request, code, number)
    try:
        text = open_amendment_text(amendment=found, by=request.user)
    except DraftRefused as refused:
        return _page(request, found, status=422, refusals=refused.sentences)
    return redirect("draft", pk=text.pk)


@require_POST
@grants("edition.draft")
def amendment_discard(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Throw an amendment's draft away, after its name was typed."""
    found = amendment_of(request, code, number)
    try:
        demand_name(request, str(found), "放弃后找不回来")
        services.discard_amendment(amendment=found, by=request.user, read_version=version_in(request))
    except (EditionRefused, EditConflict) as refused:
        return _page(request, amendment_of(request, code, number), status=422, refusals=sentences_of(refused))
    messages.success(request, f"已放弃{found}")
    return redirect("edition", code=code)


def amendment_of(request: HttpRequest, code: str, number: int) -> Amendment:
    """Drafts exist for those only who draft."""
    edition = edition_of(request, code)
    found = amendments_for(edition, request.user).filter(number=number).defer(None).first()
    if found is None:
        raise Http404
    found.edition = edition
    return found


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
        "links": links_of(found, request.user),
        "form": AmendmentForm(initial={name: getattr(found, name) for name in typed}),
    }
    return render(request, "schemes/amendment.html", context | more, status=status)
