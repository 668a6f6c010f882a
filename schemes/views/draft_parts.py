"""The pages on which a draft's figures, insurers and examples are changed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from orgs.permissions import grants
from orgs.versions import EditConflict
from schemes.draft_parts import (
    NEW,
    NONE,
    DraftPage,
    blocks_of,
    changes_in,
    changes_since,
    entries_of,
    insurer_lines,
    insurers_typed,
    open_page,
    read_of,
    typed_in,
)
from schemes.drafting import DraftRefused, save_draft
from schemes.models import DraftText
from schemes.terms.assigning import reassigned
from schemes.terms.editing import EditRefused, NotReadable, with_outcomes, written
from schemes.views.drafting import draft_of, read_version


def _opened(request: HttpRequest, draft: DraftText) -> DraftPage | None:
    """None where the text is no YAML: only the editor can help."""
    try:
        return open_page(draft)
    except NotReadable as unreadable:
        messages.error(request, str(unreadable))
        return None


def _shown(request: HttpRequest, page: DraftPage, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"draft": page.draft, "page": page, "tabs": page.tabs, "findings": page.findings} | more
    return render(request, f"schemes/{template}.html", context, status=status)


def _saved(request: HttpRequest, draft: DraftText) -> None:
    left = f"，还有 {draft.problems} 处问题要改" if draft.problems else "，检查全部通过"
    messages.success(request, f"已保存{left}")


def _conflict(draft: DraftText) -> str:
    by = draft.changed_by
    return f"{by.organization.short_name} {by.name} 刚保存过这份起草稿。您填的还在下面，请核对后再保存"


@require_http_methods(["GET", "POST"])
@grants("edition.draft")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A part of the draft as a form: each figure beside its clause, its reading, its trial mark."""
    found = draft_of(request, pk)
    page = _opened(request, found)
    if page is None:
        return redirect("draft_text", pk=pk)
    parts = [tab.code for tab in page.tabs if tab.code not in ("insurers", "examples")]
    if not parts:  # some YAML, but nothing of an edition
        return redirect("draft_text", pk=pk)
    part = request.GET.get("part", parts[0])
    if part not in parts:
        raise Http404
    if request.method == "POST":
        return _save_part(request, page, part)
    return _part(request, page, part, {})


def _save_part(request: HttpRequest, page: DraftPage, part: str) -> HttpResponse:
    fields = page.askable(part)
    typed = typed_in(request.POST, fields)
    settle = [key for key in request.POST.getlist("settle") if key in {one.figure for one in fields.values()}]
    if page.draft.version != read_version(request):
        mine = changes_since(typed, request.POST.get("read", ""))
        return _part(request, page, part, mine, status=409, told=[_conflict(page.draft)], settle=settle)
    try:
        document = written(page.draft.document, changes_in(typed, fields), settle)
        kept = save_draft(draft=page.draft, document=document, by=request.user, read_version=read_version(request))
    except (EditRefused, DraftRefused) as refused:
        return _part(request, page, part, typed, status=422, told=[str(refused)], settle=settle)
    except EditConflict:
        again = open_page(draft_of(request, page.draft.pk))
        mine = changes_since(typed, request.POST.get("read", ""))
        return _part(request, again, part, mine, status=409, told=[_conflict(again.draft)], settle=settle)
    _saved(request, kept)
    return redirect(f"{reverse('draft', args=[kept.pk])}?part={part}")


def _part(
    request: HttpRequest,
    page: DraftPage,
    part: str,
    typed: dict[str, str],
    *,
    status: int = 200,
    told: list[str] | None = None,
    settle: list[str] | None = None,
) -> HttpResponse:
    fields = page.askable(part)
    more = {"part": part, "blocks": blocks_of(page, part, typed), "read": read_of(fields), "told": told or []}
    return _shown(request, page, "draft_form", status=status, settle=settle or [], **more)


@require_http_methods(["GET", "POST"])
@grants("edition.draft")
def insurers(request: HttpRequest, pk: int) -> HttpResponse:
    """承保分片: every township with the insurer that serves it."""
    page = _opened(request, draft_of(request, pk))
    if page is None:
        return redirect("draft_text", pk=pk)
    if request.method == "GET":
        return _insurers(request, page, *insurer_lines(page.draft))
    if page.is_fixed("insurers"):
        told = ["修订不能改承保分片，没有保存；要换承保机构或乡镇，请另立年度方案"]
        return _insurers(request, page, *insurer_lines(page.draft), status=422, told=told)
    lines, townships = insurers_typed(request.POST, page.draft)
    entries, left_out = entries_of(lines, townships, page.draft)
    if not entries:
        told = ["至少要有一家承保机构；要整家更换，请先填新机构"]
        return _insurers(request, page, lines, townships, status=422, told=told)
    try:
        document = reassigned(page.draft.document, entries, left_out, reading=request.POST.get("reading", "").strip())
        kept = save_draft(draft=page.draft, document=document, by=request.user, read_version=read_version(request))
    except (DraftRefused, ValueError) as refused:
        return _insurers(request, page, lines, townships, status=422, told=[str(refused)])
    except EditConflict:
        again = open_page(draft_of(request, pk))
        return _insurers(request, again, lines, townships, status=409, told=[_conflict(again.draft)])
    _saved(request, kept)
    return redirect("draft_insurers", pk=pk)


def _insurers(
    request: HttpRequest, page: DraftPage, lines: list, townships: list, *, status: int = 200, told: list | None = None
) -> HttpResponse:
    sections = ("insurers", "not_taking_part")
    problems = [one for one in page.findings.problems if one.key.startswith(sections)]
    return _shown(
        request, page, "draft_insurers", status=status, part="insurers", told=told or [], problems=problems,
        old=[one for one in lines if one.code not in NEW], new=[one for one in lines if one.code in NEW],
        townships=townships, has_left_out="not_taking_part" in page.found, fixed=page.is_fixed("insurers"),
        served=_served(lines, townships),
    )  # fmt: skip


def _served(lines: list, townships: list) -> list[tuple[str, str, list[str]]]:
    """Who serves whom, for reading: name, telephone, townships."""
    served: dict[str, list[str]] = {}
    for place in townships:
        served.setdefault(place.served_by, []).append(place.name)
    rows = [(one.name, one.hotline, served[one.code]) for one in lines if one.code in served]
    return [*rows, ("不参加", "", served[NONE])] if NONE in served else rows


@require_http_methods(["GET", "POST"])
@grants("edition.draft")
def examples(request: HttpRequest, pk: int) -> HttpResponse:
    """What each example comes out to now; 新结果正确 takes it over, one by one."""
    page = _opened(request, draft_of(request, pk))
    if page is None:
        return redirect("draft_text", pk=pk)
    if request.method == "GET":
        return _shown(request, page, "draft_examples", part="examples", told=[])
    chosen = set(request.POST.getlist("accept"))
    results = {one.number: (one.payable, one.refused) for one in page.findings.misfits if str(one.number) in chosen}
    if not results:
        told = ["没有勾选算例。请勾选新结果正确的算例再保存"]
        return _shown(request, page, "draft_examples", part="examples", told=told, status=422)
    try:
        document = with_outcomes(page.draft.document, results)
        kept = save_draft(draft=page.draft, document=document, by=request.user, read_version=read_version(request))
    except EditConflict:
        again = open_page(draft_of(request, pk))
        told = [_conflict(again.draft)]
        return _shown(request, again, "draft_examples", part="examples", told=told, status=409)
    _saved(request, kept)
    return redirect("draft_examples", pk=pk)
