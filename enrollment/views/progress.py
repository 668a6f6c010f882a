"""参保进度: how far enrolment has come by township and village, the figures it is measured by, 全村统保."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from calc.text import fold
from enrollment.models import RegionFigure
from enrollment.progress import Progress
from enrollment.progress_figures import read_progress, targets_of
from enrollment.progress_sheet import progress_sheet
from enrollment.services.figures import FigureEntry, FiguresRefused, enter_figures, regions_to_enter
from enrollment.services.recognising import NotRecognised, recognise_village
from enrollment.target_forms import FiguresForm, RecognitionForm, today_text
from enrollment.views.editions import with_roster
from orgs.audit import record
from orgs.models import Region
from orgs.numbers import whole_number
from orgs.permissions import grants, may
from orgs.responses import XLSX, attachment
from orgs.scope import scope_of, visible
from schemes.models import Edition

MOST_PERSONS = 99_999_999


@require_GET
@grants("roster.progress")
@with_roster
def progress(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Townships with their villages; the chosen township, or the only one, is open."""
    context = _context(request, edition)
    found: Progress = context["progress"]
    if may(request.user, "village.recognise"):
        eligible = [
            (town.name, village)
            for town in found.towns
            for village in town.villages
            if village.covers_all and village.recognised_on is None
        ]
        context |= {"eligible": eligible, "today": today_text()}
    context["may_enter"] = may(request.user, "figure.enter")
    context["may_keep"] = may(request.user, "keeper.manage")
    return render(request, "enrollment/progress.html", context)


@require_GET
@grants("roster.progress")
@with_roster
def part(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The figures alone, asked every half minute."""
    return render(request, "enrollment/progress_part.html", _context(request, edition))


def _context(request: HttpRequest, edition: Edition) -> dict[str, Any]:
    found = read_progress(edition, request.user)  # type: ignore[arg-type]
    chosen = found.town(whole_number(request.GET.get("place", "")))
    return {
        "edition": edition,
        "progress": found,
        "open": chosen or (found.towns[0] if len(found.towns) == 1 else None),
        "by_report": edition.terms.participation is None,
        "now": timezone.now(),
    }


@require_GET
@grants("roster.progress")
@with_roster
def workbook(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The progress as .xlsx, a part for each township; the export is on record."""
    found = read_progress(edition, request.user)
    record("progress.export", by=request.user, target=edition, region_path=scope_of(request.user).region_path,
           towns=len(found.towns), enrolled=found.enrolled)  # fmt: skip
    content = progress_sheet(edition, found, request.user)
    return attachment(content, name=f"{edition.title}参保进度.xlsx", content_type=XLSX)


@require_POST
@grants("village.recognise")
@with_roster
def recognise(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Put 全村统保 of a village on record."""
    form = RecognitionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "请选择村，并填认定日期")
        return redirect("progress")
    try:
        made = recognise_village(
            edition=edition, village_id=form.cleaned_data["village"], on=form.cleaned_data["on"], by=request.user
        )
    except NotRecognised as refused:
        messages.warning(request, str(refused))
        return redirect("progress")
    messages.success(request, f"已认定{made.village.name}全村统保，{made.enrolled:,} 人")
    return redirect(f"{reverse('progress')}?place={made.village.parent_id}#h-villages")


@dataclass(frozen=True)
class GridCell:
    name: str
    label: str
    value: str


@dataclass(frozen=True)
class GridLine:
    region: Region
    cells: tuple[GridCell, ...]
    notice: str  # what the notice itself says


@require_http_methods(["GET", "POST"])
@grants("figure.enter")
@with_roster
def figures(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Enter populations and reported numbers: the authority by township, a clerk by village."""
    regions = regions_to_enter(edition, request.user)  # type: ignore[arg-type]
    form = FiguresForm(request.POST or None)
    lines = _grid(request, edition, regions)
    problems: list[str] = []
    if request.method == "POST":
        entries, problems = _entries(regions, lines)
        if form.is_valid() and not problems:
            try:
                changed = enter_figures(edition=edition, entries=entries, by=request.user, **form.cleaned_data)
                messages.success(request, f"已录入，改动 {changed} 处" if changed else "没有改动")
                return redirect("progress")
            except FiguresRefused as refused:
                problems = [str(refused)]
    context = {"edition": edition, "form": form, "lines": lines, "problems": problems,
               "measures": [one.label for one in RegionFigure.Measure]}  # fmt: skip
    return render(request, "enrollment/figures.html", context, status=422 if request.method == "POST" else 200)


def _grid(request: HttpRequest, edition: Edition, regions: list[Region]) -> list[GridLine]:
    """A line for each place, with what was typed, or what stands entered."""
    standing = visible(RegionFigure, request.user).filter(edition=edition, replaced_at__isnull=True, region__in=regions)
    known = {(pk, measure): persons for pk, measure, persons in standing.values_list("region_id", "measure", "persons")}
    targets = targets_of(edition.terms.participation, regions)
    return [
        GridLine(
            region,
            tuple(_cell(request, region, measure, known) for measure in RegionFigure.Measure),
            f"{targets[region.pk].population:,}" if region.pk in targets else "",
        )
        for region in regions
    ]


def _cell(request: HttpRequest, region: Region, measure: RegionFigure.Measure, known: dict) -> GridCell:
    name = f"{measure.value}_{region.pk}"
    persons = known.get((region.pk, measure.value))
    value = request.POST.get(name, "" if persons is None else str(persons))
    return GridCell(name, f"{region.name} {measure.label}", value)


def _entries(regions: list[Region], lines: list[GridLine]) -> tuple[list[FigureEntry], list[str]]:
    """The grid's numbers, and a sentence for each that is none."""
    entries, problems = [], []
    for region, line in zip(regions, lines, strict=True):
        for measure, cell in zip(RegionFigure.Measure, line.cells, strict=True):
            text = fold(cell.value).replace(",", "").removesuffix("人")
            number = whole_number(text) if text else None
            if text and (number is None or number > MOST_PERSONS):
                problems.append(f"「{cell.label}」“{cell.value[:20]}”应是 0 或正整数，没有就留空")
            entries.append(FigureEntry(region.pk, measure.value, number))
    return entries, problems
