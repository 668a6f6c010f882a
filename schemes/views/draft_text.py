"""The editor: a draft's document as text, with the check's messages beside the lines."""

from dataclasses import dataclass
from difflib import unified_diff

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orgs.permissions import grants
from orgs.versions import EditConflict
from schemes.drafting import DraftRefused, Findings, clean, findings_of, save_draft
from schemes.models import DraftText
from schemes.views.drafting import draft_of, read_version

_MOST_SHOWN = 200


@dataclass(frozen=True)
class Message:
    """A message of the check with the line that it is about."""

    line: int
    source: str
    text: str


@require_http_methods(["GET", "POST"])
@grants("edition.draft")
def draft_text(request: HttpRequest, pk: int) -> HttpResponse:
    """检查 says what is wrong and keeps nothing; 保存 keeps the text, right or wrong."""
    draft = draft_of(request, pk)
    if request.method == "GET":
        return _page(request, draft, draft.document)
    typed = request.POST.get("document", "")
    try:
        document = clean(typed)
        if request.POST.get("act") == "check":
            return _page(request, draft, document)
        kept = save_draft(draft=draft, document=document, by=request.user, read_version=read_version(request))
    except DraftRefused as refused:
        return _page(request, draft, typed, status=422, told=refused.sentences)
    except EditConflict:
        current = draft_of(request, pk)
        return _page(
            request, current, typed, status=409, told=[_conflict(current)], differences=_differences(current, typed)
        )
    messages.success(request, f"已保存，{f'还有 {kept.problems} 处问题' if kept.problems else '检查全部通过'}")
    return redirect("draft_text", pk=pk)


def _conflict(draft: DraftText) -> str:
    by = draft.changed_by
    return (
        f"{by.organization.short_name} {by.name} 刚保存过这份起草稿。您写的还在下面，再保存就会盖过对方的改动，请先核对"
    )


def _differences(draft: DraftText, typed: str) -> str:
    now, mine = draft.document.splitlines(), typed.replace("\r\n", "\n").splitlines()
    return "\n".join(unified_diff(now, mine, "现在保存着的", "您写的", lineterm="", n=1))


def _page(
    request: HttpRequest,
    draft: DraftText,
    document: str,
    *,
    status: int = 200,
    told: list[str] | None = None,
    differences: str = "",
) -> HttpResponse:
    findings = findings_of(document, draft.place, draft.amendment)
    found = messages_of(findings, document)
    return render(
        request,
        "schemes/draft_text.html",
        {
            "draft": draft, "document": document, "found": found[:_MOST_SHOWN], "more": len(found) - _MOST_SHOWN,
            "count": len(found), "examples": len(findings.outcomes), "told": told or [], "differences": differences,
            "kept": document == draft.document,
        },
        status=status,
    )  # fmt: skip


def messages_of(findings: Findings, document: str) -> list[Message]:
    """The check's messages in the order of the lines; examples that don't fit stand at the end."""
    lines = document.splitlines()
    found = [
        Message(
            problem.line,
            lines[problem.line - 1].strip()[:120] if 0 < problem.line <= len(lines) else "",
            f"{f'「{problem.key}」' if problem.key else ''}{problem.found}，应{problem.expected}。{problem.mend}",
        )
        for problem in findings.problems
    ]
    return found + [_misfit(one, lines) for one in findings.misfits]


def _misfit(one, lines: list[str]) -> Message:
    at = next((number for number, line in enumerate(lines, start=1) if line.rstrip().endswith(f"name: {one.name}")), 0)
    came = f"赔付 {one.payable}" if one.payable else f"拒绝：{one.message}"
    return Message(at, "", f"算例「{one.name}」应{one.wanted}，算出的是{came}。请核对条款或算例")
