"""Figures that the authority or the finance office enters: the census of an edition, last year's balance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from calc.money import from_fen
from orgs.models import Region
from orgs.permissions import grants
from orgs.responses import XLSX, attachment
from orgs.scope import visible
from premiums.census import TITLES, CensusRefused, CensusRow, read_rows, wanted_columns
from premiums.census_entry import enter_brought_forward, enter_census, may_enter, rows_of_file
from premiums.census_template import census_template
from premiums.figures import brought_forward_of
from premiums.forms import BroughtForwardForm, CensusForm
from premiums.models import CensusFigure
from premiums.views.allocation import edition_of
from premiums.wording import region_word
from schemes.models import Edition
from schemes.rules.premium import goes_by_census

MOST_CELLS = 800  # a larger grid is filled in as a file: Django takes 1,000 fields


@dataclass(frozen=True)
class GridCell:
    name: str
    label: str
    value: str


@dataclass(frozen=True)
class GridLine:
    number: int
    region: str
    category: str
    label: str
    cells: tuple[GridCell, ...]


def _edition(request: HttpRequest, code: str) -> Edition:
    """An edition that goes by entered figures and whose figures are the person's to enter."""
    edition = edition_of(request, code)
    if not may_enter(edition, request.user):  # type: ignore[arg-type]
        raise Http404
    return edition


def _census_edition(request: HttpRequest, code: str) -> Edition:
    edition = _edition(request, code)
    if not goes_by_census(edition.terms):
        raise Http404
    return edition


@require_http_methods(["GET", "POST"])
@grants("premium.census")
def census(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the figures of all regions at once, in the grid or as a file."""
    edition = _census_edition(request, code)
    form = CensusForm(request.POST or None, request.FILES or None)
    problems: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(_numbered(request, edition, form), edition)
            done = enter_census(edition=edition, rows=rows, source=form.cleaned_data["source"], by=request.user)
            messages.success(request, f"已录入 {done.regions} 个地区、{done.persons:,} 人，保费已按新的人数计算")
            return redirect("allocation", code=code)
        except CensusRefused as refused:
            problems = tuple(problem.message for problem in refused.problems)
    return _page(request, edition, form, problems)


def _page(request: HttpRequest, edition: Edition, form: CensusForm, problems: tuple[str, ...]) -> HttpResponse:
    current = list(visible(CensusFigure, request.user).filter(edition=edition, replaced_at__isnull=True))
    lines = _grid(edition, request.POST, current)
    columns = wanted_columns(edition.terms)
    context = {
        "edition": edition,
        "form": form,
        "problems": problems,
        "lines": lines,
        "columns": [TITLES[key] for key in columns if key not in ("region", "category")],
        "by_category": "category" in columns,
        "region_word": region_word(edition),
        "too_many": _too_many(lines),
        "latest": current[0] if current else None,
        "figures_of": edition.terms.premium.figures_of,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "premiums/census.html", context, status=status)


def _numbered(request: HttpRequest, edition: Edition, form: CensusForm) -> Any:
    """The rows of the file where there is one, else those of the grid; numbered as the person sees them."""
    file = form.cleaned_data["file"]
    if file:
        return rows_of_file(file.name, file.read())
    lines = _grid(edition, request.POST, ())
    columns = wanted_columns(edition.terms)
    rows: list[tuple[int, list[str]]] = [(0, list(columns))]
    for line in lines:
        head = [line.region, *([line.category] if "category" in columns else [])]
        rows.append((line.number, [*head, *(cell.value for cell in line.cells)]))
    return rows


def _grid(edition: Edition, typed: Mapping[str, str], current: Any) -> tuple[GridLine, ...]:
    """A line for each region (and category), with what was typed, or what stands entered."""
    known = {(row.region_id, row.category): row for row in current}
    lines: list[GridLine] = []
    for region in _regions(edition):
        for category in edition.terms.premium.categories or ("",):
            lines.append(_line(edition, len(lines) + 1, region, category, typed, known.get((region.pk, category))))
    return tuple(lines)


def _regions(edition: Edition) -> list[Region]:
    serving = edition.assignments.filter(insurer__isnull=False).select_related("township")
    return [assignment.township for assignment in serving]


def _line(
    edition: Edition, number: int, region: Region, category: str, typed: Mapping[str, str], row: CensusFigure | None
) -> GridLine:
    word = edition.terms.premium.categories.get(category, "")
    cells = []
    for key in wanted_columns(edition.terms):
        if key in ("region", "category"):
            continue
        name = f"{key}_{region.pk}_{category}".rstrip("_")
        value = typed.get(name, "" if row is None else str(getattr(row, key)))
        cells.append(GridCell(name, f"{region.name} {word} {TITLES[key]}".replace("  ", " "), value))
    return GridLine(number, region.code or region.name, category, f"{region.name} {word}".strip(), tuple(cells))


def _too_many(lines: tuple[GridLine, ...]) -> bool:
    return sum(len(line.cells) for line in lines) > MOST_CELLS


@require_GET
@grants("premium.census")
def template(request: HttpRequest, code: str) -> HttpResponse:
    """The workbook to fill in, with every region and the figures as they stand."""
    edition = _census_edition(request, code)
    current = visible(CensusFigure, request.user).filter(edition=edition, replaced_at__isnull=True)
    rows = [CensusRow(row.region_id, row.category, row.persons, row.households, row.units) for row in current]
    content = census_template(edition, _regions(edition), rows)
    return attachment(content, name=f"{edition.title}人数表.xlsx", content_type=XLSX)


@require_http_methods(["GET", "POST"])
@grants("premium.census")
def brought_forward(request: HttpRequest, code: str) -> HttpResponse:
    """Enter last year's balance, where the edition sets it against the premium."""
    edition = _edition(request, code)
    if edition.terms.premium.carry_over is None:
        raise Http404
    latest = brought_forward_of(edition, request.user)  # type: ignore[arg-type]
    first = {"amount": str(from_fen(latest.fen)), "source": latest.source} if latest else {}
    form = BroughtForwardForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            enter_brought_forward(edition=edition, by=request.user, **form.cleaned_data)
            messages.success(request, "已录入上年结余，应缴保费已重新计算")
            return redirect("allocation", code=code)
        except CensusRefused as refused:
            form.add_error(None, str(refused))
    status = 422 if request.method == "POST" else 200
    ratio = edition.terms.premium.carry_over.ratio
    context = {"edition": edition, "form": form, "ratio": ratio, "latest": latest}
    return render(request, "premiums/brought_forward.html", context, status=status)
