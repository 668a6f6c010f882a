"""Checked rows into staging, column by column: sealed, indexed, stamped with their place and insurer."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import transaction

from calc.id_number import as_18
from enrollment.initials import initials_of
from enrollment.models import RosterBatch, RosterRow
from enrollment.roster.columns import TITLES
from enrollment.roster.problems import CheckedRow, RosterValues, RowNote, RowProblem
from office.ahead import Wanted, ahead
from office.collector import not_collecting
from office.failpoints import failpoint
from office.jobs import Progress
from orgs.bulk import Load, insert_load, load_of
from orgs.crypto import blind_index, blind_indexes, seal_texts
from orgs.scope import Scope, acting

ROWS_A_WRITE = 5_000
WRITES_AHEAD = 2
LEFT_OUT = "left_out"
LOST = "staging_lost"  # in a batch's counts: its rows went with a crash, and are not all there again
OUTCOMES = {"valid": "new", "duplicate": "duplicate", "invalid": "invalid"}
SEXES = {"male": "m", "female": "f", None: ""}
SEALED = {name: RosterRow._meta.get_field(name).context for name in ("id_number", "phone", "account")}


@dataclass(frozen=True)
class Stamp:
    """What every row of a batch is stamped with: paths of villages and townships, insurers by township."""

    batch_id: int
    default_path: str
    paths: Mapping[int, str]
    insurers: Mapping[int, int | None]
    file_number: int = 1

    def of_file(self, number: int) -> "Stamp":
        return replace(self, file_number=number)


def stage(
    rows: Iterator[CheckedRow], *, stamp: Stamp, scope: Scope, progress: Progress, wanted: Wanted | None = None
) -> int:
    """Write the rows in short transactions; how many. A file that was staged before begins anew, and those after it.

    With `wanted`, which the rows are told by that nobody takes them any more, they are read, checked and sealed ahead
    in another thread while the database writes those before them: for files. A few typed rows need no thread.
    """
    with progress.holding(), acting(scope):  # a worker back from the dead must not drop what another has staged
        RosterRow.objects.filter(batch_id=stamp.batch_id, file_number__gte=stamp.file_number).delete()
    loads = _loads(rows, stamp)
    if wanted is None:
        return _write(loads, scope, progress)
    with (
        not_collecting(),
        closing(ahead(loads, most=WRITES_AHEAD, wanted=wanted, waiting=progress.hold)) as made_ahead,
    ):
        return _write(made_ahead, scope, progress)


def _write(loads: Iterable[Load], scope: Scope, progress: Progress) -> int:
    staged = 0
    for load in loads:
        staged += load.rows
        failpoint("chunk-parsed")
        with transaction.atomic(), acting(scope):
            progress.advance(staged)  # proves the fence, and holds the job row until the chunk is committed
            insert_load(load)
            failpoint("rows-written-not-committed")
        failpoint("chunk-committed")
    failpoint("last-chunk-staged")
    return staged


def _loads(rows: Iterator[CheckedRow], stamp: Stamp) -> Iterator[Load]:
    while chunk := list(islice(rows, ROWS_A_WRITE)):
        yield load_of(RosterRow, columns_of(chunk, stamp))


def staging_is_whole(batch: RosterBatch) -> bool:
    """Whether every row that was counted still stands there: staging does not outlive a crash of PostgreSQL."""
    if LOST in batch.counts:
        return False
    return RosterRow.objects.filter(batch=batch).count() == batch.counts.get("rows", 0)


def columns_of(rows: Sequence[CheckedRow], stamp: Stamp) -> dict[str, Sequence[Any]]:
    """The columns of staging for these rows, in their order."""
    sheets, numbers, states, values, problems, notes = zip(*rows, strict=True)
    given = dict(zip(RosterValues._fields, zip(*values, strict=True), strict=True))
    ids = [as_18(number) if len(number) == 15 else number for number in given["id_number"]]
    households = _households(given["household_no"], given["head_id_number"])
    plain = zip(
        given["name"], ids, map(str, given["village_id"]), households, given["relation"], given["group"],
        given["address"], given["phone"], given["bank"], given["bank_account"],
        strict=True,
    )  # fmt: skip
    return {
        "batch_id": [stamp.batch_id] * len(rows),
        "file_number": [stamp.file_number] * len(rows),
        "region_path": _paths(given["village_id"], given["township_id"], stamp),
        "insurer_id": list(map(stamp.insurers.get, given["township_id"])),
        "sheet": _cut(sheets, 60),
        "number": numbers,
        "outcome": [OUTCOMES[state] for state in states],
        "township_id": given["township_id"],
        "village_id": given["village_id"],
        "village_name": _cut(given["village_name"], 60),
        "name": _cut(given["name"], 60),
        "initials": list(map(initials_of, given["name"])),
        "id_number": seal_texts(ids, context=SEALED["id_number"]),
        "id_index": _indexes(ids),
        "id_kind": given["id_kind"],
        "sex": [SEXES[sex] for sex in given["sex"]],
        "household": households,
        "relation": given["relation"],
        "group": _cut(given["group"], 20),
        "address": _cut(given["address"], 120),
        "phone": seal_texts(given["phone"], context=SEALED["phone"]),
        "bank": _cut(given["bank"], 60),
        "account": seal_texts(given["bank_account"], context=SEALED["account"]),
        "content": _contents(plain, states),
        "problems": [
            _document(found) if found else _left_out(row_notes) if row_notes else "[]"
            for found, row_notes in zip(problems, notes, strict=True)
        ],
    }


def _paths(villages: Sequence[int | None], townships: Sequence[int | None], stamp: Stamp) -> list[str]:
    """Of the village, else of the township, else of whoever uploaded."""
    places = zip(villages, townships, strict=True)
    return [stamp.paths.get(village or township or 0, stamp.default_path) for village, township in places]


def _households(numbers: Sequence[str], heads: Sequence[str]) -> list[str]:
    """People under one head are one household, also where the sheet has no household numbers."""
    headed = {head for number, head in zip(numbers, heads, strict=True) if head and not number}
    of_head = dict(zip(headed, blind_indexes(map(as_18, headed)), strict=True))
    return [number or (_of_head(of_head[head]) if head else "") for number, head in zip(numbers, heads, strict=True)]


def household_of_head(id_number: str) -> str:
    """The household of one head, as the columns have it."""
    return _of_head(blind_index(id_number)) if id_number else ""


def _of_head(index: str) -> str:
    return f"h{index[:12]}"


def _indexes(numbers: Sequence[str]) -> list[str]:
    if all(numbers):
        return blind_indexes(numbers)
    found = iter(blind_indexes(filter(None, numbers)))
    return [next(found) if number else "" for number in numbers]


def _contents(plain: Iterable[tuple[str, ...]], states: Sequence[str]) -> list[str]:
    """By which a later upload sees whether anything has changed; only good rows are compared."""
    indexes = blind_indexes(map("\x1f".join, plain))
    return [index if state == "valid" else "" for index, state in zip(indexes, states, strict=True)]


def _cut(texts: Sequence[str], most: int) -> Sequence[str]:
    return [text[:most] for text in texts] if max(map(len, texts)) > most else texts


def _document(problems: Iterable[RowProblem]) -> str:
    """Problems of a row as they are kept and shown."""
    return json.dumps([_problem(problem) for problem in problems], ensure_ascii=False)


def _left_out(notes: Iterable[RowNote]) -> str:
    """What of a good row is kept nowhere, such as a second telephone: shown beside it in the preview."""
    return _document(RowProblem(note.column, LEFT_OUT, "", note.message, "") for note in notes if note.left_out)


def _problem(problem: RowProblem) -> dict[str, str]:
    return {
        "column": problem.column,
        "title": TITLES.get(problem.column, ""),
        "kind": problem.kind,
        "found": problem.found,
        "message": problem.message,
        "mend": problem.mend,
    }
