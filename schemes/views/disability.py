"""The disability scale: a page to look things up, and what the picker of a form asks for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may
from schemes.disability import GRADES, RAISED, categories, doubt_of, find_items
from schemes.disability_field import DisabilityField, counting_of, remarks_on

MOST_OFFERED = 20


@require_GET
@grants("edition.view")
def items(request: HttpRequest) -> HttpResponse:
    """The items of the standard by words, category and grade."""
    words = request.GET.get("q", "").strip()[:60]
    category, grade = (whole_number(request.GET.get(name, "")) for name in ("category", "grade"))
    page = page_of(request, find_items(words, category=category, grade=grade))
    context = {
        "page": page,
        "rows": [(item, doubt_of(item)) for item in page],
        "q": words,
        "category": category,
        "grade": grade,
        "categories": categories(),
        "grades": GRADES,
        "may_edit": may(request.user, "people.manage"),
    }
    return render(request, "schemes/disability.html", context)


@require_GET
@grants("edition.view")
def options(request: HttpRequest) -> HttpResponse:
    """What the words typed so far find, as options of a list."""
    words = request.GET.get("q", "")[:60]
    found = list(find_items(words)[: MOST_OFFERED + 1])
    context = {"items": found[:MOST_OFFERED], "more": len(found) > MOST_OFFERED}
    return render(request, "schemes/disability_options.html", context)


@require_GET
@grants("edition.view")
def grade(request: HttpRequest) -> HttpResponse:
    """Which grade counts of the rows typed so far, and why."""
    field = DisabilityField(grades=GRADES)
    typed = field.widget.value_from_datadict(request.GET, {}, request.GET.get("field", "")[:80])
    rows = field.prepare_value(typed)
    context = {"counting": counting_of(rows, request.GET.get("several", RAISED)), "remarks": remarks_on(rows)}
    return render(request, "schemes/disability_counts.html", context)
