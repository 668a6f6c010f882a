"""People typed in, row by row or as a pasted block; on a phone one at a time."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from enrollment.entry_grid import FIRST_ROWS, MORE_ROWS, choices, columns_for, grid, last_of, rows_sent
from enrollment.places import EntryPlace, entry_place
from enrollment.roster.typed import MOST_ROWS
from enrollment.services.entering import Entered, EntryOrder, EntryRefused, enter_rows
from enrollment.services.progress import why_gone_up
from orgs.numbers import whole_number
from orgs.permissions import grants
from schemes.current import current_edition
from schemes.models import Edition

LAST = "roster_enter_last"  # village and group of the last person typed in

Rows = dict[int, dict[str, str]]


@require_http_methods(["GET", "POST"])
@grants("roster.import")
def enter(request: HttpRequest) -> HttpResponse:
    """The empty grid, and what is sent with it."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    asked = request.POST.get("township") or request.GET.get("township", "")
    place = entry_place(edition, request.user, whole_number(asked))
    if place.township is None:
        return render(request, "enrollment/enter_where.html", {"edition": edition, "place": place})
    rows = rows_sent(request.POST) if request.method == "POST" else {}
    if request.method == "GET":
        return _page(request, edition, place, rows)
    if "more" in request.POST or "fill" in request.POST:
        return _page(request, edition, place, rows, size=_more(request, rows))
    return _save(request, edition, place, rows)


def _more(request: HttpRequest, rows: Rows) -> int:
    return len(rows) + (MORE_ROWS if "more" in request.POST else 0)


def _save(request: HttpRequest, edition: Edition, place: EntryPlace, rows: Rows) -> HttpResponse:
    assert place.township is not None
    order = EntryOrder(
        edition=edition,
        township=place.township,
        by=request.user,
        may_change=frozenset(_agreed(request)),
        only_valid="only_valid" in request.POST,
    )
    try:
        answer = enter_rows(rows=rows, order=order)
    except EntryRefused as refused:
        return _page(request, edition, place, rows, status=422, refusal=str(refused))
    if answer.batch is None:
        return _page(request, edition, place, rows, status=422, answer=answer)
    request.session[LAST] = last_of(rows)
    messages.success(request, told(answer))
    left = {number: found for number, found in answer.problems.items() if number not in answer.queued}
    if left:  # what was left out stays to be put right
        return _page(request, edition, place, {number: rows[number] for number in left}, answer=Entered(problems=left))
    where = f"{reverse('roster_enter')}?township={place.township.pk}"
    return redirect(where if "next" in request.POST else reverse("roster_batch", args=[answer.batch.pk]))


def _agreed(request: HttpRequest) -> list[int]:
    """Rows of people on the roster whose change was asked about and agreed to."""
    texts = ",".join(request.POST.getlist("may_change")).split(",")
    return [number for number in map(whole_number, texts) if number]


def told(answer: Entered) -> str:
    """What was written, with the way to its batch."""
    assert answer.batch is not None
    parts = [f"新增 {answer.batch.counts['new']} 人", f"变更 {answer.batch.counts['changed']} 人"]
    if answer.unchanged:
        parts.append(f"不变 {len(answer.unchanged)} 人")
    if answer.queued:
        parts.append(f"待区县裁定 {len(answer.queued)} 人")
    if answer.cut:
        parts.append(f"{len(answer.cut)} 人写了几个电话号码，只留第一个")
    link = reverse("roster_batch", args=[answer.batch.pk])
    return format_html('已保存：{}。<a href="{}">看这一批</a>', "，".join(parts), link)


def _page(
    request: HttpRequest,
    edition: Edition,
    place: EntryPlace,
    rows: Rows,
    *,
    size: int = FIRST_ROWS,
    status: int = 200,
    refusal: str = "",
    answer: Entered | None = None,
) -> HttpResponse:
    columns = columns_for(edition.terms)
    answer = answer or Entered()
    carried_on: dict[str, str] = request.session.get(LAST, {})
    if place.only is not None:
        carried_on = carried_on | {"village": place.only.name}
    on_roster = [*answer.changing, *answer.unchanged]
    shown = grid(
        columns,
        rows,
        size=max(size, FIRST_ROWS),
        carried_on=carried_on,
        problems=answer.problems,
        on_roster=on_roster,
    )
    context: dict[str, Any] = {
        "edition": edition,
        "place": place,
        "gone_up": why_gone_up(edition, place.township.pk if place.township else None),
        "columns": columns,
        "rows": shown,
        "lists": choices(place.villages),
        "most": MOST_ROWS,
        "refusal": refusal,
        "answer": answer,
        "agreed": _agreed(request),
        "wrong": [row for row in shown if row.number in answer.problems],
        "good": len(rows) and _good(answer),
    }
    return render(request, "enrollment/enter.html", context, status=status)


def _good(answer: Entered) -> int:
    """How many rows would be written if the wrong ones were left out."""
    return answer.counts.get("new", 0) + answer.counts.get("changed", 0) + len(answer.queued)
