"""A whole import of a made roster, against the limit L: reading it and loading its cells into a bare table.

On SQLite in a fresh database of its own; on PostgreSQL in the configured one, and only when told so.
"""

import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from config.bench.measured import BenchRefused, Measured, Options
from office.commands import to_json

EDITION = "wanzhou-2021"
PREVIEW = ("upload", "look_over", "read_and_stage", "compare", "preview", "error_file")


def run(options: Options) -> list[Measured]:
    """Two figures from one import: upload → preview ready, and the whole."""
    on_postgresql = connection.vendor == "postgresql"
    if on_postgresql and not options.yes:
        raise BenchRefused("会把合成名册写进现在配置的 PostgreSQL 数据库；确认是试验用的库，请加 --yes")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = dict(os.environ) if on_postgresql else _own_environment(folder)
        if not on_postgresql:
            _manage(environment, "prepare", "--skip-checks")
        book = folder / "roster.xlsx"
        _manage(environment, "make_roster", str(book), "--rows", str(options.rows), "--json")
        limit = _limit(book, folder, on_postgresql=on_postgresql)
        told = _manage(
            environment,
            "import_roster",
            str(book),
            "--edition",
            EDITION,
            "--commit",
            "--only-valid",
            "--json",
        )
    return _measured(json.loads(told), limit)


def _own_environment(folder: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    return ours | {"DATA_DIR": str(folder / "data")}


def _manage(environment: dict[str, str], *words: str) -> str:
    """Standard output of one of our commands in a process of its own."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BenchRefused(f"{words[0]} 没有做成：{done.stderr.strip()[-500:]}")
    return done.stdout


def _measured(told: dict[str, Any], limit: float) -> list[Measured]:
    preview = sum(told["stage_seconds"].get(name, 0) for name in PREVIEW)
    note = f"{told['rows']:,} 行；对照为读出全部单元格并装入一张空表"
    return [
        Measured("import.preview", preview, limit, told["peak_mb"], note),
        Measured(
            "import.whole",
            told["seconds"],
            limit,
            told["peak_mb"],
            f"{note}；各阶段 {to_json(told['stage_seconds'])}",
        ),
    ]


def _limit(book: Path, folder: Path, *, on_postgresql: bool) -> float:
    from python_calamine import (
        CalamineWorkbook,
    )  # only here: nothing else of the portal parses in its own process

    started = time.perf_counter()
    rows = list(CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).iter_rows())
    width = max(map(len, rows))
    cells = [[str(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    if on_postgresql:
        _copy(cells, width)
    else:
        _insert(cells, width, folder / "limit.sqlite3")
    return time.perf_counter() - started


def _insert(cells: list[list[str]], width: int, path: Path) -> None:
    columns, marks = ", ".join(f"c{n} TEXT" for n in range(width)), ", ".join("?" * width)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE bare ({columns})")
        database.executemany(f"INSERT INTO bare VALUES ({marks})", cells)  # noqa: S608 - marks only
    database.close()


def _copy(cells: list[list[str]], width: int) -> None:
    """A temporary table is not logged, as the limit wants it, and needs no right of the owner's."""
    text = io.StringIO("".join("\t".join(row).replace("\\", "\\\\") + "\n" for row in cells))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({', '.join(f'c{n} text' for n in range(width))})")
        cursor.copy_expert("COPY bare FROM STDIN", text)
        cursor.execute("DROP TABLE bare")
