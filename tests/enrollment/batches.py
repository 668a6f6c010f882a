"""Batches as the pages make them, and what a roster holds afterwards. Jobs are run as a worker runs them."""

from typing import Any

from enrollment.models import Enrollment, RosterBatch, RosterConflict, VillageTotal
from enrollment.services.carrying import request_carry_over
from enrollment.services.conflicts import decide_conflict
from enrollment.services.undoing import request_undo
from enrollment.services.uploading import request_confirmation
from office import jobs
from office.models import Job
from orgs.models import User
from orgs.scope import acting, scope_of, system_scope
from schemes.models import Edition, InsurerAssignment
from tests.cast import OWN, id_number, read_edition, reread_batch, roster_book, township, uploaded, villages
from tests.ground import everything

CONTENT = (
    "edition_id", "township_id", "village_id", "region_path", "insurer_id", "name", "initials", "id_index", "id_kind", "sex",
    "household", "relation", "group", "address", "bank", "content", "covered_from", "covered_to",
)  # fmt: skip
SEALED = ("id_number", "phone", "account")


def row(n: int, *, name: str = "", place: str = OWN, village: int = 0) -> tuple[str, ...]:
    """The row of the nth made-up person; the name goes by the number."""
    return (name or f"郑某{'甲乙丙丁戊己庚辛'[n % 8]}", id_number(n), place, villages(place)[village].name)


def book(*numbers: int, place: str = OWN, village: int = 0) -> bytes:
    return roster_book(*(row(n, place=place, village=village) for n in numbers))


def confirmed(
    content: bytes, by: User, *, place: str | None = OWN, name: str = "名册.xlsx", whole: tuple[int, ...] = ()
) -> RosterBatch:
    """Uploaded, checked and written, without what must be mended or decided."""
    return confirm(uploaded(content, by, place=place, name=name), by, whole=whole)


def confirm(batch: RosterBatch, by: User, *, whole: tuple[int, ...] = ()) -> RosterBatch:
    with acting(scope_of(by)):
        job = request_confirmation(batch=batch, only_valid=True, whole_villages=list(whole), by=by)
    run(job)
    return reread_batch(batch)


def run(job: Job) -> Job:
    assert jobs.run(job.pk)
    job.refresh_from_db()
    return job


def undone(batch: RosterBatch, by: User) -> RosterBatch:
    """The reversing batch, carried out."""
    with acting(scope_of(by)):
        reversal = request_undo(batch=batch, typed=batch.file_name, by=by)
    run(Job.objects.get(kind="roster_undo", target_id=reversal.pk))
    return reread_batch(reversal)


def carried(edition: Edition, place: str | None, by: User) -> RosterBatch:
    with acting(scope_of(by)):
        batch, job = request_carry_over(edition=edition, township=township(place) if place else None, by=by)
    run(job)
    return reread_batch(batch)


def waiting() -> list[RosterConflict]:
    with everything():
        return list(RosterConflict.objects.filter(state="open").order_by("id"))


def decided(conflict: RosterConflict, decision: str, by: User, reason: str = "两地核实") -> RosterConflict:
    with acting(scope_of(by)):
        return decide_conflict(
            conflict=conflict, decision=decision, reason=reason, by=by, read_version=conflict.version
        )


def roster_as_it_is() -> tuple[list[Any], dict[int, tuple[int, int]]]:
    """Every enrolled person with everything that is known of them, and the sums by village."""
    with everything():
        people = [
            (
                tuple(getattr(person, field) for field in CONTENT),
                tuple(getattr(person, field).reveal() for field in SEALED),
            )
            for person in Enrollment.objects.filter(removed_at__isnull=True)
        ]
        sums = {total.village_id: (total.persons, total.households) for total in VillageTotal.objects.all()}
    return sorted(people, key=lambda person: (person[0][0], person[0][7])), sums


def on_roster(n: int) -> Enrollment | None:
    from orgs.crypto import blind_index

    with everything():
        people = Enrollment.objects.select_related("township", "village", "edition")
        return people.filter(id_index=blind_index(id_number(n)), removed_at__isnull=True).first()


def another_edition(code: str, *, years: int, scheme: Any = None, place: Any = None) -> Edition:
    """The cast's edition some years later (or the same years, for another scheme), with its insurers."""
    own = read_edition()
    with system_scope("tests"):
        edition = Edition.objects.create(
            code=code, scheme=scheme or own.scheme, place=place or own.place, title=f"方案{code}", state=Edition.State.PUBLISHED,
            first_day=own.first_day.replace(year=own.first_day.year + years),
            last_day=own.last_day.replace(year=own.last_day.year + years),
            document=own.document, sha256=own.sha256,
        )  # fmt: skip
        InsurerAssignment.objects.bulk_create(
            InsurerAssignment(
                edition=edition,
                township_id=one.township_id,
                insurer_id=one.insurer_id,
                clause=one.clause,
                position=one.position,
            )
            for one in own.assignments.all()
        )
    return edition
