"""The list of claims."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from calc.dates import DateError, parse_date
from claims.models import Claim
from claims.presenting import deadline_tag
from claims.querysets import awaiting, due_soon, overdue, totals
from claims.workflow import STATES
from enrollment.kept_query import keep_query, kept_query
from enrollment.search import PersonQuery, matching
from office.calendar import work_calendar
from orgs.models import Region
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may, writes_nothing
from orgs.scope import scope_of, visible
from schemes.current import current_edition
from schemes.models import Edition

COOKIE = "claim_search"
YEARS = range(1900, 3000)  # the ends of the calendar have no instant in UTC, or no next day


def claims_of(request: HttpRequest) -> QuerySet[Claim]:
    """The claims of the edition at hand that the person sees."""
    return visible(Claim, request.user).filter(edition=current_edition(request))


def soon(today: date) -> date:
    """The last day that counts as near: two working days ahead."""
    return work_calendar().due_after(today, working_days=2).day


def views_of(request: HttpRequest, claims: QuerySet[Claim], today: date) -> dict[str, tuple[str, QuerySet[Claim]]]:
    """The tabs over the list: code → name and rows."""
    return {
        "all": ("全部", claims),
        "mine": ("待我办", awaiting(claims, request.user)),
        "returned": ("退回", claims.filter(state="returned")),
        "due": ("临期", due_soon(claims, today, soon(today))),
        "late": ("逾期", overdue(claims, today)),
        "done": ("已支付、已结案", claims.filter(state__in=("paid", "closed"))),
    }


@require_GET
@grants("claim.view")
def claim_list(request: HttpRequest) -> HttpResponse:
    """Claims by tab, state, days of report, place or search; totals of the page and of all."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    today = timezone.localdate()
    views = views_of(request, claims_of(request), today)
    chosen = request.GET.get("view", "all")
    chosen = chosen if chosen in views else "all"
    rows, problems = _filtered(request, views[chosen][1])
    query = kept_query(request, COOKIE)
    if query:
        rows = matching_claims(rows, query)
    summed = totals(rows)
    page = page_of(request, _for_list(rows), count=summed["n"])
    for claim in page:
        claim.deadline = deadline_tag(claim, today)
    context = {
        "edition": edition,
        "tabs": [{"code": code, "name": name, "n": rows_.count()} for code, (name, rows_) in views.items()],
        "tab": chosen,
        "states": STATES,
        "query": query,
        "problems": problems,
        "page": page,
        "page_fen": sum(claim.adjusted_fen or 0 for claim in page if claim.state not in {"denied", "withdrawn"}),
        "totals": summed,
        "may_report": may(request.user, "claim.report"),
        "townships": _townships(request, edition),
        "place": Region.objects.filter(pk=whole_number(request.GET.get("place", ""))).first(),
    }
    return render(request, "claims/list.html", context)


def _townships(request: HttpRequest, edition: Edition) -> list[Region]:
    """Townships to choose from: those the person sees claims of; nothing to choose where there is one."""
    serving = edition.assignments.filter(insurer__isnull=False).select_related("township")
    scope = scope_of(request.user)
    if scope.organizations:
        serving = serving.filter(insurer__in=scope.organizations)
    townships = [one.township for one in serving if one.township.path.startswith(scope.region_path)]
    return townships if len(townships) > 1 else []


def _for_list(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    heavy = ("facts", "adjustment", "payee_id_number", "payee_account", "reporter_phone")
    return rows.select_related("village", "township").defer(*heavy).order_by("-reported_at", "-id")


def _filtered(request: HttpRequest, rows: QuerySet[Claim]) -> tuple[QuerySet[Claim], list[str]]:
    """Rows by the filter bar, and a sentence for each date that can't be read."""
    problems = []
    state = request.GET.get("state", "")
    if state in {known.code for known in STATES}:
        rows = rows.filter(state=state)
    if place := whole_number(request.GET.get("place", "")):
        rows = rows.filter(township_id=place) | rows.filter(village_id=place)
    for name, label in (("from", "报案日期从"), ("to", "报案日期到")):
        text = request.GET.get(name, "").strip()
        if not text:
            continue
        try:
            day = parse_date(text)
        except DateError as error:
            problems.append(f"“{label}”：{error}")
            continue
        if day.year not in YEARS:
            problems.append(f"“{label}”：{day} 不在 {YEARS[0]} 至 {YEARS[-1]} 年之间，请核对")
            continue
        start = timezone.make_aware(timezone.datetime(day.year, day.month, day.day))
        rows = (
            rows.filter(reported_at__gte=start)
            if name == "from"
            else rows.filter(reported_at__lt=start + timedelta(days=1))
        )
    return rows, problems


@writes_nothing
@require_POST
@grants("claim.view")
def claim_search(request: HttpRequest) -> HttpResponse:
    """Keep what is looked for, and show which claims it means."""
    return keep_query(request, redirect("claim_list"), COOKIE, request.POST.get("q", ""))


def matching_claims(rows: QuerySet[Claim], query: PersonQuery) -> QuerySet[Claim]:
    """Claims by number, or by the person's ID number, initials or name."""
    if query.kind == "name" and "-" in query.value:
        return rows.filter(number=query.value.upper())
    return matching(rows, query, prefix="person_")
