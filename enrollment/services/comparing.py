"""Staged rows against the roster: what is new, changed, unchanged, or enrolled elsewhere."""

import json
from typing import Any

from django.db.models import Count, Q

from enrollment.models import Enrollment, RosterBatch, RosterRow
from enrollment.services.listing import mark_listed
from orgs.bulk import run_join
from orgs.models import Region
from orgs.scope import Scope, acting, system_scope

ELSEWHERE = {
    "column": "id_number",
    "title": "身份证号",
    "kind": "enrolled_elsewhere",
    "found": "",
    "message": "该证件暂不能在本乡镇登记",
    "mend": "请联系区县主管部门处理",
}


def compare(batch: RosterBatch, scope: Scope) -> int:
    """Set the outcome of every good row from the roster as it stands; how many are enrolled elsewhere.

    One statement each; no row is fetched.
    """
    with system_scope("名册导入：核对是否已在其他乡镇参保"):
        elsewhere = _mark_elsewhere(batch)
    mark_listed(batch)
    with acting(scope):
        _mark(batch, "unchanged", "e.content = r.content")
        _mark(batch, "changed", "e.content <> r.content")
    return elsewhere


def _mark(batch: RosterBatch, outcome: str, condition: str) -> None:
    run_join(
        f"""UPDATE enrollment_rosterrow AS r SET outcome = '{outcome}'
            FROM enrollment_enrollment AS e
            WHERE r.batch_id = %s AND r.outcome = 'new' AND e.edition_id = %s AND e.id_index = r.id_index
              AND e.removed_at IS NULL AND e.township_id = r.township_id AND {condition}""",  # noqa: S608
        [batch.pk, batch.edition_id],
    )


def _mark_elsewhere(batch: RosterBatch) -> int:
    """A person on another township's roster: refused without telling which."""
    return run_join(
        """UPDATE enrollment_rosterrow AS r SET outcome = 'invalid', problems = %s
           FROM enrollment_enrollment AS e
           WHERE r.batch_id = %s AND r.outcome = 'new' AND e.edition_id = %s AND e.id_index = r.id_index
             AND e.removed_at IS NULL AND e.township_id <> r.township_id""",
        [json.dumps([ELSEWHERE], ensure_ascii=False), batch.pk, batch.edition_id],
    )


def preview(batch: RosterBatch, scope: Scope) -> dict[str, Any]:
    """Counts of the batch: rows by outcome, and a line for each village."""
    with acting(scope):
        rows = RosterRow.objects.filter(batch=batch)
        outcomes = dict(rows.values_list("outcome").annotate(n=Count("id")).order_by("outcome"))
        villages = _villages(batch, rows)
    rejected = outcomes.get("duplicate", 0) + outcomes.get("invalid", 0)
    total = sum(outcomes.values())
    return {
        "counts": {
            "rows": total,
            "valid": total - rejected,
            "rejected": rejected,
            "new": outcomes.get("new", 0),
            "changed": outcomes.get("changed", 0),
            "unchanged": outcomes.get("unchanged", 0),
            "duplicates": outcomes.get("duplicate", 0),
            "invalid": outcomes.get("invalid", 0),
            "removed": 0,
        },
        "villages": villages,
    }


def _villages(batch: RosterBatch, rows: Any) -> list[dict[str, Any]]:
    """A line a village: present, new, changed, missing from the file, duplicate, invalid."""
    by_village: dict[int, dict[str, Any]] = {}
    for village_id, outcome, n in rows.values_list("village_id", "outcome").annotate(n=Count("id")).order_by():
        by_village.setdefault(village_id or 0, {})[outcome] = n
    present = dict(
        Enrollment.objects.filter(
            Q(village_id__in=by_village.keys()), edition_id=batch.edition_id, removed_at__isnull=True
        )
        .values_list("village_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    regions = Region.objects.select_related("parent").in_bulk([pk for pk in by_village if pk])
    lines = [_line(pk, regions.get(pk), counts, present.get(pk, 0)) for pk, counts in by_village.items()]
    return sorted(lines, key=lambda line: line["path"] or "~")


def _line(pk: int, village: Region | None, counts: dict[str, int], present: int) -> dict[str, Any]:
    kept = counts.get("changed", 0) + counts.get("unchanged", 0)
    return {
        "id": pk,
        "path": village.path if village else "",
        "township": village.parent.name if village and village.parent else "",
        "village": village.name if village else "（村未识别）",
        "present": present,
        "new": counts.get("new", 0),
        "changed": counts.get("changed", 0),
        "missing": present - kept,
        "duplicate": counts.get("duplicate", 0),
        "invalid": counts.get("invalid", 0),
        "after": present + counts.get("new", 0),
    }
