"""A batch against last year's roster and against other schemes' rosters: counts, and no name."""

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet

from enrollment.models import Enrollment, RosterBatch, VillageTotal
from enrollment.services.last_year_numbers import AT_THE_END, GOOD, come_again, few_of, not_gone
from orgs.bulk import fetch_join
from orgs.scope import Scope, acting, system_scope
from schemes.models import Edition

OTHER_PLACES = "其他区县的方案"


def edition_before(edition: Edition) -> Edition | None:
    """The edition of the same scheme that ended last before this one begins."""
    before = Edition.objects.filter(
        scheme=edition.scheme_id, state=Edition.State.PUBLISHED, last_day__lt=edition.first_day
    )
    return before.order_by("-last_day", "-pk").first()


def against_last_year(batch: RosterBatch, scope: Scope) -> dict[int, dict[str, int]]:
    """By village: how many come again, how many of last year's are not named. Empty where there is no last year.

    Only the township's own roster of last year counts: that somebody was on another's is none of its business.
    """
    before = edition_before(batch.edition)
    with acting(scope):
        if before is None or not VillageTotal.objects.filter(edition=before).exists():
            return {}
        again, gone = Counter(_again(batch, before)), Counter(_gone(batch, before))
        few = few_of(batch, before)
    if few is not None:
        again, gone = again + come_again(few), gone - not_gone(few)
    return {pk: {"again": again[pk], "gone": gone[pk]} for pk in again.keys() | gone.keys()}


def _again(batch: RosterBatch, before: Edition) -> dict[int, int]:
    rows = fetch_join(
        f"""SELECT r.village_id, count(*) FROM enrollment_rosterrow AS r
            JOIN enrollment_enrollment AS e ON e.edition_id = %s AND e.id_index = r.id_index
             AND e.township_id = r.township_id AND {AT_THE_END}
            WHERE r.batch_id = %s AND r.outcome IN {GOOD} GROUP BY r.village_id""",  # noqa: S608
        [before.pk, before.last_day, batch.pk],
    )
    return dict(rows)


def _gone(batch: RosterBatch, before: Edition) -> dict[int, int]:
    """People of last year, in the villages that the batch names, whom neither it nor this year's roster has."""
    rows = fetch_join(
        f"""SELECT e.village_id, count(*) FROM enrollment_enrollment AS e
            LEFT JOIN (SELECT DISTINCT id_index FROM enrollment_rosterrow WHERE batch_id = %s) AS r
              ON r.id_index = e.id_index
            WHERE r.id_index IS NULL AND e.edition_id = %s AND {AT_THE_END}
              AND e.village_id IN (SELECT village_id FROM enrollment_rosterrow WHERE batch_id = %s)
              AND NOT EXISTS (SELECT 1 FROM enrollment_enrollment AS n
                              WHERE n.edition_id = %s AND n.id_index = e.id_index AND n.removed_at IS NULL
                                AND n.township_id = e.township_id)
            GROUP BY e.village_id""",  # noqa: S608
        [batch.pk, before.pk, before.last_day, batch.pk, batch.edition_id],
    )
    return dict(rows)


def covered_besides(batch: RosterBatch) -> list[dict[str, Any]]:
    """How many of the batch's people another edition covers in the same period, by its title."""
    with system_scope("名册导入：核对同期其他方案"):
        others = {edition.pk: edition for edition in _running_besides(batch.edition)}
        if not others:
            return []
        counted = _covered(batch, sorted(others))
    found: dict[str, int] = {}
    for pk, n in counted.items():
        title = title_for(batch.edition, others[pk])
        found[title] = found.get(title, 0) + n
    return [{"title": title, "n": n} for title, n in sorted(found.items())]


def title_for(edition: Edition, other: Edition) -> str:
    """A title that people of this edition's place see anyway; of another place not even the name."""
    return other.title if other.place_id in edition.place.path_ids else OTHER_PLACES


def _running_besides(edition: Edition) -> QuerySet[Edition]:
    at_once = Q(first_day__lte=edition.last_day, last_day__gte=edition.first_day, state=Edition.State.PUBLISHED)
    with_people = VillageTotal.objects.values("edition_id")
    others = Edition.objects.filter(at_once, pk__in=with_people).exclude(pk=edition.pk)
    return others.defer("document").order_by("pk")


def _covered(batch: RosterBatch, others: list[int]) -> dict[int, int]:
    marks = ", ".join(["%s"] * len(others))
    rows = fetch_join(
        f"""SELECT e.edition_id, count(*) FROM enrollment_rosterrow AS r
            JOIN enrollment_enrollment AS e ON e.id_index = r.id_index AND e.edition_id IN ({marks})
             AND e.removed_at IS NULL AND (e.covered_from IS NULL OR e.covered_from <= %s)
             AND (e.covered_to IS NULL OR e.covered_to >= %s)
            WHERE r.batch_id = %s AND r.outcome IN {GOOD} GROUP BY e.edition_id""",  # noqa: S608
        [*others, batch.edition.last_day, batch.edition.first_day, batch.pk],
    )
    return dict(rows)


def besides_by_person(edition: Edition, people: list[str]) -> dict[str, str]:
    """For a page of people (by blind index): the titles of other editions that cover them in the same period."""
    with system_scope("名册导入：核对同期其他方案"):
        others = {other.pk: title_for(edition, other) for other in _running_besides(edition)}
        found = Enrollment.objects.filter(
            Q(covered_from__isnull=True) | Q(covered_from__lte=edition.last_day),
            Q(covered_to__isnull=True) | Q(covered_to__gte=edition.first_day),
            id_index__in=people, edition__in=list(others), removed_at__isnull=True,
        )  # fmt: skip
        pairs = sorted({(person, others[pk]) for person, pk in found.values_list("id_index", "edition_id")})
    titles: dict[str, list[str]] = {}
    for person, title in pairs:
        titles.setdefault(person, []).append(title)
    return {person: "、".join(known) for person, known in titles.items()}
