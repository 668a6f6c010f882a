"""The roster: people by village, and the search for one of them."""

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from enrollment.kept_query import keep_query, kept_query
from enrollment.models import Enrollment, VillageTotal
from enrollment.person import in_group
from enrollment.removed import removals_of, removed_matching
from enrollment.search import MOST_COUNTED, counted, matching
from enrollment.services.progress import standing_of
from orgs.models import Region, Role
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may, writes_nothing
from orgs.scope import visible
from schemes.current import current_edition

COOKIE = "roster_search"


@require_GET
@grants("roster.view")
def roster(request: HttpRequest) -> HttpResponse:
    """People of the chosen village, township or search, with the tree of places beside them."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    place = _chosen_place(request)
    query = kept_query(request, COOKIE)
    seen = visible(Enrollment, request.user).filter(edition=edition)
    own = _own_township(request)
    narrowed = {name: request.GET.get(name, "").strip()[:30] for name in ("group", "household")}
    listed = in_group(in_page_order(seen, place or own), **narrowed)
    people = listed.filter(removed_at__isnull=True)
    gone = None
    if query:
        people, gone = matching(people, query), removed_matching(listed, query, seen=seen)
    tree = _tree(request, edition, place)
    count = counted(people) if query or any(narrowed.values()) else tree["chosen_persons"]
    n_gone = counted(gone) if gone is not None else 0
    shows_gone = n_gone > 0 and _asks_for_gone(request, count)
    if shows_gone:
        page = page_of(request, gone, count=min(n_gone, MOST_COUNTED))
    else:
        page = page_of(request, people, count=min(count, MOST_COUNTED) if query else count)
    standing = standing_of(edition, {person.township_id for person in page} | ({own.pk} if own else set()))
    return render(
        request,
        "enrollment/roster.html",
        {
            "edition": edition,
            "place": place,
            "query": query,
            "tree": tree,
            "persons": sum(node["persons"] for node in tree["townships"]),
            "may_endorse": may(request.user, "endorsement.ask"),
            "narrowed": narrowed,
            "found": min(count, MOST_COUNTED),
            "more": count > MOST_COUNTED,
            "n_gone": n_gone,
            "shows_gone": shows_gone,
            "removals": removals_of(page, request.user) if shows_gone else {},
            "gone_by_number_only": query is not None and gone is None,
            "may_enter": may(request.user, "roster.import"),
            "may_report": may(request.user, "claim.report"),
            "page": page,
            "standing": standing,
            "takes_batches": own is None or own.pk in standing.drafting,
        },
    )


def _asks_for_gone(request: HttpRequest, on_roster: int) -> bool:
    """Whom a search finds only among those taken off is shown without asking for the list."""
    return request.GET.get("standing", "" if on_roster else "removed") == "removed"


@writes_nothing
@require_POST
@grants("roster.view")
def search(request: HttpRequest) -> HttpResponse:
    """Keep what is looked for, and show whom it means."""
    return keep_query(request, redirect("roster"), COOKIE, request.POST.get("q", ""))


PAGE_ORDER = ("township_id", "village_id", "id")  # of the indexes enrollment_page and enrollment_insurer_page


def in_page_order(people: QuerySet[Enrollment], place: Region | None) -> QuerySet[Enrollment]:
    """People as the list shows them, by place; a page is read straight off an index. The names of the places come by
    themselves: joined, PostgreSQL went through the county's regions for the twenty people of a page."""
    people = people.prefetch_related("village", "township").defer("content", "phone", "account")
    if place is None:
        return people.order_by(*PAGE_ORDER)
    order = PAGE_ORDER[1:] if place.level == Region.Level.TOWNSHIP else PAGE_ORDER[2:]
    within = (
        {"township": place} if place.level == Region.Level.TOWNSHIP else {"township": place.parent_id, "village": place}
    )
    return people.filter(**within).order_by(*order)


def _own_township(request: HttpRequest) -> Region | None:
    own = request.user.organization.region
    return own if own.level == Region.Level.TOWNSHIP and request.user.role == Role.CLERK else None


def _chosen_place(request: HttpRequest) -> Region | None:
    """The township or village of `?place=`; any other number is passed over."""
    chosen = whole_number(request.GET.get("place", ""))
    levels = (Region.Level.TOWNSHIP, Region.Level.VILLAGE)
    return Region.objects.filter(pk=chosen, level__in=levels).first() if chosen else None


def _tree(request: HttpRequest, edition, place: Region | None) -> dict:
    """Townships with their sums; the villages of the chosen township (or of the only one) below it."""
    totals = visible(VillageTotal, request.user).filter(edition=edition)
    by_township = totals.values("township_id", "township__name", "township__path").order_by("township__path")
    townships = [
        {"id": row["township_id"], "name": row["township__name"], "persons": row["persons_sum"]}
        for row in by_township.annotate(persons_sum=Sum("persons"))
    ]
    open_township = _open_township(place, townships)
    villages = list(
        totals.filter(township_id=open_township)
        .values("village_id", "village__name", "persons")
        .order_by("region_path")
    )
    chosen = sum(node["persons"] for node in townships)
    if place:
        counts = {node["id"]: node["persons"] for node in townships} | {v["village_id"]: v["persons"] for v in villages}
        chosen = counts.get(place.pk, 0)
    return {"townships": townships, "open": open_township, "villages": villages, "chosen_persons": chosen}


def _open_township(place: Region | None, townships: list[dict]) -> int | None:
    if place is not None:
        return place.pk if place.level == Region.Level.TOWNSHIP else place.parent_id
    return townships[0]["id"] if len(townships) == 1 else None
