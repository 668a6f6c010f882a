"""Two editions, or a draft and what it came from, side by side: what changed, and for whom."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from office.check_code import check_code
from office.printing import render_pdf
from orgs.permissions import grants
from orgs.responses import PDF, attachment
from orgs.scope import visible
from schemes.models import Amendment, DraftText, Edition, TermsRecord
from schemes.terms.comparing import AUDIENCES, Change, compare
from schemes.terms.editing import NotReadable
from schemes.views.amending import amendment_of
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
def edition_compared(request: HttpRequest, code: str) -> HttpResponse:
    """An edition and the one before it, or another that is chosen."""
    edition = _edition(request, code)
    old = _chosen(request, _before(request, edition))
    context = {"choices": _choices(request).exclude(pk=edition.pk), "edition": edition, "chosen": old}
    return _page(request, _pair(old, edition) if old else None, context)


@require_GET
@grants("edition.view")
def edition_compared_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same on paper; an edition that has none before it stands beside itself."""
    edition = _edition(request, code)
    old = _chosen(request, _before(request, edition)) or edition
    return _printed(request, _pair(old, edition))


@require_GET
@grants("edition.draft")
def draft_compared(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft and the edition that it was copied from, or another that is chosen."""
    draft = draft_of(request, pk)
    old = _chosen(request, _source(request, draft))
    own = "" if draft.amendment else draft.code
    context = {"choices": _choices(request).exclude(code=own), "draft": draft, "chosen": old}
    return _page(request, _with_draft(old, draft) if old else None, context)


@require_GET
@grants("edition.draft")
def draft_compared_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same on paper; the page asks for an edition where the draft came from none."""
    draft = draft_of(request, pk)
    old = _chosen(request, _source(request, draft))
    return _printed(request, _with_draft(old, draft)) if old else redirect("draft_compare", pk=pk)


@require_GET
@grants("edition.view")
def amendment_compared(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """An amendment and the terms that it takes the place of."""
    amendment = amendment_of(request, code, number)
    return _page(request, _amended(amendment), {"amendment": amendment, "edition": amendment.edition})


@require_GET
@grants("edition.view")
def amendment_compared_pdf(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The same on paper."""
    return _printed(request, _amended(amendment_of(request, code, number)))


def _choices(request: HttpRequest) -> QuerySet[Edition]:
    return visible(Edition, request.user).defer("document")


def _edition(request: HttpRequest, code: str) -> Edition:
    return get_object_or_404(visible(Edition, request.user), code=code)


def _chosen(request: HttpRequest, usual: Edition | None) -> Edition | None:
    """The older side that the address names; 404 where the person doesn't see it."""
    code = request.GET.get("old", "")
    return _edition(request, code) if code else usual


def _before(request: HttpRequest, edition: Edition) -> Edition | None:
    earlier = visible(Edition, request.user).filter(scheme=edition.scheme_id, first_day__lt=edition.first_day)
    return earlier.order_by("-first_day").first()


def _source(request: HttpRequest, draft: DraftText) -> Edition | None:
    """Who sees a draft need not see what it came from."""
    return visible(Edition, request.user).filter(pk=draft.source_id).first()


def _pair(old: Edition, new: Edition) -> Pair:
    """The older side with the amendments that it ended with."""
    return Pair(str(old.last_record), new.title, old.last_record.document, new.document)


def _with_draft(old: Edition, draft: DraftText) -> Pair:
    """An amendment's text stands beside the terms before it, if it is its own edition that is compared."""
    own = draft.amendment and draft.amendment.edition_id == old.pk
    before = terms_before(draft.amendment) if draft.amendment and own else old.last_record
    return Pair(str(before), f"{draft.title}（起草稿）", before.document, draft.document)


def terms_before(amendment: Amendment) -> TermsRecord:
    """Whose terms hold until the day from which the amendment does."""
    return amendment.edition.record_on(amendment.effective_from - timedelta(days=1))


def _amended(amendment: Amendment) -> Pair:
    before = terms_before(amendment)
    return Pair(str(before), str(amendment), before.document, amendment.document)


def _page(request: HttpRequest, pair: Pair | None, context: dict[str, Any]) -> HttpResponse:
    told = ""
    changes: tuple[Change, ...] = ()
    if pair:
        try:
            changes = compare(pair.old_document, pair.new_document)
        except NotReadable as unreadable:
            told = str(unreadable)
    pdf = f"pdf/?{request.GET.urlencode()}"
    more = {"pair": pair, "pdf": pdf, "groups": groups_of(changes), "count": len(changes), "told": told}
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
