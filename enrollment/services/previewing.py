"""What a batch would do, in numbers: rows by outcome, and a line for each village."""

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet, Sum

from enrollment.models import Enrollment, RosterBatch, RosterRow
from enrollment.services.last_year import against_last_year, covered_besides, edition_before
from orgs.bulk import fetch_join
from orgs.models import Region
from orgs.scope import Scope, acting

OUTCOMES = ("new", "changed", "unchanged", "conflict", "duplicate", "invalid")
LAST_YEAR = ("again", "first", "gone")


def preview(batch: RosterBatch, scope: Scope) -> dict[str, Any]:
    """Counts of the batch, and a line for each village that it names."""
    with acting(scope):
        rows = RosterRow.objects.filter(batch=batch)
        by_village = _by_village(rows)
        present = present_in(batch.edition_id, [pk for pk in by_village if pk])
        missing, moved = _missing(batch), _moved(batch)
    last_year = against_last_year(batch, scope)
    regions = Region.objects.select_related("parent").in_bulk([pk for pk in by_village if pk])
    lines = [
        _line(pk, regions.get(pk), found, present.get(pk), missing.get(pk, 0), moved[pk])
        for pk, found in by_village.items()
    ]
    if last_year:
        lines = [line | _of_last_year(line, last_year.get(line["id"], {})) for line in lines]
    counts = _counts(lines) | {"covered_besides": covered_besides(batch)}
    if last_year:
        counts["last_year"] = _last_year(batch, lines)
    return {"counts": counts, "villages": sorted(lines, key=lambda line: line["path"] or "~")}


def _by_village(rows: QuerySet[RosterRow]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for village_id, outcome, n in rows.values_list("village_id", "outcome").annotate(n=Count("id")).order_by():
        village = found.setdefault(village_id or 0, dict.fromkeys(OUTCOMES, 0))
        village[outcome] += n
    return found


def _counts(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """`rows` = `valid` + `rejected`; what the county must decide isn't written by this batch, so it is no `valid`."""
    found = {outcome: sum(line[outcome] for line in lines) for outcome in OUTCOMES}
    mend = found["duplicate"] + found["invalid"]
    total = sum(found.values())
    return {
        "rows": total,
        "valid": total - mend - found["conflict"],
        "rejected": mend + found["conflict"],
        "to_mend": mend,
        "new": found["new"],
        "changed": found["changed"],
        "unchanged": found["unchanged"],
        "conflicts": found["conflict"],
        "duplicates": found["duplicate"],
        "invalid": found["invalid"],
        "removed": 0,
    }


def _missing(batch: RosterBatch) -> dict[int, int]:
    """By village: people on the roster whom no row of the batch names, as `changing.missing_from` lists them.

    Joined, for SQLite goes through the whole staging for each NOT EXISTS that no index serves.
    """
    rows = fetch_join(
        """SELECT e.village_id, count(*) FROM enrollment_enrollment AS e
           LEFT JOIN (SELECT DISTINCT id_index FROM enrollment_rosterrow WHERE batch_id = %s) AS r
             ON r.id_index = e.id_index
           WHERE r.id_index IS NULL AND e.edition_id = %s AND e.removed_at IS NULL AND e.covered_from IS NULL
             AND e.village_id IN (SELECT village_id FROM enrollment_rosterrow WHERE batch_id = %s)
           GROUP BY e.village_id""",
        [batch.pk, batch.edition_id, batch.pk],
    )
    return dict(rows)


def _moved(batch: RosterBatch) -> Counter[int]:
    """By village: how many more the batch moves into it from other villages than out of it."""
    rows = fetch_join(
        """SELECT e.village_id, r.village_id, count(*) FROM enrollment_rosterrow AS r
           JOIN enrollment_enrollment AS e ON e.edition_id = %s AND e.id_index = r.id_index
             AND e.township_id = r.township_id AND e.removed_at IS NULL
           WHERE r.batch_id = %s AND r.outcome = 'changed' AND e.village_id <> r.village_id
           GROUP BY e.village_id, r.village_id""",
        [batch.edition_id, batch.pk],
    )
    moved: Counter[int] = Counter()
    for old, new, n in rows:
        moved[old] -= n
        moved[new] += n
    return moved


def present_in(edition_id: int, villages: list[int]) -> dict[int, tuple[int, int]]:
    """By village: how many are enrolled, and a figure that changes when somebody comes or goes."""
    people = Enrollment.objects.filter(edition=edition_id, village_id__in=villages, removed_at__isnull=True)
    counted = people.values_list("village_id").annotate(n=Count("id"), ids=Sum("id")).order_by()
    return {pk: (n, int(ids)) for pk, n, ids in counted}  # PostgreSQL sums into a Decimal


def _line(
    pk: int, village: Region | None, found: dict[str, int], present: tuple[int, int] | None, missing: int, moved: int
) -> dict[str, Any]:
    here, ids = present or (0, 0)
    return found | {
        "id": pk,
        "path": village.path if village else "",
        "township": village.parent.name if village and village.parent else "",
        "village": village.name if village else "（村未识别）",
        "present": here,
        "present_ids": ids,
        "missing": missing,
        "after": here + found["new"] + moved,
    }


def _of_last_year(line: dict[str, Any], found: dict[str, int]) -> dict[str, int]:
    good = sum(line[outcome] for outcome in ("new", "changed", "unchanged", "conflict"))
    again = found.get("again", 0)
    return {"again": again, "first": good - again, "gone": found.get("gone", 0)}


def _last_year(batch: RosterBatch, lines: list[dict[str, Any]]) -> dict[str, Any]:
    before = edition_before(batch.edition)
    return {"edition": before.title if before else ""} | {key: sum(line[key] for line in lines) for key in LAST_YEAR}
