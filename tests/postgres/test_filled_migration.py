"""Migrations over a database that is in use: what stands in it is there afterwards, in its new place."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

pytestmark = [pytest.mark.postgres, pytest.mark.long]
ROOT = Path(__file__).resolve().parents[2]
NAME = "portal_filled_migration"

BATCHES = """
    INSERT INTO enrollment_rosterbatch (id, region_path, kind, edition_id, township_id, file_name, file_sha256, file_id,
        error_file_id, state, only_valid, counts, villages, whole_villages, notes, refusal, made_by_id, created_at, version)
    SELECT n, '000001', CASE n WHEN 3 THEN 'entry' ELSE 'upload' END, e.id, NULL, n || '.xlsx', repeat('a', 64),
        CASE n WHEN 3 THEN NULL ELSE n * 10 END, CASE n WHEN 2 THEN 21 END, 'confirmed', true, '{}', '[]', '[]', '[]', '',
        u.id, now(), 1
    FROM generate_series(1, 3) AS n, (SELECT min(id) AS id FROM schemes_edition) AS e, (SELECT min(id) AS id FROM orgs_user) AS u
"""
FILES = """
    INSERT INTO office_storedfile (id, region_path, uuid, purpose, name, content_type, size, sha256, made_by_id, created_at)
    SELECT n, '000001', gen_random_uuid(), 'roster', n || '.xlsx', 'x', 1, repeat('a', 64), u.id, now()
    FROM unnest(ARRAY[10, 20, 21]) AS n, (SELECT min(id) AS id FROM orgs_user) AS u
"""
ROWS = """
    INSERT INTO enrollment_rosterrow (batch_id, region_path, file_number, sheet, number, outcome, village_name, name, initials,
        id_number, id_index, id_kind, sex, household, relation, "group", address, phone, bank, account, content, problems)
    SELECT 1, '000001', 1, '', n, 'new', '', '某', '', '', n::text, '', '', '', '', '', '', '', '', '', '', '[]'
    FROM generate_series(1, 500) AS n
"""


class Database:
    """A database of its own beside that of the tests, worked on as its owner."""

    def __init__(self) -> None:
        own = connection.settings_dict
        self.where = f"{own['HOST']}:{own['PORT'] or 5432}"
        self.owner = os.environ["MIGRATE_DATABASE_URL"].split("//")[1].split("@")[0].split(":")[0]

    def url(self, name: str = NAME, user: str = "") -> str:
        return f"postgres://{user or self.owner}@{self.where}/{name}"

    def manage(self, *command: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        urls = {"DATABASE_URL": self.url(user=connection.settings_dict["USER"]), "MIGRATE_DATABASE_URL": self.url()}
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=inherited | urls, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]

    def ask(self, *statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last one; all in one transaction that sees everything."""
        with psycopg.connect(self.url()) as asked, asked.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.everything', 'yes', true)")
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def database(db: None) -> Iterator[Database]:
    made = Database()
    with psycopg.connect(made.url("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        yield made
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_files_of_batches_find_their_table_and_staging_keeps_its_rows(database: Database) -> None:
    """0009, with uploads, one with an error workbook, and a typed batch in place."""
    database.manage("migrate", "enrollment", "0008", "--verbosity", "0")
    for app in ("schemes", "office", "orgs"):
        database.manage("migrate", app, "--verbosity", "0")
    database.ask(
        "INSERT INTO orgs_user (username) VALUES ('x')",
    )
    database.ask(FILES, BATCHES, ROWS)
    database.manage("migrate", "--verbosity", "0")
    files = "SELECT batch_id, number, file_id, error_file_id, name FROM enrollment_rosterfile ORDER BY batch_id"
    assert database.ask(files) == [(1, 1, 10, None, "1.xlsx"), (2, 1, 20, 21, "2.xlsx")]
    assert database.ask("SELECT count(*) FROM enrollment_rosterrow") == [(500,)]
    assert database.ask("SELECT relpersistence FROM pg_class WHERE relname = 'enrollment_rosterrow'") == [("u",)]
