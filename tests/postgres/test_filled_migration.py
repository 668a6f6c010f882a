"""Migrations over a database that is in use: what stands in it is there afterwards, in its new place."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection

pytestmark = [pytest.mark.postgres, pytest.mark.long]
ROOT = Path(__file__).resolve().parents[2]
NAME = "portal_filled_migration"

GROUND = (
    """INSERT INTO orgs_region (id, level, name, path, zone, active, source, version)
       VALUES (1, 'county', '某县', '000001', false, true, '', 1)""",
    """INSERT INTO orgs_organization (id, kind, name, short_name, hotline, active, version, region_id)
       VALUES (1, 'township', '某镇政府', '某镇', '', true, 1, 1)""",
    """INSERT INTO orgs_user (id, password, username, name, role, phone, is_active, must_change_password, created_at,
           version, organization_id)
       VALUES (1, '!', 'somebody', '某人', 'clerk', '', true, false, now(), 1, 1)""",
    "INSERT INTO schemes_scheme (id, code, name, place_id) VALUES (1, 'scheme', '某险', 1)",
    """INSERT INTO schemes_edition (id, code, title, first_day, last_day, state, document, sha256, version, place_id,
           scheme_id)
       VALUES (1, 'edition', '某方案', '2021-01-01', '2021-12-31', 'published', '', '', 1, 1, 1)""",
)
FILES = """
    INSERT INTO office_storedfile (id, region_path, uuid, purpose, name, content_type, size, sha256, made_by_id, created_at)
    SELECT n, '000001', gen_random_uuid(), 'roster', n || '.xlsx', 'x', 1, repeat('a', 64), 1, now()
    FROM unnest(ARRAY[10, 20, 21]) AS n
"""
BATCHES = """
    INSERT INTO enrollment_rosterbatch (id, region_path, kind, edition_id, file_name, file_sha256, file_id, error_file_id,
        state, only_valid, counts, villages, whole_villages, notes, refusal, made_by_id, created_at, version)
    SELECT n, '000001', CASE n WHEN 3 THEN 'entry' ELSE 'upload' END, 1, n || '.xlsx', repeat('a', 64),
        CASE WHEN n < 3 THEN n * 10 END, CASE n WHEN 2 THEN 21 END, 'confirmed', true, '{}', '[]', '[]', '[]', '', 1,
        now(), 1
    FROM generate_series(1, 3) AS n
"""
ROWS = """
    INSERT INTO enrollment_rosterrow (batch_id, region_path, sheet, number, outcome, village_name, name, initials,
        id_number, id_index, id_kind, sex, household, relation, "group", address, phone, bank, account, content, problems)
    SELECT 1, '000001', '', n, 'new', '', '某', '', '', n::text, '', '', '', '', '', '', '', '', '', '', '[]'
    FROM generate_series(1, 500) AS n
"""
SECURED = tuple(  # as a database in use is: its owner sees nothing either, but for a migration that says so
    f"""ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY portal_rows ON {table} USING (current_setting('portal.everything', true) = 'yes')"""
    for table in ("enrollment_rosterbatch", "enrollment_rosterrow", "office_storedfile")
)


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
        with closing(psycopg2.connect(self.url())) as asked, asked, asked.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.everything', 'yes', true)")
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def database(db: None) -> Iterator[Database]:
    made = Database()
    with closing(psycopg2.connect(made.url("postgres"))) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
        yield made
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_files_of_batches_find_their_table_and_staging_keeps_its_rows(database: Database) -> None:
    """0009, with uploads, one with an error workbook, and a typed batch in place."""
    database.manage("migrate", "enrollment", "0008", "--verbosity", "0")
    for app in ("schemes", "office", "orgs"):
        database.manage("migrate", app, "--verbosity", "0")
    database.ask(*GROUND, FILES, BATCHES, ROWS)
    database.ask(*SECURED)
    database.manage("migrate", "--verbosity", "0")
    files = "SELECT batch_id, number, file_id, error_file_id, name FROM enrollment_rosterfile ORDER BY batch_id"
    assert database.ask(files) == [(1, 1, 10, None, "1.xlsx"), (2, 1, 20, 21, "2.xlsx")]
    assert database.ask("SELECT count(*) FROM enrollment_rosterrow") == [(500,)]
    assert database.ask("SELECT relpersistence FROM pg_class WHERE relname = 'enrollment_rosterrow'") == [("u",)]
