"""Typed rows into the roster: one batch, down the road of an upload, in one transaction of the request itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from enrollment.models import RosterBatch, RosterRow
from enrollment.places import region_index
from enrollment.roster.checking import check_rows
from enrollment.roster.typed import MOST_ROWS, TYPED, TypedRow, as_chunk, is_typed
from enrollment.services.comparing import compare
from enrollment.services.confirming import confirm_batch, take_turns
from enrollment.services.previewing import preview
from enrollment.services.staging import stage
from enrollment.services.stamping import stamp_of
from enrollment.services.uploading import path_for
from office.jobs import JobRefused, Progress
from orgs.audit import record
from orgs.models import Region, User
from orgs.scope import acting, scope_of
from schemes.models import Edition

CONFLICT = RosterRow.Outcome.CONFLICT
WRONG = (RosterRow.Outcome.INVALID, RosterRow.Outcome.DUPLICATE, CONFLICT)


class EntryRefused(Exception):
    """Nothing was written; the message says why and what to do."""


@dataclass(frozen=True)
class EntryOrder:
    """Where rows go, and what may be done with them without asking again.

    A village's clerk writes their own village alone.
    """

    edition: Edition
    township: Region
    by: User
    may_change: frozenset[int] = frozenset()  # rows whose person is on the roster already
    only_valid: bool = False  # leave wrong rows out; what the county must decide goes to its queue
    title: str = "手工录入"


@dataclass
class Entered:
    """What came of it: the batch where something was written, else what is in the way, by row number."""

    batch: RosterBatch | None = None
    counts: dict[str, int] = field(default_factory=dict)
    problems: dict[int, list[dict[str, str]]] = field(default_factory=dict)
    changing: list[int] = field(default_factory=list)  # rows whose person is on the roster with other particulars
    unchanged: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)  # rows that are written without a part of them (staging.LEFT_OUT)
    queued: list[int] = field(default_factory=list)  # rows among `problems` that the county decides


class _NotWritten(Exception):
    """Takes everything back, with the answer."""

    def __init__(self, answer: Entered) -> None:
        self.answer = answer


class _InRequest(Progress):
    """There is no job: no worker but this request can have the work, and its transaction is all of it."""

    def _report(self, **values: Any) -> None:
        return


def enter_rows(*, rows: Mapping[int, TypedRow], order: EntryOrder) -> Entered:
    """Write typed rows as one batch that can be undone; all of them, or nothing unless `only_valid`.

    Raises EntryRefused where there is nothing to write, or the roster moved meanwhile.
    """
    typed = {number: row for number, row in rows.items() if is_typed(row)}
    if not typed:
        raise EntryRefused("还没有录入任何人，请至少填一行姓名和身份证号")
    if len(typed) > MOST_ROWS:
        raise EntryRefused(f"一次最多录入 {MOST_ROWS} 人，这里有 {len(typed)} 人；更多的请用名册导入")
    try:
        with transaction.atomic(), acting(scope_of(order.by)):
            return _Entry(typed, order).run()
    except _NotWritten as taken_back:
        return taken_back.answer
    except JobRefused as refused:
        raise EntryRefused(str(refused)) from refused


class _Entry:
    """One entry on its way. Entries and confirmations of an edition take turns from the first line on."""

    def __init__(self, rows: Mapping[int, TypedRow], order: EntryOrder) -> None:
        self.rows, self.order = rows, order
        self.progress = _InRequest(job_id=0, fence=0)

    def run(self) -> Entered:
        take_turns(self.order.edition.pk)
        batch = self._begin()
        self._check(batch)
        answer = self._look(batch)
        if self._asks_first(answer):
            raise _NotWritten(answer)
        self._confirm(batch)
        answer.batch = batch
        return answer

    def _begin(self) -> RosterBatch:
        order = self.order
        return RosterBatch.objects.create(
            kind=RosterBatch.Kind.ENTRY,
            edition=order.edition,
            township=order.township,
            region_path=path_for(order.township, order.by),
            file_name=f"{order.title} {len(self.rows)} 人",
            state=RosterBatch.State.CONFIRMING,
            only_valid=order.only_valid,
            made_by=order.by,
        )

    def _check(self, batch: RosterBatch) -> None:
        order, scope = self.order, scope_of(self.order.by)
        places = region_index(order.edition, order.by)
        rows = check_rows(
            [as_chunk(self.rows)],
            facts=TYPED,
            regions=places,
            today=timezone.localdate(),
            fixed_township=places.townships[order.township.pk],
        )
        stage(rows, stamp=stamp_of(batch), scope=scope, progress=self.progress)
        compare(batch, scope)

    def _look(self, batch: RosterBatch) -> Entered:
        summary = preview(batch, scope_of(self.order.by))
        batch.counts, batch.villages = summary["counts"], summary["villages"]
        batch.checked_at = timezone.now()
        batch.save(update_fields=["counts", "villages", "checked_at"])
        answer = Entered(counts=dict(batch.counts))
        staged = RosterRow.objects.filter(batch=batch).order_by("number")
        for number, outcome, problems in staged.values_list("number", "outcome", "problems"):
            if outcome in WRONG:
                answer.problems[number] = problems
                answer.queued += [number] if outcome == CONFLICT else []
            elif outcome == RosterRow.Outcome.CHANGED:
                answer.changing.append(number)
            elif outcome == RosterRow.Outcome.UNCHANGED:
                answer.unchanged.append(number)
            if outcome not in WRONG and problems:
                answer.cut.append(number)
        return answer

    def _asks_first(self, answer: Entered) -> bool:
        if answer.problems and not self.order.only_valid:
            return True
        if set(answer.changing) - self.order.may_change:
            return True
        return len(answer.unchanged) + len(answer.problems) - len(answer.queued) == len(self.rows)

    def _confirm(self, batch: RosterBatch) -> None:
        record("roster.enter", by=self.order.by, target=batch, rows=len(self.rows), only_valid=self.order.only_valid)
        counts = confirm_batch(batch_id=batch.pk, by=self.order.by, progress=self.progress)
        batch.counts = counts
