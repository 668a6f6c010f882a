"""A batch of a village's own clerk: who is on another village's roster is the township's matter."""

import json
from collections import Counter

from enrollment.models import RosterBatch
from enrollment.places import village_of
from orgs.bulk import run_join
from orgs.scope import system_scope

OTHER_VILLAGE = {
    "column": "id_number",
    "title": "身份证号",
    "kind": "other_village",
    "found": "",
    "message": "该证件暂不能在本村登记",
    "mend": "请联系乡镇经办人处理",
}


def keep_to_the_village(batch: RosterBatch) -> Counter[str]:
    """Refuse rows of people whom another village of the township has; how many. Nothing for a township's batch."""
    if village_of(batch.region_path) is None:
        return Counter()
    with system_scope("名册导入：核对是否在本乡镇其他村参保"):
        found = _refuse(batch, "enrollment_enrollment AS e", "e.id_index = r.id_index")
        # with a number that was put right since (as in corrected_numbers.py)
        found += _refuse(
            batch,
            "enrollment_idcorrection AS c JOIN enrollment_enrollment AS e ON e.id = c.enrollment_id",
            "c.old_index = r.id_index AND c.name = r.name",
        )
    return Counter({OTHER_VILLAGE["kind"]: found} if found else {})


def _refuse(batch: RosterBatch, people: str, named: str) -> int:
    return run_join(
        f"""UPDATE enrollment_rosterrow AS r SET outcome = 'invalid', problems = %s FROM {people}
            WHERE r.batch_id = %s AND r.outcome IN ('new', 'changed', 'unchanged', 'conflict')
              AND {named} AND e.edition_id = %s AND e.removed_at IS NULL
              AND e.township_id = r.township_id AND e.village_id <> r.village_id""",  # noqa: S608
        [json.dumps([OTHER_VILLAGE], ensure_ascii=False), batch.pk, batch.edition_id],
    )
