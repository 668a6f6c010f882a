"""Checked rows into staging: sealed, indexed, stamped with their place and insurer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction

from calc.id_number import as_18
from enrollment.content import content_index
from enrollment.initials import initials_of
from enrollment.models import RosterRow
from enrollment.roster.columns import TITLES
from enrollment.roster.problems import CheckedRow, RowProblem
from office.failpoints import failpoint
from office.jobs import Progress
from orgs.bulk import insert_rows
from orgs.crypto import blind_index
from orgs.scope import Scope, acting

ROWS_A_WRITE = 5_000
OUTCOMES = {"valid": "new", "duplicate": "duplicate", "invalid": "invalid"}
SEXES = {"male": "m", "female": "f", None: ""}

COLUMNS = (
    "batch_id", "region_path", "insurer_id", "sheet", "number", "outcome", "township_id", "village_id", "village_name",
    "name", "initials", "id_number", "id_index", "id_kind", "sex", "household", "relation", "group", "address", "phone",
    "bank", "account", "content", "problems",
)  # fmt: skip


@dataclass(frozen=True)
class Stamp:
    """What every row of a batch is stamped with: paths of villages and townships, insurers by township."""

    batch_id: int
    default_path: str
    paths: Mapping[int, str]
    insurers: Mapping[int, int | None]


def stage(rows: Iterable[CheckedRow], *, stamp: Stamp, scope: Scope, progress: Progress) -> int:
    """Write the rows in short transactions; how many. A batch that was staged before begins anew."""
    with progress.holding(), acting(scope):  # a worker back from the dead must not drop what another has staged
        RosterRow.objects.filter(batch_id=stamp.batch_id).delete()
    staged = 0
    cells = (_cells(row, stamp) for row in rows)
    while chunk := list(islice(cells, ROWS_A_WRITE)):
        staged += len(chunk)
        failpoint("chunk-parsed")
        with transaction.atomic(), acting(scope):
            progress.advance(staged)  # proves the fence, and holds the job row until the chunk is committed
            insert_rows(RosterRow, COLUMNS, chunk)
            failpoint("rows-written-not-committed")
        failpoint("chunk-committed")
    failpoint("last-chunk-staged")
    return staged


_id_number, _phone, _account = (RosterRow._meta.get_field(name) for name in ("id_number", "phone", "account"))


def _cells(row: CheckedRow, stamp: Stamp) -> tuple[Any, ...]:
    values = row.values
    number = as_18(values.id_number) if values.id_number else ""
    household = values.household_no or household_of_head(as_18(values.head_id_number))
    plain = (values.name, number, values.village_id, household, values.relation, values.group, values.address,
             values.phone, values.bank, values.bank_account)  # fmt: skip
    return (
        stamp.batch_id,
        stamp.paths.get(values.village_id or values.township_id or 0, stamp.default_path),
        stamp.insurers.get(values.township_id or 0),
        row.sheet[:60],
        row.row_no,
        OUTCOMES[row.state],
        values.township_id,
        values.village_id,
        values.village_name[:60],
        values.name[:60],
        initials_of(values.name),
        _id_number.seal(number) if number else b"",
        blind_index(number) if number else "",
        values.id_kind,
        SEXES[values.sex],
        household,
        values.relation,
        values.group[:20],
        values.address[:120],
        _phone.seal(values.phone) if values.phone else b"",
        values.bank[:60],
        _account.seal(values.bank_account) if values.bank_account else b"",
        content_index(plain) if row.state == "valid" else "",
        [_problem(problem) for problem in row.problems],
    )


def household_of_head(id_number: str) -> str:
    """People under one head are one household, also where the sheet has no household numbers."""
    return "h" + blind_index(id_number)[:12] if id_number else ""


def _problem(problem: RowProblem) -> dict[str, str]:
    return {
        "column": problem.column,
        "title": TITLES.get(problem.column, ""),
        "kind": problem.kind,
        "found": problem.found,
        "message": problem.message,
        "mend": problem.mend,
    }
