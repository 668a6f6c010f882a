"""发放登记: which households of a village were given what; ticked on a phone at the door, or all at once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from calc.dates import DateError, parse_date
from enrollment.models import Handout
from enrollment.papers.families import Family, families_of
from enrollment.papers.places import people_of
from enrollment.services.handing_out import HandoutRefused, record_handouts, take_back_handout
from enrollment.views.places import Place, place_of
from orgs.models import Region
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may
from orgs.scope import visible
from schemes.current import current_edition
from schemes.models import Edition

KIND = Handout.Kind


@require_GET
@grants("paper.view")
def handouts(request: HttpRequest, pk: int) -> HttpResponse:
    """Households of a village, those without the paper first on the list of what is to be done."""
    edition, place = _village(request, pk)
    kind = _kind(request.GET.get("kind", ""))
    families = _families(edition, place, request)
    given = _given(edition, place, request)
    done = {household: one for (household, of), one in given.items() if of == kind}
    only_open = request.GET.get("open") == "1"
    shown = [family for family in families if family.key not in done] if only_open else families
    page = page_of(request, shown)
    counts = {code: sum(1 for family in families if (family.key, code) in given) for code in KIND.values}
    context = {
        "edition": edition,
        "place": place,
        "kind": kind,
        "kinds": [{"code": code, "name": name, "n": counts[code]} for code, name in KIND.choices],
        "only_open": only_open,
        "total": len(families),
        "left": len(families) - counts[kind],
        "page": page,
        "lines": [{"family": family, "given": done.get(family.key)} for family in page],
        "today": timezone.localdate(),
        "may_record": may(request.user, "handout.record"),
    }
    return render(request, "enrollment/papers/handouts.html", context)


@require_POST
@grants("handout.record")
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The ticked households, or all of the village, were given the paper."""
    edition, place = _village(request, pk)
    kind = _kind(request.POST.get("kind", ""))
    heads = None if "all" in request.POST else [whole_number(one) or 0 for one in request.POST.getlist("head")]
    try:
        n = record_handouts(
            edition=edition,
            village=place.region,
            kind=kind,
            heads=heads,
            given_on=_day(request.POST.get("given_on", "")),
            given_by=request.POST.get("given_by", ""),
            by=request.user,
        )
        messages.success(request, f"已登记 {n} 户领到{KIND(kind).label}")
    except (HandoutRefused, DateError) as refused:
        messages.warning(request, str(refused))
    return _back(place, kind, request)


@require_POST
@grants("handout.record")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A tick that was a mistake."""
    edition, place = _village(request, pk)
    kind = _kind(request.POST.get("kind", ""))
    head = whole_number(request.POST.get("head", "")) or 0
    try:
        take_back_handout(edition=edition, village=place.region, kind=kind, head=head, by=request.user)
        messages.success(request, "已取消这一户的登记")
    except HandoutRefused as refused:
        messages.warning(request, str(refused))
    return _back(place, kind, request)


def _back(place: Place, kind: str, request: HttpRequest) -> HttpResponse:
    page = whole_number(request.POST.get("page", "")) or 1
    return redirect(f"{reverse('handouts', args=[place.region.pk])}?kind={kind}&page={page}")


def _village(request: HttpRequest, pk: int) -> tuple[Edition, Place]:
    edition = current_edition(request)
    if edition is None:
        raise Http404
    place = place_of(edition, pk, request.user)
    if place.region.level != Region.Level.VILLAGE:
        raise Http404
    return edition, place


def _kind(text: str) -> str:
    return text if text in KIND.values else KIND.LEAFLET


def _families(edition: Edition, place: Place, request: HttpRequest) -> list[Family]:
    people = people_of(edition, place.township, place.village, request.user)
    return [family for _, families in families_of(people) for family in families]


def _given(edition: Edition, place: Place, request: HttpRequest) -> dict[tuple[str, str], Handout]:
    found = visible(Handout, request.user).filter(edition=edition, village=place.village)
    return {(one.household, one.kind): one for one in found}


def _day(text: str):  # type: ignore[no-untyped-def]
    return parse_date(text) if text.strip() else timezone.localdate()
