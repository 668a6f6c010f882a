"""Conflicts of a confirmed batch go to the county's queue."""

from django.utils import timezone

from enrollment.models import RosterBatch, RosterConflict, RosterRow
from enrollment.services.changing import names
from orgs.bulk import run_join
from orgs.scope import system_scope

SNAPSHOT = (
    "name", "initials", "id_number", "id_index", "id_kind", "sex", "household", "relation", "group", "address", "phone",
    "bank", "account", "content",
)  # fmt: skip
PLACE = ("region_path", "insurer_id", "township_id", "village_id", "file_number", "sheet", "number")
RENEWED = ("village_id", "region_path", "batch_id", "file_number", "sheet", "number", "kind", "other_enrollment_id",
           *(column for column in SNAPSHOT if column != "id_index"))  # fmt: skip


def queue_conflicts(batch: RosterBatch) -> int:
    """How many rows of the batch wait for the county. A person waits once a township: the same row again stays as it
    was, another one takes its place in the queue, but not another village's (comparing.mark_waiting)."""
    waiting = RosterRow.objects.filter(batch=batch, outcome=RosterRow.Outcome.CONFLICT).count()
    if waiting:
        with system_scope("名册导入：冲突的行送区县裁定"):
            _queue(batch)
    return waiting


def _queue(batch: RosterBatch) -> None:
    renewed = ", ".join(f'"{column}" = excluded."{column}"' for column in RENEWED)
    run_join(
        f"""INSERT INTO enrollment_rosterconflict
              (edition_id, batch_id, other_enrollment_id, kind, state, decision, reason, created_at, version,
               {names(PLACE + SNAPSHOT)})
            SELECT %s, r.batch_id, e.id, CASE WHEN e.township_id = r.township_id THEN %s ELSE %s END,
                   'open', '', '', %s, 1, {names(PLACE + SNAPSHOT, "r.")}
            FROM enrollment_rosterrow AS r
            JOIN enrollment_enrollment AS e ON e.edition_id = %s AND e.id_index = r.id_index AND e.removed_at IS NULL
            WHERE r.batch_id = %s AND r.outcome = 'conflict'
            ON CONFLICT (edition_id, township_id, id_index) WHERE state = 'open' DO UPDATE SET {renewed},
              version = enrollment_rosterconflict.version + 1
            WHERE enrollment_rosterconflict.content <> excluded.content""",  # noqa: S608
        [batch.edition_id, RosterConflict.Kind.OTHER_NAME.value, RosterConflict.Kind.ELSEWHERE.value, timezone.now(),
         batch.edition_id, batch.pk],
    )  # fmt: skip


def drop_conflicts(batch: RosterBatch) -> int:
    """What a batch had queued, and nobody has decided, leaves the queue with it."""
    waiting = RosterConflict.objects.filter(batch=batch, state=RosterConflict.State.OPEN)
    return waiting.update(state=RosterConflict.State.DROPPED)
