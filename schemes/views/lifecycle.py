"""The way of an edition from draft to published, or to nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from orgs.numbers import whole_number
from orgs.permissions import grants
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes import services
from schemes.models import Edition
from schemes.presenting import with_history
from schemes.services import EditionRefused
from schemes.views.reading import edition_page


@require_POST
@grants("edition.draft")
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Check a draft with its examples; what is wrong stands on the page."""
    found = edition_of(request, code)
    try:
        services.check_edition_draft(edition=found, by=request.user, read_version=version_in(request))
    except (EditionRefused, EditConflict) as refused:
        return edition_page(request, edition_of(request, code), status=422, refusals=sentences_of(refused))
    messages.success(request, f"{found.title}检查通过，算例全部相符；请另一位同事核对后发布")
    return redirect("edition", code=code)


@require_POST
@grants("edition.publish")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish as a second person, who types the edition's name since there is no way back."""
    found = edition_of(request, code)
    try:
        demand_name(request, found.title, "发布后不能撤回")
        services.publish_edition(edition=found, by=request.user, read_version=version_in(request))
    except (EditionRefused, EditConflict) as refused:
        return edition_page(request, edition_of(request, code), status=422, refusals=sentences_of(refused))
    messages.success(request, f"{found.title}已发布，条款从此冻结")
    return redirect("edition", code=code)


@require_POST
@grants("edition.draft")
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw a draft away, after its name was typed; never what is published."""
    found = edition_of(request, code)
    try:
        demand_name(request, found.title, "放弃后找不回来")
        services.discard_edition(edition=found, by=request.user, read_version=version_in(request))
    except (EditionRefused, EditConflict) as refused:
        return edition_page(request, edition_of(request, code), status=422, refusals=sentences_of(refused))
    messages.success(request, f"已放弃草稿 {found.title}；起草稿若还在，可在“起草年度方案”里继续改")
    return redirect("editions")


def edition_of(request: HttpRequest, code: str) -> Edition:
    """The edition as its pages show it; 404 where the person doesn't see it."""
    related = ("scheme", "place", "drafted_by", "checked_by", "published_by")
    editions = with_history(visible(Edition, request.user)).select_related(*related)
    return get_object_or_404(editions, code=code)


def version_in(request: HttpRequest) -> int:
    """The version that the page was opened with; 0 matches none."""
    return whole_number(request.POST.get("version", "")) or 0


def demand_name(request: HttpRequest, name: str, why: str) -> None:
    """EditionRefused unless the name was typed: there is no way back."""
    if request.POST.get("title", "").strip() != name:
        raise EditionRefused([f"没有办成：{why}，请照抄名称“{name}”再办"])


def sentences_of(refused: EditionRefused | EditConflict) -> list[str]:
    """Why a step was not taken."""
    return refused.sentences if isinstance(refused, EditionRefused) else [str(refused)]
