"""The figures of enrolment's progress, read with few questions whatever the size of the place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from enrollment.models import RegionFigure, VillageKeeper, VillageRecognition, VillageTotal
from enrollment.progress import Progress, TownProgress, VillageProgress, added
from enrollment.unenrolled import Gap, gaps_of
from orgs.models import Region, User
from orgs.scope import scope_of, visible
from orgs.services.regions import names_of
from schemes.models import Edition
from schemes.terms.premiums import Participation, Target

POPULATION, REPORTED = RegionFigure.Measure.POPULATION, RegionFigure.Measure.REPORTED


def read_progress(edition: Edition, user: User) -> Progress:
    """Every township that takes part and that the person sees, with its villages."""
    serving = list(edition.assignments.filter(insurer__isnull=False).select_related("township").order_by("position"))
    scope = scope_of(user)
    regions = [
        one.township
        for one in serving
        if one.insurer_id in scope.organizations
        or (scope.region_path and one.township.path.startswith(scope.region_path))
    ]
    facts = _Facts.read(edition, user, regions)
    towns = tuple(facts.town(region) for region in sorted(regions, key=lambda region: region.path))
    persons = edition.terms.insured.persons
    participation = edition.terms.participation
    whole = len(regions) == len(serving)
    return Progress(
        enrolled=sum(town.enrolled for town in towns),
        goal=added(town.goal for town in towns),
        towns=towns,
        population=added(town.population for town in towns),
        reported=added(town.reported for town in towns),
        unenrolled=sum(town.unenrolled or 0 for town in towns) if facts.gaps else None,
        whole=whole,
        goal_word="任务数" if participation else "上报人数",
        clause=participation.clause if participation else persons.clause if persons else "",
        notice_persons=int(persons.value) if persons and whole else None,
    )


@dataclass
class _Facts:
    """What is known of the places, by their ids."""

    participation: Participation | None
    targets: Mapping[int, Target]
    gaps: Mapping[tuple[int, int], Gap]
    villages: dict[int, list[Region]] = field(default_factory=lambda: defaultdict(list))
    missing_in_town: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    in_village: dict[int, int] = field(default_factory=dict)
    in_town: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    entered: dict[tuple[int, str], int] = field(default_factory=dict)
    recognised: dict[int, object] = field(default_factory=dict)
    keepers: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, edition: Edition, user: User, towns: list[Region]) -> "_Facts":
        participation = edition.terms.participation
        facts = cls(participation, targets_of(participation, towns), gaps_of(edition))
        for (town, _), gap in facts.gaps.items():
            facts.missing_in_town[town] += gap.missing
        within = Region.objects.filter(parent__in=towns, level=Region.Level.VILLAGE, active=True).order_by("path")
        for village in within:
            facts.villages[village.parent_id].append(village)
        totals = visible(VillageTotal, user).filter(edition=edition)
        for village, town, persons in totals.values_list("village_id", "township_id", "persons"):
            facts.in_village[village] = persons
            facts.in_town[town] += persons
        figures = visible(RegionFigure, user).filter(edition=edition, replaced_at__isnull=True)
        facts.entered = {(pk, of): n for pk, of, n in figures.values_list("region_id", "measure", "persons")}
        recognised = visible(VillageRecognition, user).filter(edition=edition)
        facts.recognised = dict(recognised.values_list("village_id", "recognised_on"))
        keepers = visible(VillageKeeper, user).filter(ended_at__isnull=True)
        for village, kind, name in keepers.values_list("village_id", "kind", "name"):
            facts.keepers[village].append((kind, name))
        return facts

    def town(self, region: Region) -> TownProgress:
        target = self.targets.get(region.pk)
        population = int(target.population) if target else self.entered.get((region.pk, POPULATION))
        reported = self.entered.get((region.pk, REPORTED))
        goal = int(target.target) if target else self._goal(population, reported)
        return TownProgress(
            enrolled=self.in_town.get(region.pk, 0),
            goal=goal,
            id=region.pk,
            name=region.name,
            population=population,
            reported=reported,
            unenrolled=self.missing_in_town.get(region.pk, 0) if self.gaps else None,
            villages=tuple(self._village(one) for one in self.villages[region.pk]),
        )

    def _village(self, region: Region) -> VillageProgress:
        population, reported = (self.entered.get((region.pk, of)) for of in (POPULATION, REPORTED))
        gap = self.gaps.get((region.parent_id or 0, region.pk))
        kept = self.keepers.get(region.pk, [])
        return VillageProgress(
            enrolled=self.in_village.get(region.pk, 0),
            goal=self._goal(population, reported),
            id=region.pk,
            name=region.name,
            population=population,
            reported=reported,
            unenrolled=gap.missing if gap else None,
            recognised_on=self.recognised.get(region.pk),  # type: ignore[arg-type]
            keepers=tuple(name for kind, name in kept if kind == VillageKeeper.Kind.VILLAGE),
            group_keepers=sum(kind == VillageKeeper.Kind.GROUP for kind, _ in kept),
        )

    def _goal(self, population: int | None, reported: int | None) -> int | None:
        """Where the notice names no target: its ratio of the population, else what was reported."""
        if self.participation is None:
            return reported
        return None if population is None else self.participation.target_of(population)


def targets_of(participation: Participation | None, towns: Iterable[Region]) -> dict[int, Target]:
    """The notice's own targets, by the names that the notice uses."""
    if participation is None:
        return {}
    named = {place.township: place for place in participation.places}
    found = {pk: next((named[name] for name in names if name in named), None) for pk, names in names_of(towns).items()}
    return {pk: target for pk, target in found.items() if target}
