"""Two editions, or a draft and what it came from, side by side: what changed, and for whom."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from office.check_code import check_code
from office.printing import render_pdf
from orgs.permissions import grants
from orgs.responses import PDF, attachment
from orgs.scope import visible
from schemes.models import DraftText, Edition
from schemes.terms.comparing import AUDIENCES, Change, compare
from schemes.terms.editing import NotReadable
from schemes.views.drafting import draft_of


@dataclass(frozen=True)
class Pair:
    """What is compared: two names and two documents."""

    old: str
    new: str
    old_document: str
    new_document: str


@require_GET
@grants("edition.view")
def editions_compared(request: HttpRequest) -> HttpResponse:
    """Two editions that the person sees, chosen in the address."""
    choices = visible(Edition, request.user).defer("document")
    pair = _editions(request) if request.GET.get("old") and request.GET.get("new") else None
    context = {"choices": choices, "asked": request.GET, "pdf": f"pdf/?{request.GET.urlencode()}"}
    return _page(request, pair, context)


@require_GET
@grants("edition.view")
def editions_compared_pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    return _printed(request, _editions(request))


@require_GET
@grants("edition.draft")
def draft_compared(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft and the edition that it was copied from, or another that is chosen."""
    draft = draft_of(request, pk)
    choices = visible(Edition, request.user).exclude(code=draft.code).defer("document")
    pair = _with_source(request, draft)
    context = {"choices": choices, "draft": draft, "asked": request.GET, "pdf": f"pdf/?{request.GET.urlencode()}"}
    return _page(request, pair, context)


@require_GET
@grants("edition.draft")
def draft_compared_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    pair = _with_source(request, draft_of(request, pk))
    return _printed(request, pair) if pair else draft_compared(request, pk)


def _editions(request: HttpRequest) -> Pair:
    rows = visible(Edition, request.user)
    old = get_object_or_404(rows, code=request.GET.get("old", ""))
    new = get_object_or_404(rows, code=request.GET.get("new", ""))
    return Pair(old.title, new.title, old.document, new.document)


def _with_source(request: HttpRequest, draft: DraftText) -> Pair | None:
    """None where it has no source and none was chosen."""
    source = draft.source
    if code := request.GET.get("old"):
        source = get_object_or_404(visible(Edition, request.user), code=code)
    elif source is not None:  # who sees the draft need not see what it came from
        source = visible(Edition, request.user).filter(pk=source.pk).first()
    return Pair(source.title, f"{draft.title}（起草稿）", source.document, draft.document) if source else None


def _page(request: HttpRequest, pair: Pair | None, context: dict[str, Any]) -> HttpResponse:
    told = ""
    changes: tuple[Change, ...] = ()
    if pair:
        try:
            changes = compare(pair.old_document, pair.new_document)
        except NotReadable as unreadable:
            told = str(unreadable)
    more = {"pair": pair, "groups": groups_of(changes), "count": len(changes), "told": told}
    return render(request, "schemes/compare.html", context | more)


def groups_of(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    """The changes by audience, in the order of AUDIENCES, and within it by what they are about."""
    groups = []
    for audience, title in AUDIENCES.items():
        own = [change for change in changes if change.audience == audience]
        blocks = [
            {"section": section, "subject": subject, "changes": list(some)}
            for (section, subject), some in groupby(own, key=lambda change: (change.section, change.subject))
        ]
        if blocks:
            groups.append({"code": audience, "title": title, "count": len(own), "blocks": blocks})
    return groups


def _printed(request: HttpRequest, pair: Pair) -> HttpResponse:
    try:
        changes = compare(pair.old_document, pair.new_document)
    except NotReadable:  # the page tells why
        return redirect(f"{request.path.removesuffix('pdf/')}?{request.GET.urlencode()}")
    rows = [_row(change) for change in changes]
    content = {"old": pair.old, "new": pair.new, "rows": rows}
    by = request.user
    data = {
        "title": "年度方案对照表",
        "under": f"原：{pair.old}　新：{pair.new}　共 {len(rows)} 处不同",
        "columns": [
            {"title": "对谁", "width": "auto"}, {"title": "事项", "width": "2fr"}, {"title": "变动", "width": "auto"},
            {"title": "原", "width": "2fr"}, {"title": "新", "width": "2fr"},
            {"title": "相差", "width": "auto", "align": "right"},
        ],
        "rows": rows, "landscape": True, "code": check_code(content),
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "printed_by": f"{by.organization.short_name} {by.name}",
    }  # fmt: skip
    return attachment(render_pdf("table", data), name="年度方案对照表.pdf", content_type=PDF, inline=True)


def _row(change: Change) -> list[str]:
    what = " ".join(part for part in (change.section, change.subject, change.label) if part)
    return [AUDIENCES[change.audience], what, change.kind, change.old, change.new, change.difference]
