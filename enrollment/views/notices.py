"""公示: putting lists up, what they say, and taking them down."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from calc.dates import DateError, parse_date
from enrollment.models import PublicNotice
from enrollment.papers.content import contents_of
from enrollment.papers.notice_paper import masked_rows, where_to_object
from enrollment.papers.places import people_of
from enrollment.papers.publicity import changes_since_posting, days_of
from enrollment.papers.sheets import Names
from enrollment.services.publishing import (
    NoticeRefused,
    close_notice,
    note_changes,
    post_notices,
    withdraw_notice,
)
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
    withdrawn = found.state == PublicNotice.State.WITHDRAWN
    context = {
        "notice": found,
        "page": page_of(request, masked_rows(people, Names())),
        "changes": None if withdrawn else changes_since_posting(found, content),
        "where": where_to_object(found.place),
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


def _notice(request: HttpRequest, pk: int) -> PublicNotice:
    related = ("edition__place", "township", "village__parent", "opened_by", "closed_by")
    return get_object_or_404(visible(PublicNotice, request.user).select_related(*related), pk=pk)
