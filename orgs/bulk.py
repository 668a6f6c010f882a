"""Set-based writing for tables of district size; the only room with cursors beside scope and row security.

PostgreSQL refuses COPY into a table with row-level security, so rows are copied into a temporary table and inserted
from there, where the policies hold.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db import connection, models, transaction

COPY_BYTES = 2**20
SQLITE_PARAMETERS = 32_000  # a statement may have 32,766
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain values (text, numbers, bytes, None, JSON as list or dict) in one transaction."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _copy(model._meta.db_table, columns, rows)
        else:
            _execute_many(model._meta.db_table, columns, ([_plain(value) for value in row] for row in rows))


@dataclass(frozen=True)
class Load:
    """Rows made ready for their table: the text of a COPY, or tuples."""

    table: str
    columns: Sequence[str]
    rows: int
    content: bytes | Sequence[Sequence[Any]]


def load_of(model: type[models.Model], columns: Mapping[str, Sequence[Any]]) -> Load:
    """Columns of one length made ready, which asks no database; JSON comes as its text. Half the cost of rows."""
    rows = len(next(iter(columns.values())))
    if connection.vendor == "postgresql":
        lines = map("\t".join, zip(*map(_copy_column, columns.values()), strict=True))
        return Load(model._meta.db_table, list(columns), rows, "\n".join(lines).encode())
    return Load(model._meta.db_table, list(columns), rows, list(zip(*columns.values(), strict=True)))


def insert_load(load: Load) -> None:
    """Insert what was made ready, in one transaction."""
    with transaction.atomic():
        if isinstance(load.content, bytes):
            _copy_text(load.table, load.columns, load.content)
        else:
            _execute_many(load.table, load.columns, load.content)


def run_sql(statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run one set-based statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return max(cursor.rowcount, 0)


def run_join(statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement that joins whole tables; the number of rows it touched.

    Rows that have just been loaded have no statistics: PostgreSQL then guesses that there is one and loops,
    minutes instead of a second. ANALYZE is the owner's alone, so loops are ruled out for the statement instead.
    """
    if connection.vendor != "postgresql":
        return run_sql(statement, parameters)
    with transaction.atomic():
        run_sql("SET LOCAL enable_nestloop = off")
        touched = run_sql(statement, parameters)
        run_sql("SET LOCAL enable_nestloop = on")
        return touched


def fetch_join(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of one statement that joins whole tables; few of them, such as sums."""
    if connection.vendor != "postgresql":  # no transaction: SQLite would keep every writer out while it reads
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement, parameters)
        rows = list(cursor.fetchall())
        cursor.execute("SET LOCAL enable_nestloop = on")
        return rows


def named_by_none(rows: models.QuerySet[Any], column: str) -> models.Q:
    """The condition that no row of `rows` has the same value in `column`, a column of both.

    PostgreSQL goes through a list row by row where `NOT IN` meets more than fit its memory; SQLite goes through all
    rows for each `NOT EXISTS` that no index serves.
    """
    if connection.vendor == "postgresql":
        return ~models.Exists(rows.filter(**{column: models.OuterRef(column)}))
    return ~models.Q(**{f"{column}__in": rows.values(column)})


def row_lock(alias: str) -> str:
    """The end of a SELECT that holds the rows it reads until the commit; SQLite's writers hold the whole file."""
    return f" FOR UPDATE OF {alias}" if connection.vendor == "postgresql" else ""


def as_json(expression: str) -> str:
    """An SQL text expression as the value of a JSON column."""
    return f"CAST({expression} AS jsonb)" if connection.vendor == "postgresql" else expression


def wait_for_turn(subject: str) -> None:
    """Those who name the same subject follow one another until their transactions end.

    On SQLite every writing transaction waits for the one before it anyway.
    """
    if connection.vendor == "postgresql":
        run_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [subject])


@contextmanager
def without_waiting() -> Iterator[None]:
    """A write that can as well be left out: OperationalError at once where SQLite's one writer is at work."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        [milliseconds] = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")


def refresh_statistics() -> None:
    """Tell the planner of a load at once; without it PostgreSQL scans a fresh roster until its own round comes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_refresh_statistics()" if connection.vendor == "postgresql" else "ANALYZE")


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _execute_many(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Many rows a statement: sqlite3 gives other threads their turn at each, and gets it back late."""
    connection.ensure_connection()
    line = f"({', '.join(['?'] * len(columns))})"
    rows = iter(rows)
    while some := list(islice(rows, SQLITE_PARAMETERS // len(columns))):
        marks = ", ".join([line] * len(some))
        statement = f'INSERT INTO "{table}" ({_names(columns)}) VALUES {marks}'  # noqa: S608
        connection.connection.execute(statement, list(chain.from_iterable(some)))


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    _copy_text(table, columns, "".join(map(_copy_line, rows)).encode())


def _copy_text(table: str, columns: Sequence[str], text: bytes) -> None:
    names = _names(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE portal_load ON COMMIT DROP AS SELECT {names} FROM "{table}" WHERE false'  # noqa: S608
        )
        cursor.copy_expert(f"COPY portal_load ({names}) FROM STDIN", io.BytesIO(text), size=COPY_BYTES)
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM portal_load')  # noqa: S608
        cursor.execute("DROP TABLE portal_load")


def _copy_column(values: Sequence[Any]) -> Sequence[str]:
    """A column as COPY reads it; a column of harmless text is that already."""
    try:
        joined = "\0".join(values)
    except TypeError:
        if isinstance(values[0], bytes):
            return [f"\\\\x{value.hex()}" for value in values]
        written = {value: _copy_value(value) for value in set(values)}
        return [written[value] for value in values]
    harmless = not any(mark in joined for mark in "\\\t\n\r")
    return values if harmless else [value.translate(ESCAPES) for value in values]


def _copy_line(row: Sequence[Any]) -> str:
    return "\t".join(map(_copy_value, row)) + "\n"


def _copy_value(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return value.translate(ESCAPES) if isinstance(value, str) else str(value)
