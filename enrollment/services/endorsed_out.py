"""Staged rows against endorsements: no batch brings back whom one has taken off a roster of the edition.

A row written by a batch is covered from the edition's first day, and so a second time. Who comes back comes by an
endorsement, from a day that the insurer agrees to.
"""

import json
from collections import Counter

from enrollment.cover import taken_off
from enrollment.models import Enrollment, RosterBatch
from orgs.bulk import as_json, run_join
from orgs.scope import system_scope, up_to

ENDORSED_OUT = "endorsed_out"
FINDING = {
    "column": "id_number",
    "title": "身份证号",
    "kind": ENDORSED_OUT,
    "found": "",
    "mend": "请从文件里删去这一行；要重新参保的，名册生效后请办批改增员",
}
HERE = "此人已批改减员，保障到 {day} 止，导入不能恢复参保"
ELSEWHERE = "该证件不能由导入登记"  # no word of another township's people
WENT = """e.edition_id = %s AND (e.covered_from IS NOT NULL OR e.covered_to IS NOT NULL) AND e.covered_to IS NOT NULL
    AND e.removed_at IS NOT NULL"""  # as the index enrollment_endorsed has it


def mark_endorsed_out(batch: RosterBatch) -> Counter[str]:
    """Refuse rows of people on no roster now whom an endorsement took off one of the edition; how many."""
    with system_scope("名册导入：核对已批改减员的人"):
        if not taken_off(Enrollment.objects.filter(edition=batch.edition_id)).exists():
            return Counter()
        found = _mark_here(batch) + _mark_elsewhere(batch)
    return Counter({ENDORSED_OUT: found} if found else {})


def _mark_here(batch: RosterBatch) -> int:
    """From the township's own roster, and within what the batch's people see: they are told the day."""
    problems = as_json("replace(%s, '{day}', CAST(e.last_day AS text))")
    return run_join(
        f"""UPDATE enrollment_rosterrow AS r SET outcome = 'invalid', problems = {problems}
            FROM (SELECT e.id_index, e.township_id, max(e.covered_to) AS last_day FROM enrollment_enrollment AS e
                  WHERE {WENT} AND e.region_path BETWEEN %s AND %s GROUP BY e.id_index, e.township_id) AS e
            WHERE r.batch_id = %s AND r.outcome = 'new' AND e.id_index = r.id_index
              AND e.township_id = r.township_id""",  # noqa: S608
        [_problem(HERE), batch.edition_id, batch.region_path, up_to(batch.region_path), batch.pk],
    )


def _mark_elsewhere(batch: RosterBatch) -> int:
    return run_join(
        f"""UPDATE enrollment_rosterrow AS r SET outcome = 'invalid', problems = %s
            FROM (SELECT DISTINCT e.id_index FROM enrollment_enrollment AS e WHERE {WENT}) AS e
            WHERE r.batch_id = %s AND r.outcome = 'new' AND e.id_index = r.id_index""",  # noqa: S608
        [_problem(ELSEWHERE), batch.edition_id, batch.pk],
    )


def _problem(message: str) -> str:
    return json.dumps([FINDING | {"message": message}], ensure_ascii=False)
