"""How a batch changes rosters: set-based, and every change kept with what stood there before (RosterChange)."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet
from django.utils import timezone

from enrollment.models import Enrollment, RosterBatch, RosterChange, RosterRow, VillageTotal
from enrollment.services.holding import is_held
from orgs.bulk import fetch_join, named_by_none, row_lock, run_join, run_sql
from orgs.models import Region

COPIED = (
    "region_path", "insurer_id", "township_id", "village_id", "name", "initials", "id_number", "id_index", "id_kind",
    "sex", "household", "relation", "group", "address", "phone", "bank", "account", "content",
)  # fmt: skip
CORRECTED = tuple(column for column in COPIED if column not in {"id_number", "id_index", "township_id", "insurer_id"})
KEPT = ("region_path", "insurer_id", *(column for column in CORRECTED if column != "region_path"))  # in a change
TEXTS = tuple(
    column for column in KEPT if column not in {"region_path", "insurer_id", "village_id", "phone", "account"}
)

MEANT = """r.batch_id = %s AND r.outcome = 'changed' AND e.edition_id = %s AND e.id_index = r.id_index
    AND e.township_id = r.township_id AND e.removed_at IS NULL"""


def names(columns: tuple[str, ...], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)


def add_people(batch: RosterBatch) -> int:
    """Enrol the new rows, in the order of their files: a village's people then lie together where its page is read.

    Two confirmations of an edition never insert at once (`confirming.take_turns`), so no order keeps them apart.
    """
    added = run_sql(
        f"""INSERT INTO enrollment_enrollment (edition_id, batch_id, version, {names(COPIED)})
            SELECT %s, batch_id, 1, {names(COPIED)} FROM enrollment_rosterrow
            WHERE batch_id = %s AND outcome = 'new' ORDER BY id""",  # noqa: S608
        [batch.edition_id, batch.pk],
    )
    if added:
        keep_added(batch)
    return added


def keep_added(batch: RosterBatch) -> None:
    """Put on record whom a batch has enrolled; nothing stood there before."""
    blank = ", ".join(["''"] * len(TEXTS))
    run_sql(
        f"""INSERT INTO enrollment_rosterchange
              (batch_id, enrollment_id, kind, version_after, region_path, insurer_id, village_id, phone, account,
               {names(TEXTS)})
            SELECT batch_id, id, 'added', version, region_path, insurer_id, village_id, %s, %s, {blank}
            FROM enrollment_enrollment WHERE batch_id = %s""",  # noqa: S608
        [b"", b"", batch.pk],
    )


def correct_people(batch: RosterBatch) -> int:
    """Write the changed rows over their people, whose former content is kept."""
    where = [batch.pk, batch.edition_id]
    keep_before(batch, "changed", f"FROM enrollment_rosterrow AS r, enrollment_enrollment AS e WHERE {MEANT}", where)
    sets = ", ".join(f'"{column}" = r."{column}"' for column in CORRECTED)
    return run_join(
        f"""UPDATE enrollment_enrollment AS e SET {sets}, version = e.version + 1
            FROM enrollment_rosterrow AS r WHERE {MEANT}""",  # noqa: S608
        where,
    )


def remove_missing(batch: RosterBatch) -> tuple[int, int]:
    """People of the villages ticked as whole (整村名册) whom the file does not name: how many were taken out, and how
    many stay because a claim holds them."""
    if not batch.whole_villages:
        return 0, 0
    missing = missing_from(batch).filter(village_id__in=batch.whole_villages)
    leaving = missing.exclude(is_held()).values("pk")
    sql, parameters = leaving.query.sql_with_params()
    keep_before(batch, "removed", f"FROM enrollment_enrollment AS e WHERE e.id IN ({sql})", list(parameters))
    removed = take_out(batch)
    return removed, missing.count()


def with_removals(batch: RosterBatch) -> list[dict[str, Any]]:
    """The batch's lines by village, once it is written: also how many went, who are not there afterwards."""
    went = RosterChange.objects.filter(batch=batch, kind=RosterChange.Kind.REMOVED).order_by()
    by_village = dict(went.values_list("village_id").annotate(n=Count("id")))
    return [
        line | {"removed": (n := by_village.get(line["id"], 0)), "after": line["after"] - n} for line in batch.villages
    ]


def missing_from(batch: RosterBatch) -> Any:
    """People on the roster of the villages that the batch names, whom none of its rows names. Who came by endorsement,
    for a premium of their own, goes by endorsement only."""
    villages = [line["id"] for line in batch.villages if line["id"]]
    present = Enrollment.objects.filter(
        edition=batch.edition_id, village_id__in=villages, removed_at__isnull=True, covered_from__isnull=True
    )
    return present.filter(named_by_none(RosterRow.objects.filter(batch=batch), "id_index"))


def take_out(batch: RosterBatch) -> int:
    """Take the people out whom the batch has on record as removed."""
    removed = RosterChange.objects.filter(batch=batch, kind=RosterChange.Kind.REMOVED).values("enrollment_id")
    sql, parameters = removed.query.sql_with_params()
    return run_sql(
        f"""UPDATE enrollment_enrollment SET removed_at = %s, version = version + 1
            WHERE id IN ({sql}) AND removed_at IS NULL""",  # noqa: S608
        [timezone.now(), *parameters],
    )


def removals_of(person: Enrollment | OuterRef) -> QuerySet[RosterChange]:
    """What batches have taken the person out, the latest first."""
    return RosterChange.objects.filter(enrollment=person, kind=RosterChange.Kind.REMOVED).order_by("-id")


def keep_before(batch: RosterBatch, kind: str, source: str, parameters: list[Any]) -> int:
    """Put on record, and hold, the people `e` of `source` as they are, before the batch changes them."""
    return run_join(
        f"""INSERT INTO enrollment_rosterchange (batch_id, enrollment_id, kind, version_after, {names(KEPT)})
            SELECT %s, e.id, %s, e.version + 1, {names(KEPT, "e.")} {source}{row_lock("e")}""",
        [batch.pk, kind, *parameters],
    )


def sum_up_villages(edition_id: int, villages: set[int]) -> None:
    """Count the villages anew, in the transaction that changed them."""
    if not villages:  # such as of a batch that changed nobody: no statement asks for nothing
        return
    households = (
        Enrollment.objects.filter(edition=edition_id, village_id__in=villages, removed_at__isnull=True)
        .values_list("village_id", "township_id", "insurer_id", "household")
        .annotate(persons=Count("id"))
        .order_by()
    )
    sql, parameters = households.query.sql_with_params()
    counted = fetch_join(  # from households: counting distinct ones sorts all people
        f"""SELECT village_id, township_id, insurer_id, sum(persons), sum(CASE WHEN household = '' THEN 0 ELSE 1 END)
            FROM ({sql}) AS h GROUP BY village_id, township_id, insurer_id ORDER BY village_id""",  # noqa: S608
        parameters,
    )
    paths = dict(Region.objects.filter(pk__in=villages).values_list("pk", "path"))
    VillageTotal.objects.filter(edition=edition_id, village_id__in=villages).delete()
    VillageTotal.objects.bulk_create(
        VillageTotal(
            edition_id=edition_id,
            region_path=paths[village],
            township_id=township,
            village_id=village,
            insurer_id=insurer,
            persons=int(persons),
            households=int(households),
        )
        for village, township, insurer, persons, households in counted
    )


def touched_villages(*batches: RosterBatch) -> set[int]:
    """Villages where the people whom the batches changed were before, or where they were added."""
    changes = RosterChange.objects.filter(batch__in=batches, village_id__isnull=False)
    return set(changes.values_list("village_id", flat=True).order_by().distinct())
