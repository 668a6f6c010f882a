"""起草: drafts begun from last year's edition or a document, stored as an edition's draft, thrown away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes import drafting
from schemes.draft_forms import CopyForm, DocumentForm, next_year
from schemes.models import Amendment, DraftText, Edition
from schemes.terms.editing import copied


def draft_of(request: HttpRequest, pk: int) -> DraftText:
    """The draft with its place and source; 404 where the person doesn't see it."""
    related = ("place", "source", "changed_by__organization", "amendment__edition__place")
    rows = visible(DraftText, request.user).select_related(*related)
    return get_object_or_404(rows, pk=pk)


def read_version(request: HttpRequest) -> int:
    """The version that a form was opened with; 0 matches none."""
    return whole_number(request.POST.get("version", "")) or 0


@require_GET
@grants("edition.draft")
def drafts(request: HttpRequest) -> HttpResponse:
    """Texts being written, and the editions that a copy may start from."""
    rows = visible(DraftText, request.user).select_related("place", "source", "changed_by").defer("document")
    sources = visible(Edition, request.user).filter(state=Edition.State.PUBLISHED).defer("document")
    return render(request, "schemes/draft_list.html", {"page": page_of(request, rows), "sources": sources})


@require_http_methods(["GET", "POST"])
@grants("edition.draft")
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """以去年为底稿: a new text with its own names and days, from the terms that held at the end of the year."""
    source = get_object_or_404(visible(Edition, request.user).select_related("place"), code=code)
    form = CopyForm(request.POST or None, initial=next_year(source.last_record.terms))
    if request.method == "POST" and form.is_valid():
        try:
            document = copied(source.last_record.document, form.to())
            draft = drafting.start_draft(document=document, place=source.place, by=request.user, source=source)
        except drafting.DraftRefused as refused:
            form.add_error(None, refused.sentences)
        else:
            messages.success(request, f"已建起草稿 {draft.title}，日期和算例里的日期都已顺延")
            return redirect("draft", pk=draft.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "schemes/draft_copy.html", {"form": form, "source": source}, status=status)


@require_http_methods(["GET", "POST"])
@grants("edition.draft")
def from_document(request: HttpRequest) -> HttpResponse:
    """A draft from a pasted or uploaded document; one that doesn't pass the check is kept as well."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            place = drafting.place_of(text, request.user)
            draft = drafting.start_draft(document=text, place=place, by=request.user)
        except drafting.DraftRefused as refused:
            form.add_error(None, refused.sentences)
        else:
            messages.success(request, "已存为起草稿")
            return redirect("draft_text", pk=draft.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "schemes/draft_new.html", {"form": form}, status=status)


@require_POST
@grants("edition.draft")
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """The text of a stored draft edition, to go on with; the one that there is, or a new one."""
    edition = get_object_or_404(
        visible(Edition, request.user).exclude(state=Edition.State.PUBLISHED).select_related("place"), code=code
    )
    draft = visible(DraftText, request.user).filter(code=code, amendment=None).first()
    if draft is None:
        try:
            draft = drafting.start_draft(document=edition.document, place=edition.place, by=request.user)
        except drafting.DraftRefused as refused:
            messages.error(request, str(refused))
            return redirect("edition", code=code)
    return redirect("draft", pk=draft.pk)


@require_POST
@grants("edition.draft")
def store(request: HttpRequest, pk: int) -> HttpResponse:
    """存为草稿: from here a second person may publish it."""
    draft = draft_of(request, pk)
    try:
        stored = drafting.store_draft(
            draft=draft,
            by=request.user,
            read_version=read_version(request),
            amendment_version=_amendment_version(request),
        )
    except drafting.DraftRefused as refused:
        return _refused(request, draft, refused.sentences, 422)
    except EditConflict as conflict:
        return _refused(request, draft, [str(conflict)], 409)
    messages.success(request, f"{stored}已存为草稿，请检查，再由另一位同事核对后发布")
    if isinstance(stored, Amendment):
        return redirect("amendment", code=stored.edition.code, number=stored.number)
    return redirect("edition", code=stored.code)


def _amendment_version(request: HttpRequest) -> int:
    """The amendment's version that the page showed; 0 matches none."""
    return whole_number(request.POST.get("amendment_version", "")) or 0


def _refused(request: HttpRequest, draft: DraftText, sentences: list[str], status: int) -> HttpResponse:
    return render(request, "schemes/draft_refused.html", {"draft": draft, "sentences": sentences}, status=status)


@require_POST
@grants("edition.draft")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """The text is thrown away, after its name was typed."""
    draft = draft_of(request, pk)
    if request.POST.get("name", "").strip() != draft.title:
        return _refused(request, draft, [f"没有丢弃：要丢弃，请照着输入名称“{draft.title}”"], 422)
    try:
        drafting.drop_draft(draft=draft, by=request.user, read_version=read_version(request))
    except EditConflict as conflict:
        return _refused(request, draft, [str(conflict)], 409)
    messages.success(request, f"已丢弃起草稿 {draft.title}")
    return redirect("drafts")
