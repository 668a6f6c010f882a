"""名册上报: the timeline of all townships, and the page on which one township's roster takes its steps."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from enrollment.models import Objection, RosterStepTaken, TownshipRoster
from enrollment.papers.publicity import Posting, postings_of
from enrollment.services import stepping
from enrollment.services.objecting import ACT_OF_STEP
from enrollment.services.progress import state_of
from enrollment.services.reviewing import hand_in_village, sign_off_villages
from enrollment.services.stepping import StepRefused
from enrollment.timeline import assignments_in_sight, counters_of, filtered, step_marks, timeline_of
from enrollment.village_rows import Villages, villages_of
from enrollment.workflow import ACTIONS, DRAFTING, STATE, offered
from orgs.models import Region
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes.current import current_edition
from schemes.models import Edition

PHRASES = {"send_back": ("有异议的人请核对", "人数与村里上报的不符", "有人户籍不在本地", "漏了整个村")}


@require_GET
@grants("roster.steps")
def progress(request: HttpRequest) -> HttpResponse:
    """Every township that concerns the person: done, due, late, not begun."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    steps = edition.terms.roster_steps
    if steps is None:
        return render(request, "enrollment/no_steps.html", {"edition": edition})
    lines = timeline_of(edition, request.user, timezone.localdate())
    chosen = request.GET.get("state", "")
    context = {
        "edition": edition,
        "steps": steps.steps,
        "counters": counters_of(lines, steps.order),
        "chosen": chosen,
        "page": page_of(request, filtered(lines, chosen)),
        "persons": sum(line.persons for line in lines),
        "may_collate": may(request.user, "roster.collate") and any(line.state.code == "collate" for line in lines),
        "may_download": may(request.user, "roster.underwrite"),
    }
    return render(request, "enrollment/timeline.html", context)


@require_GET
@grants("roster.steps")
def township(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One township: its steps, villages, totals, objections and log, and what may be done now."""
    edition, place = township_in_sight(request, code, pk)
    return render(request, "enrollment/township.html", _context(request, edition, place))


def township_in_sight(request: HttpRequest, code: str, pk: int) -> tuple[Edition, Region]:
    """The edition and the township of an address; 404 for what does not concern the person."""
    editions = visible(Edition, request.user).filter(state=Edition.State.PUBLISHED).select_related("place")
    edition = get_object_or_404(editions, code=code)
    assignment = assignments_in_sight(edition, request.user).filter(township_id=pk).first()
    if assignment is None or edition.terms.roster_steps is None:
        raise Http404
    return edition, assignment.township


def _context(request: HttpRequest, edition: Edition, place: Region) -> dict[str, Any]:
    user = request.user
    roster = visible(TownshipRoster, user).filter(edition=edition, township=place).first()
    roster = roster or TownshipRoster(edition=edition, township=place, state=state_of(edition, place.pk))
    log = list(visible(RosterStepTaken, user).filter(roster=roster.pk)) if roster.pk else []
    objections = visible(Objection, user).filter(edition=edition, township=place)
    rows = objections.select_related("enrollment__village", "raised_by__organization", "answered_by")
    is_village = user.organization.region.level == Region.Level.VILLAGE
    acts = () if is_village else offered(roster.state, lambda act: may(user, act))
    villages = villages_of(edition, place, user)
    postings = postings_of(edition, place, [row.village.pk for row in villages.rows if row.digest], user)
    return {
        "edition": edition,
        "township": place,
        "roster": roster,
        "state": STATE[roster.state],
        "marks": step_marks(edition, roster, {one.action: one for one in log}, timezone.localdate()),
        "villages": villages,
        "postings": postings,
        "today": timezone.localdate(),
        "totals": stepping.township_totals(edition, place, user),
        "page": page_of(request, rows.order_by("-id")),
        "pending": objections.filter(state__in=Objection.PENDING).count(),
        "log": list(reversed(log)),
        "acts": acts,
        "unposted": _not_posted(villages, postings),
        "may_open_notices": may(user, "paper.view"),
        "phrases": PHRASES,
        "is_village": is_village,
        "may_review": may(user, "roster.review") and roster.state == DRAFTING,
        "may_answer": may(user, "roster.review"),
        "looks_as": looks_as(request, roster.state),
        "objector_of": [step for step, act in ACT_OF_STEP.items() if may(user, act)],
    }


def _not_posted(villages: Villages, postings: dict[int, Posting]) -> list[Region]:
    """The villages whose publicity stands in the way of sending the roster up."""
    return [row.village for row in villages.rows if row.village.pk in postings and not postings[row.village.pk].is_done]


def looks_as(request: HttpRequest, state: str) -> str:
    """The step on which the person looks people up now, police or underwrite; empty where it is not theirs."""
    return state if state in ("police", "underwrite") and may(request.user, ACT_OF_STEP[state]) else ""


@require_POST
@grants("roster.review")
def sign_off(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The township signs off the villages that are ticked; `village` is `id:digest`, as they were on the screen."""
    edition, place = township_in_sight(request, code, pk)
    pairs = (value.partition(":") for value in request.POST.getlist("village"))
    seen = {number: digest for text, _, digest in pairs if (number := whole_number(text))}

    def work() -> str:
        signed = sign_off_villages(edition=edition, township=place, seen_digests=seen, by=request.user)
        return f"已签收 {len(signed)} 个村，{sum(one.persons for one in signed)} 人"

    return _done(request, edition, place, work)


@require_POST
@grants("roster.review")
def hand_in(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The village's own clerk hands its part in."""
    edition, place = township_in_sight(request, code, pk)
    own = request.user.organization.region

    def work() -> str:
        if own.level != Region.Level.VILLAGE:
            raise StepRefused("这是村里用的，乡镇请直接签收")
        digest = request.POST.get("digest", "")
        review = hand_in_village(edition=edition, village=own, seen_digest=digest, by=request.user)
        return f"{own.name}的名册已交乡镇审核，{review.persons} 人"

    return _done(request, edition, place, work)


@require_POST
@grants("roster.steps")
def take_step(request: HttpRequest, code: str, pk: int, action: str) -> HttpResponse:
    """A step of the workflow table, for whoever may take it."""
    edition, place = township_in_sight(request, code, pk)
    if not any(may(request.user, one.act) for one in stepping.TRANSITIONS if one.action == action):
        raise Http404
    common = {
        "edition": edition, "township": place, "by": request.user,
        "read_version": whole_number(request.POST.get("version", "")) or 0,
    }  # fmt: skip

    def work() -> str:
        if action == "submit":
            confirmed, seen = request.POST.get("confirmed") == "yes", request.POST.get("digest", "")
            roster = stepping.submit_roster(**common, seen_digest=seen, confirmed=confirmed)
        elif action == "send_back":
            roster = stepping.send_back_roster(**common, opinion=request.POST.get("opinion", "")[:500])
        else:
            roster = stepping.pass_roster(**common, action=action)
        return f"{place.name}名册已{ACTIONS[action]}，现在是“{STATE[roster.state].name}”"

    return _done(request, edition, place, work)


@require_POST
@grants("roster.collate")
def collate_all(request: HttpRequest, code: str) -> HttpResponse:
    """Collate all that wait for it and have no objection pending."""
    editions = visible(Edition, request.user).filter(state=Edition.State.PUBLISHED)
    edition = get_object_or_404(editions, code=code)
    try:
        done = stepping.collate_ready(edition=edition, by=request.user)
        messages.success(request, f"已汇总 {len(done)} 个乡镇，{sum(one.persons for one in done)} 人")
    except StepRefused as refused:
        messages.warning(request, str(refused))
    return redirect("roster_progress")


def _done(request: HttpRequest, edition: Edition, place: Region, work: Callable[[], str]) -> HttpResponse:
    """Do it and go back to the township, with what came of it."""
    try:
        messages.success(request, work())
    except (StepRefused, EditConflict) as refused:
        messages.warning(request, str(refused))
    return redirect("roster_township", code=edition.code, pk=place.pk)
