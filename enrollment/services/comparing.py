"""Staged rows against the rosters: what is new, changed, unchanged, and what the county must decide.

One statement each; no row is fetched.
"""

import json
from collections import Counter
from typing import Any

from enrollment.models import RosterBatch, RosterConflict, RosterRow
from enrollment.places import village_of
from enrollment.services.corrected_numbers import mark_corrected
from enrollment.services.endorsed_out import ENDORSED_OUT, mark_endorsed_out
from enrollment.services.listing import mark_listed
from enrollment.services.village_only import OTHER_VILLAGE, keep_to_the_village
from office.failpoints import failpoint
from orgs.bulk import as_json, run_join, run_sql
from orgs.scope import Scope, acting, system_scope


def _finding(column: str, title: str, kind: str, message: str, mend: str) -> dict[str, str]:
    return {"column": column, "title": title, "kind": kind, "found": "", "message": message, "mend": mend}


ELSEWHERE = _finding(
    "id_number", "身份证号", "enrolled_elsewhere",
    "该证件暂不能在本乡镇登记，确认导入后送区县裁定", "其他行照常导入；裁定结果在本页“待裁定”里看",
)  # fmt: skip
OTHER_NAME = _finding(
    "name", "姓名", "other_name",
    "与本乡镇名册上同一证件的姓名不同，确认导入后送区县裁定", "写错了请改好再传；确是改名的，等区县裁定",
)  # fmt: skip
DECIDED = _finding(
    "id_number", "身份证号", "decided_before",
    "这一行区县已经裁定过，维持原来的登记", "请从文件里删去这一行；情况有变的，请联系区县主管部门",
)  # fmt: skip
WAITS = _finding(
    "id_number", "身份证号", "waits_for_village",
    "“{village}”已报过同一证件，正等区县裁定",
    "请与该村核对：以这一行为准的，先撤销该村那一批再导入；否则删去这一行",
)  # fmt: skip
CONFLICTS = {ELSEWHERE["kind"]: RosterConflict.Kind.ELSEWHERE, OTHER_NAME["kind"]: RosterConflict.Kind.OTHER_NAME}
# Refused for what is known of the person, so it is known whom the row names; and whatever a list says (`listed_`).
OF_SOMEBODY = frozenset({DECIDED["kind"], WAITS["kind"], OTHER_VILLAGE["kind"], ENDORSED_OUT})
FOUND_HERE = (RosterRow.Outcome.CHANGED, RosterRow.Outcome.UNCHANGED, RosterRow.Outcome.CONFLICT)


def compare(batch: RosterBatch, scope: Scope) -> Counter[str]:
    """Set the outcome of every good row from the rosters as they stand; rows that can't be written, by kind."""
    kinds = mark_listed(batch)  # first: nobody need decide where somebody who has died is enrolled
    failpoint("comparing")
    with system_scope("名册导入：核对是否已在其他乡镇参保"):
        kinds[ELSEWHERE["kind"]] = _mark_elsewhere(batch)
    with acting(scope):
        _mark_found(batch)
        kinds += mark_corrected(batch) + mark_endorsed_out(batch) + keep_to_the_village(batch)
        conflicts = RosterRow.objects.filter(batch=batch, outcome=RosterRow.Outcome.CONFLICT).count()
    kinds[OTHER_NAME["kind"]] = conflicts - kinds[ELSEWHERE["kind"]]
    if conflicts:
        with system_scope("名册导入：核对区县以前的裁定"):
            kinds += _mark_decided(batch)
        kinds += mark_waiting(batch)
    return +kinds


def forget_comparison(batch: RosterBatch) -> None:
    """Rows that the rosters told apart are good rows again, to be compared anew."""
    found = RosterRow.objects.filter(batch=batch, outcome__in=FOUND_HERE)
    found.filter(outcome=RosterRow.Outcome.CONFLICT).update(problems=[])  # others keep what was left out of them
    found.update(outcome=RosterRow.Outcome.NEW, found_version=None)


def leaves_unread(problem: dict[str, str]) -> bool:
    """Whether a row's mistake leaves open whom it names: what a list or a decision says of somebody does not."""
    kind = problem["kind"]
    return problem["column"] == "id_number" and kind not in OF_SOMEBODY and not kind.startswith("listed_")


def _as_json(finding: dict[str, Any]) -> str:
    return json.dumps([finding], ensure_ascii=False)


def _mark_elsewhere(batch: RosterBatch) -> int:
    """A person on another township's roster: waits for the county, and the row doesn't tell which."""
    return run_join(
        """UPDATE enrollment_rosterrow AS r SET outcome = 'conflict', problems = %s
           FROM enrollment_enrollment AS e
           WHERE r.batch_id = %s AND r.outcome = 'new' AND e.edition_id = %s AND e.id_index = r.id_index
             AND e.removed_at IS NULL AND e.township_id <> r.township_id""",
        [_as_json(ELSEWHERE), batch.pk, batch.edition_id],
    )


def _mark_found(batch: RosterBatch) -> int:
    """People on the township's own roster; another name is never written over it in silence."""
    return run_join(
        """UPDATE enrollment_rosterrow AS r SET found_version = e.version,
             outcome = CASE WHEN e.name <> r.name THEN 'conflict'
                            WHEN e.content = r.content THEN 'unchanged' ELSE 'changed' END,
             problems = CASE WHEN e.name <> r.name THEN %s ELSE r.problems END
           FROM enrollment_enrollment AS e
           WHERE r.batch_id = %s AND r.outcome = 'new' AND e.edition_id = %s AND e.id_index = r.id_index
             AND e.removed_at IS NULL AND e.township_id = r.township_id""",
        [_as_json(OTHER_NAME), batch.pk, batch.edition_id],
    )


def _mark_decided(batch: RosterBatch) -> Counter[str]:
    """Rows that the county has turned down before, word for word, while the other enrolment still stands."""
    gone: Counter[str] = Counter()
    for kind, found in CONFLICTS.items():
        gone[kind] = -run_sql(
            """UPDATE enrollment_rosterrow SET outcome = 'invalid', problems = %s
               WHERE batch_id = %s AND outcome = 'conflict' AND EXISTS (
                   SELECT 1 FROM enrollment_rosterconflict AS c
                   JOIN enrollment_enrollment AS e ON e.id = c.other_enrollment_id AND e.removed_at IS NULL
                   WHERE c.edition_id = %s AND c.township_id = enrollment_rosterrow.township_id AND c.kind = %s
                     AND c.id_index = enrollment_rosterrow.id_index AND c.content = enrollment_rosterrow.content
                     AND c.state = 'decided' AND c.decision IN ('keep', 'keep_name'))""",
            [_as_json(DECIDED), batch.pk, batch.edition_id, found.value],
        )
    gone[DECIDED["kind"]] = -sum(gone.values())
    return gone


def mark_waiting(batch: RosterBatch) -> Counter[str]:
    """Refuse conflicts about people who wait already under another village of the township; none is an empty count.

    In the queue a row takes the place only of one that its sender sees: a village's of its own village's, a township's
    of the township's. Whoever sent the other would lose it unseen. A village is not told which other one it is.
    """
    own_village = village_of(batch.region_path) is not None
    finding = OTHER_VILLAGE if own_village else WAITS
    whose = "" if own_village else "AND b.region_path = c.region_path"  # sent by the village itself
    gone: Counter[str] = Counter()
    with system_scope("名册导入：核对是否已由其他村送区县裁定"):
        for kind, version in ((ELSEWHERE["kind"], "NULL"), (OTHER_NAME["kind"], "NOT NULL")):
            gone[kind] = -_refuse_waiting(batch, finding, f"AND r.found_version IS {version} {whose}")
    gone[finding["kind"]] = -sum(gone.values())
    return gone if any(gone.values()) else Counter()


def _refuse_waiting(batch: RosterBatch, finding: dict[str, str], which: str) -> int:
    problems = as_json("replace(%s, '{village}', v.name)")
    return run_join(
        f"""UPDATE enrollment_rosterrow AS r SET outcome = 'invalid', problems = {problems}
            FROM enrollment_rosterconflict AS c
            JOIN enrollment_rosterbatch AS b ON b.id = c.batch_id
            JOIN orgs_region AS v ON v.id = c.village_id
            WHERE r.batch_id = %s AND r.outcome = 'conflict' AND c.edition_id = %s AND c.state = 'open'
              AND c.township_id = r.township_id AND c.id_index = r.id_index AND c.village_id <> r.village_id
              {which}""",  # noqa: S608
        [_as_json(finding), batch.pk, batch.edition_id],
    )
