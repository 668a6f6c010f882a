"""Staged rows against corrections of ID numbers: a sheet with the wrong number brings nobody back."""

import json
from collections import Counter

from enrollment.models import RosterBatch
from orgs.bulk import run_join
from orgs.scope import up_to

CORRECTED = {
    "column": "id_number",
    "title": "身份证号",
    "kind": "number_corrected",
    "found": "",
    "message": "这个号码已经更正，此人按正确的号码在册",
    "mend": "请把这一行的号码改成更正后的号码，或删去这一行",
}
_PROBLEMS = json.dumps([CORRECTED], ensure_ascii=False)


def mark_corrected(batch: RosterBatch) -> Counter[str]:
    """Refuse rows of a person of the same township whose number was put right in this edition; how many.

    Only under the same name: what was typed wrong may be the number of somebody who is enrolled by right. Only within
    what the batch's people see: of another village its clerk is told nothing (village_only.py).
    """
    found = run_join(
        """UPDATE enrollment_rosterrow AS r SET outcome = 'invalid', problems = %s
           FROM enrollment_idcorrection AS c JOIN enrollment_enrollment AS e ON e.id = c.enrollment_id
           WHERE r.batch_id = %s AND r.outcome = 'new' AND c.edition_id = %s AND c.old_index = r.id_index
             AND c.name = r.name AND e.removed_at IS NULL AND e.id_index <> r.id_index
             AND e.township_id = r.township_id AND e.region_path BETWEEN %s AND %s""",
        [_PROBLEMS, batch.pk, batch.edition_id, batch.region_path, up_to(batch.region_path)],
    )
    return Counter({CORRECTED["kind"]: found} if found else {})
