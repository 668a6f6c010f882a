"""Set-based writing for tables of district size; the only room with cursors beside scope and row security.

PostgreSQL refuses COPY into a table with row-level security, so rows are copied into a temporary table and inserted
from there, where the policies hold.
"""

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain values (text, numbers, bytes, None, JSON as list or dict) in one transaction."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _copy(model._meta.db_table, columns, rows)
        else:
            _execute_many(model._meta.db_table, columns, rows)


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
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement, parameters)
        rows = list(cursor.fetchall())
        cursor.execute("SET LOCAL enable_nestloop = on")
        return rows


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


def refresh_statistics() -> None:
    """Tell the planner of a load at once; without it PostgreSQL scans a fresh roster until its own round comes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_refresh_statistics()" if connection.vendor == "postgresql" else "ANALYZE")


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _execute_many(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    marks = ", ".join(["?"] * len(columns))
    statement = f'INSERT INTO "{table}" ({_names(columns)}) VALUES ({marks})'  # noqa: S608
    connection.ensure_connection()
    connection.connection.executemany(statement, ([_plain(value) for value in row] for row in rows))


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = _names(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE portal_load ON COMMIT DROP AS SELECT {names} FROM "{table}" WHERE false'  # noqa: S608
        )
        text = io.StringIO("".join(map(_copy_line, rows)))
        cursor.copy_expert(f"COPY portal_load ({names}) FROM STDIN", text)
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM portal_load')  # noqa: S608
        cursor.execute("DROP TABLE portal_load")


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
