"""A whole import of a made roster, against the limit L: reading it and loading its cells into a bare table.

On SQLite in a fresh database of its own; on PostgreSQL in the configured one, and only when told so.
"""

import csv
import io
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection

from config.bench.commands import manage, own_environment
from config.bench.measured import BenchRefused, Measured, Options
from office.commands import to_json

EDITION = "wanzhou-2021"
PIECE = 20_000
PREVIEW = ("upload", "look_over", "read_and_stage", "compare", "preview", "error_file")


def run(options: Options) -> list[Measured]:
    """Two figures from one import of a workbook: upload → preview ready, and the whole."""
    return _run(options, "roster.xlsx", "import")


def run_csv(options: Options) -> list[Measured]:
    """The same from a CSV, which may be longer than a workbook: --rows 1200000."""
    return _run(options, "roster.csv", "import_csv")


def _run(options: Options, file: str, name: str) -> list[Measured]:
    on_postgresql = connection.vendor == "postgresql"
    if on_postgresql and not options.yes:
        raise BenchRefused("会把合成名册写进现在配置的 PostgreSQL 数据库；确认是试验用的库，请加 --yes")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        environment = dict(os.environ) if on_postgresql else own_environment(folder)
        if not on_postgresql:
            manage(environment, "prepare", "--skip-checks")
        book = folder / file
        made = json.loads(manage(environment, "make_roster", str(book), "--rows", str(options.rows), "--json"))
        limit = _limit(book, folder, on_postgresql=on_postgresql)
        told = json.loads(
            manage(environment, "import_roster", str(book), "--edition", EDITION, "--commit", "--only-valid", "--json")
        )
    _demand_right(made, told)
    return _measured(name, told, limit)


def _demand_right(made: dict[str, int], told: dict[str, Any]) -> None:
    """A fast import that refuses a good row, or takes a wrong one, is none."""
    if (told["valid"], told["rejected"]) != (made["good"], made["defects"]):
        raise BenchRefused(f"应有 {made['good']} 行正确、{made['defects']} 行错误，查出的是 {to_json(told)}")


def _measured(name: str, told: dict[str, Any], limit: float) -> list[Measured]:
    preview = sum(told["stage_seconds"].get(name, 0) for name in PREVIEW)
    note = f"{told['rows']:,} 行；对照为读出全部单元格并装入一张空表"
    return [
        Measured(f"{name}.preview", preview, limit, told["peak_mb"], note),
        Measured(
            f"{name}.whole",
            told["seconds"],
            limit,
            told["peak_mb"],
            f"{note}；各阶段 {to_json(told['stage_seconds'])}",
        ),
    ]


def _limit(book: Path, folder: Path, *, on_postgresql: bool) -> float:
    """Reading every cell and loading all of them as text into a bare table, a piece at a time."""
    started = time.perf_counter()
    rows = _csv_rows(book) if book.suffix == ".csv" else _book_rows(book)
    width = len(next(rows))  # of the title row of a workbook, which calamine fills up; of the header of a CSV
    cells = ([str(cell) for cell in row] for row in rows)
    if on_postgresql:
        _copy(cells, width)
    else:
        _insert(cells, width, folder / "limit.sqlite3")
    return time.perf_counter() - started


def _book_rows(book: Path) -> Iterator[Sequence[Any]]:
    # only here: nothing else of the portal parses in its own process
    from python_calamine import CalamineWorkbook

    return iter(CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).iter_rows())


def _csv_rows(book: Path) -> Iterator[Sequence[Any]]:
    """From the header on: the title above it has one cell."""
    with book.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        yield from reader


def _insert(cells: Iterator[list[str]], width: int, path: Path) -> None:
    columns, marks = ", ".join(f"c{n} TEXT" for n in range(width)), ", ".join("?" * width)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE bare ({columns})")
        database.executemany(f"INSERT INTO bare VALUES ({marks})", cells)  # noqa: S608 - marks only
    database.close()


def _copy(cells: Iterator[list[str]], width: int) -> None:
    """A temporary table is not logged, as the limit wants it, and needs no right of the owner's."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({', '.join(f'c{n} text' for n in range(width))})")
        while piece := list(islice(cells, PIECE)):
            text = "".join("\t".join(row).replace("\\", "\\\\") + "\n" for row in piece)
            cursor.copy_expert("COPY bare FROM STDIN", io.StringIO(text))
        cursor.execute("DROP TABLE bare")
