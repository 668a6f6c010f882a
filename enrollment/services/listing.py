"""Staged rows against the lists in force: the dead, those who moved out, those whom the notice does not insure."""

import json
from collections import Counter

from enrollment.lists import ListInForce, excluding_lists
from enrollment.models import PersonList, RosterBatch
from orgs.bulk import as_json, run_join
from orgs.scope import system_scope

KIND = PersonList.Kind
MESSAGES = {  # {when} and {other} are filled in row by row
    KIND.DEAD: "登记为已死亡{when}{other}",
    KIND.MOVED_OUT: "登记为已迁出{when}{other}",
    KIND.PUBLIC_STAFF: "在不参保名单上（机关事业单位人员），不能参保{other}",
    KIND.LEFT_SYSTEM: "在不参保名单上（已调出全国系统人员），不能参保{other}",
}
OTHER_NAME = "；名单上的姓名不同，请核对身份证号"
DAY = "CAST(p.event_date AS text)"
MONTH = f"""CASE WHEN p.event_date IS NULL THEN ''
            ELSE '（' || substr({DAY}, 1, 4) || '年' || substr({DAY}, 6, 2) || '月）' END"""
OTHER = f"CASE WHEN p.name IN ('', r.name) THEN '' ELSE '{OTHER_NAME}' END"


def mark_listed(batch: RosterBatch) -> Counter[str]:
    """Refuse the rows of people on a list, each with its sentence; how many by kind of problem.

    One statement a list. The sentence tells the kind and the month, never what else the list says of somebody.
    """
    found: Counter[str] = Counter()
    problems = as_json(f"replace(replace(%s, '{{when}}', {MONTH}), '{{other}}', {OTHER})")
    with system_scope("名册导入：与死亡、迁出和不参保名单核对"):
        for one in excluding_lists(batch.edition):
            matched = run_join(
                f"""UPDATE enrollment_rosterrow AS r SET outcome = 'invalid', problems = {problems}
                    FROM enrollment_listedperson AS p
                    WHERE r.batch_id = %s AND r.outcome IN ('new', 'changed', 'unchanged') AND p.list_id = %s
                      AND p.id_index = r.id_index""",  # noqa: S608
                [_problem(one), batch.pk, one.pk],
            )
            found.update({_kind(one): matched} if matched else {})
    return found


def _kind(one: ListInForce) -> str:
    """What the row's problem is counted under."""
    return f"listed_{one.kind}"


def _problem(one: ListInForce) -> str:
    """The problem of a matched row as JSON, with {when} and {other} still to be filled in."""
    basis = f"，依据 {one.clause}" if one.clause else ""
    problem = {
        "column": "id_number",
        "title": "身份证号",
        "kind": _kind(one),
        "found": "",
        "message": f"{MESSAGES[KIND(one.kind)]}（{one.title}，截至 {one.as_of:%Y-%m-%d}{basis}）",
        "mend": "属实的请删去该行；名单有误的，请带证明联系主管部门更正名单后再传",
    }
    return json.dumps([problem], ensure_ascii=False)
