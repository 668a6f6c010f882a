"""The page of a claim and everything that is done on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from calc.dates import DateError, parse_date
from claims.models import Claim, Paper
from claims.presenting import clock, clock_words, deadline_tag, fact_lines, step_bar
from claims.printing import statement_pdf
from claims.querysets import awaiting
from claims.services import adjusting, handling
from claims.services.moving import StepRefused
from claims.services.papers import PaperRefused, attach_paper, remove_paper
from claims.services.revealing import reveal_field, revealable
from claims.workflow import STATE, TRANSITION, from_state
from office.files import read_file
from orgs.audit import record
from orgs.numbers import whole_number
from orgs.permissions import grants, may
from orgs.responses import attachment
from orgs.scope import visible
from orgs.services.revealing import REASONS, ReasonMissing, TooManyReveals, reason_of
from orgs.versions import EditConflict

PHRASES = {
    "return": ("缺费用清单", "缺发票原件", "缺诊断证明", "银行账号与户名不符", "照片不清楚，请重拍"),
    "rework": ("所附发票与费用不符", "已付方金额漏填", "请核对伤残等级"),
    "revoke": ("银行账号有误，退票", "领款人有变动", "发现新的材料"),
    "deny": ("不在保险期间内", "不属于保障责任", "未达到起付线", "材料与事实不符"),
    "withdraw": ("本人要求撤案", "重复报案", "已由其他渠道赔付"),
}


@require_GET
@grants("claim.view")
def claim_page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about a claim: steps, payout with explanation, clock, papers, log, and what may be done now."""
    return render(request, "claims/claim.html", _context(request, _claim(request, number)))


def _claim(request: HttpRequest, number: str) -> Claim:
    related = (
        "edition__place",
        "township",
        "village",
        "insurer",
        "adjusted_by",
        "approved_by",
        "reported_by",
    )
    return get_object_or_404(visible(Claim, request.user).select_related(*related), number=number)


def _context(request: HttpRequest, claim: Claim) -> dict[str, Any]:
    terms = claim.terms
    coverage = terms.coverages[claim.coverage]
    steps = list(claim.steps.all())
    today = timezone.localdate()
    deadline = coverage.deadline_until("paid")
    clock_start, clock_length = clock_words(deadline)
    clauses = dict.fromkeys(step["clause"] for step in claim.adjustment.get("steps", []) if step["clause"])
    return {
        "claim": claim,
        "edition": claim.edition,
        "coverage": coverage,
        "state": STATE[claim.state],
        "steps": step_bar(claim, steps),
        "log": list(reversed(steps)),
        "last": steps[-1] if steps else None,
        "deadline": deadline_tag(claim, today),
        "deadline_terms": deadline,
        "clock": clock(claim, steps, today),
        "clock_start": clock_start,
        "clock_length": clock_length,
        "clauses": {clause: terms.clauses[clause] for clause in (clauses or [coverage.clause])},
        "facts": fact_lines(terms, coverage, claim.facts),
        "not_one_stop": terms.routes[coverage.route].reasons.get(claim.not_one_stop_reason, ""),
        "papers": _papers(request, claim, coverage),
        "acts": _acts(request, claim),
        "phrases": PHRASES,
        "revealable": revealable(request.user),
        "reasons": REASONS,
        "may_add_papers": STATE[claim.state].open and may(request.user, "claim.report"),
        "payments": list(claim.payments.all()),
        "next_claim": _next(request, claim),
        "today": today,
    }


def _acts(request: HttpRequest, claim: Claim) -> list[Any]:
    """What the person may do now; an adjuster does not see the approval of their own adjustment."""
    acts = [step for step in from_state(claim.state) if may(request.user, step.act)]
    if claim.adjusted_by_id == request.user.pk:
        acts = [step for step in acts if step.action != "approve"]
    if claim.state == "adjusted" and not claim.adjusted_fen:
        acts = [step for step in acts if step.action != "submit"]
    return acts


def _papers(request: HttpRequest, claim: Claim, coverage: Any) -> list[dict[str, Any]]:
    """Every kind of paper that the coverage wants for these facts, with what was handed in."""
    given: dict[str, list[Paper]] = {}
    for paper in visible(Paper, request.user).filter(claim=claim, removed_at__isnull=True).select_related("file"):
        given.setdefault(paper.kind, []).append(paper)
    wanted = [paper for paper in coverage.papers if paper.applies(claim.facts)]
    labels = claim.terms.papers
    rows = [
        {
            "code": paper.code,
            "label": labels[paper.code].label,
            "required": paper.required,
            "files": given.pop(paper.code, []),
        }
        for paper in wanted
    ]
    return rows + [{"code": c, "label": labels[c].label, "required": False, "files": f} for c, f in given.items()]


def _next(request: HttpRequest, claim: Claim) -> Claim | None:
    waiting = awaiting(visible(Claim, request.user).filter(edition=claim.edition_id), request.user)
    return waiting.exclude(pk=claim.pk).only("number").order_by("due_on", "id").first()


Step = Callable[[HttpRequest, Claim, int], Claim]


def _with_opinion(service: Callable[..., Claim]) -> Step:
    return lambda request, claim, version: service(
        claim=claim, by=request.user, read_version=version, opinion=request.POST.get("opinion", "")[:500]
    )


def _plain(service: Callable[..., Claim]) -> Step:
    return lambda request, claim, version: service(claim=claim, by=request.user, read_version=version)


def _pay(request: HttpRequest, claim: Claim, version: int) -> Claim:
    try:
        paid_on = parse_date(request.POST.get("paid_on", ""))
    except DateError as error:
        raise StepRefused(f"支付日期：{error}") from error
    reference = request.POST.get("reference", "")[:60]
    return handling.pay_claim(claim=claim, by=request.user, read_version=version, paid_on=paid_on, reference=reference)


STEPS: dict[str, Step] = {
    "accept": _plain(handling.accept_claim),
    "adjust": _plain(adjusting.adjust_claim),
    "submit": _plain(adjusting.submit_claim),
    "approve": _with_opinion(adjusting.approve_claim),
    "revoke": _with_opinion(adjusting.revoke_approval),
    "rework": _with_opinion(handling.rework_claim),
    "return": _with_opinion(handling.return_claim),
    "deny": _with_opinion(handling.deny_claim),
    "withdraw": _with_opinion(handling.withdraw_claim),
    "pay": _pay,
    "close": _plain(handling.close_claim),
}


@require_POST
@grants("claim.view")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Take one step of the workflow; who may is decided by the table and checked again by the service."""
    step = TRANSITION.get(action)
    if step is None or action not in STEPS or not may(request.user, step.act):
        raise Http404
    claim = _claim(request, number)
    version = whole_number(request.POST.get("version", "")) or 0
    try:
        STEPS[action](request, claim, version)
    except (StepRefused, EditConflict) as refused:
        context = _context(request, _claim(request, number))
        context |= {"refusal": str(refused), "typed": request.POST, "open_act": action}
        return render(request, "claims/claim.html", context, status=409)
    messages.success(request, f"{claim.number} 已{step.name}")
    return redirect("claim_page", number=number)


@require_POST
@grants("claim.report")
def add_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Attach photos or PDFs, from a file or a phone's camera; one at a time from the script, many without it."""
    claim = _claim(request, number)
    kind = request.POST.get("kind", "")
    problems = []
    if not STATE[claim.state].open:
        problems.append("案件已经办结，不能再加材料")
    files = request.FILES.getlist("file") if not problems else []
    if not files and not problems:
        problems.append("请选择照片或 PDF 文件")
    for file in files:
        try:
            attach_paper(claim=claim, kind=kind, name=file.name, content=file.read(), by=request.user)
        except PaperRefused as refused:
            problems.append(str(refused))
    if request.headers.get("X-Requested-With") == "shots":
        return JsonResponse({"problems": problems}, status=422 if problems else 200)
    for problem in problems:
        messages.error(request, problem)
    if files and not problems:
        messages.success(request, f"已收 {len(files)} 份材料")
    return redirect("claim_page", number=number)


@require_GET
@grants("claim.view")
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper; that it was looked at is on record."""
    found = get_object_or_404(
        visible(Paper, request.user).select_related("file", "claim"), pk=pk, removed_at__isnull=True
    )
    record("paper.view", by=request.user, target=found.claim, kind=found.kind, sha256=found.file.sha256)
    return attachment(read_file(found.file), name=found.file.name, content_type=found.file.content_type, inline=True)


@require_POST
@grants("claim.report")
def drop_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a paper off an open claim."""
    papers = visible(Paper, request.user).select_related("file", "claim")
    found = get_object_or_404(papers, pk=pk, removed_at__isnull=True)
    try:
        remove_paper(paper=found, by=request.user)
        messages.success(request, "已删去这份材料")
    except PaperRefused as refused:
        messages.warning(request, str(refused))
    return redirect("claim_page", number=found.claim.number)


@require_GET
@grants("claim.view")
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """The 理算书 as PDF."""
    claim = _claim(request, number)
    if claim.adjusted_fen is None:
        raise Http404
    content = statement_pdf(claim, request.user)
    record("claim.print", by=request.user, target=claim, fen=claim.adjusted_fen)
    name = f"理算书-{claim.number}.pdf"
    return attachment(content, name=name, content_type="application/pdf", inline=True)


@require_POST
@grants("secret.reveal")
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show an ID number or account in clear, once, for a reason that is put on record."""
    claim = _claim(request, number)
    field = request.POST.get("field", "")
    names = revealable(request.user)
    if field not in names:
        raise Http404
    context = _context(request, claim)
    try:
        plain = reveal_field(claim=claim, field=field, reason=reason_of(request.POST), by=request.user)
    except (ReasonMissing, TooManyReveals) as refused:
        status = 422 if isinstance(refused, ReasonMissing) else 429
        refusal = {"refusal": str(refused), "revealing": field}
        return render(request, "claims/claim.html", context | refusal, status=status)
    return render(request, "claims/claim.html", context | {"revealed": {field: plain}, "revealed_name": names[field]})
