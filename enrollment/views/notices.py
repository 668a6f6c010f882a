"""公示: putting lists up, what they say, and taking them down."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from calc.dates import DateError, parse_date
from enrollment.models import Objection, PublicNotice
from enrollment.papers.content import contents_of
from enrollment.papers.notice_paper import listed, where_to_object
from enrollment.papers.places import people_of
from enrollment.papers.publicity import changes_since_posting, days_of, objections_to
from enrollment.papers.sheets import Names
from enrollment.services.objecting import REASONS_OF_STEP
from enrollment.services.publishing import (
    NoticeRefused,
    close_notice,
    note_changes,
    post_notices,
    withdraw_notice,
)
from enrollment.services.villagers_objections import answer_villager, write_down_objection
from enrollment.views.places import place_of
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may
from orgs.scope import visible
from schemes.current import current_edition


@require_POST
@grants("notice.post")
def post(request: HttpRequest) -> HttpResponse:
    """Put up the list of a village, or of all villages of the township."""
    edition = current_edition(request)
    if edition is None:
        raise Http404
    place = place_of(edition, whole_number(request.POST.get("place", "")), request.user)
    try:
        posted = post_notices(
            edition=edition,
            township=place.township,
            village=place.village,
            first_day=_day(request.POST.get("first_day", "")),
            days=days_of(edition) or whole_number(request.POST.get("days", "")) or 0,
            by=request.user,
        )
        messages.success(request, f"已公示 {len(posted)} 个村，到 {posted[0].last_day} 为止；请打印名单张贴")
    except NoticeRefused as refused:
        messages.warning(request, str(refused))
    return redirect(place.url)


def _day(text: str) -> date:
    if not text.strip():
        return timezone.localdate()
    try:
        return parse_date(text)
    except DateError as error:
        raise NoticeRefused(f"公示起日“{text[:20]}”认不出，请写成 2026-09-01") from error


@require_GET
@grants("paper.view")
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as it hangs in the village, how long, and what has changed since."""
    found = _notice(request, pk)
    people = people_of(found.edition, found.township, found.village, request.user)
    content = contents_of(people).get(found.village_id or 0)
    objections = objections_to(found, request.user).select_related("enrollment", "raised_by", "answered_by")
    withdrawn = found.state == PublicNotice.State.WITHDRAWN
    context = {
        "notice": found,
        "page": page_of(request, listed(people, Names())),
        "changes": None if withdrawn else changes_since_posting(found, content),
        "where": where_to_object(found.place),
        "objections": objections,
        "person": people.filter(pk=whole_number(request.GET.get("person", "")) or 0).first(),
        "reasons": [(one.value, one.label) for one in REASONS_OF_STEP[Objection.Step.PUBLICITY]],
        "over": timezone.localdate() > found.last_day,
        "may_post": may(request.user, "notice.post"),
    }
    return render(request, "enrollment/papers/notice.html", context)


ACTIONS: dict[str, Callable[..., PublicNotice]] = {
    "close": lambda text, **more: close_notice(outcome=text, **more),
    "withdraw": lambda text, **more: withdraw_notice(reason=text, **more),
    "note": lambda text, **more: note_changes(outcome=text, **more),
}
DONE = {"close": "公示已结束", "withdraw": "公示已撤下，这个村要重新公示", "note": "变动已写明"}


@require_POST
@grants("notice.post")
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Close, withdraw, or note what has changed."""
    if action not in ACTIONS:
        raise Http404
    found = _notice(request, pk)
    version = whole_number(request.POST.get("version", "")) or 0
    try:
        ACTIONS[action](request.POST.get("text", ""), notice=found, by=request.user, read_version=version)
        messages.success(request, f"{found.place.name}{DONE[action]}")
    except NoticeRefused as refused:
        messages.warning(request, str(refused))
    return redirect("notice", pk=pk)


@require_POST
@grants("notice.post")
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what somebody of the village objected."""
    found = _notice(request, pk)
    try:
        write_down_objection(
            notice=found,
            head=whole_number(request.POST.get("person", "")) or 0,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            by=request.user,
        )
        messages.success(request, "异议已登记，请核实后答复")
    except NoticeRefused as refused:
        messages.warning(request, str(refused))
    return redirect("notice", pk=pk)


@require_POST
@grants("notice.post")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The objection is right, and the person goes; or it is not, with the reason."""
    found = _notice(request, pk)
    asked = get_object_or_404(
        objections_to(found, request.user), pk=whole_number(request.POST.get("objection", "")) or 0
    )
    upheld = "upheld" in request.POST
    try:
        answer_villager(objection=asked, upheld=upheld, answer=request.POST.get("text", ""), by=request.user)
        messages.success(request, "异议成立，已从名册移出" if upheld else "已答复：异议不成立")
    except NoticeRefused as refused:
        messages.warning(request, str(refused))
    return redirect("notice", pk=pk)


def _notice(request: HttpRequest, pk: int) -> PublicNotice:
    related = ("edition__place", "township", "village__parent", "opened_by", "closed_by")
    return get_object_or_404(visible(PublicNotice, request.user).select_related(*related), pk=pk)
