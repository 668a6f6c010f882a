"""The ground that tests stand on: the test database with its reference data and cast, made once a session.

On PostgreSQL the owner (MIGRATE_DATABASE_URL) makes, migrates and secures the database; the tests themselves connect as
the portal's own role, since an owner or superuser would walk through row-level security.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.test import TransactionTestCase

from config.management.commands.prepare import FIXTURES, load_days_off
from orgs.models import AuditEvent
from orgs.row_security import scoped_models, secure_database, weaknesses
from orgs.scope import acting, system_scope
from orgs.services.regions import load_regions
from schemes.disability import load_items
from schemes.models import Amendment, Edition, EditionState
from schemes.services import publish_edition, store_edition
from tests.cast import EDITION, make_cast

LOGIN = ("USER", "PASSWORD", "HOST", "PORT")
_kept: dict[str, int] = {}  # table → the last id of reference data; tests that commit leave nothing above it


def owner_login() -> dict[str, str]:
    """How the owner connects; a sentence for whoever runs the tests where that is not told."""
    url = os.environ.get("MIGRATE_DATABASE_URL", "")
    if not url:
        pytest.exit("PostgreSQL 上的测试还需要 MIGRATE_DATABASE_URL（有 CREATEDB 权限的属主角色）", returncode=4)
    found = environ.Env.db_url_config(url)
    return {name: found[name] for name in LOGIN}


@contextmanager
def as_owner() -> Iterator[None]:
    """The default connection is the owner's until the end of the block; on SQLite nothing changes."""
    if connection.vendor != "postgresql":
        yield
        return
    portal = {name: connection.settings_dict[name] for name in LOGIN}
    connection.close()
    connection.settings_dict.update(owner_login())
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(portal)


def make_ground() -> None:
    """Reference data, one edition and the cast; remembers where they end."""
    with system_scope("tests"):
        load_regions()
        load_days_off()
        load_items()
        document = FIXTURES / "editions" / f"{EDITION}.yaml"
        edition = store_edition(document=document.read_text(encoding="utf-8"), name=document.name, by=None)
        publish_edition(edition=edition, by=None)
        make_cast()
        for model in _counted():
            _kept[model._meta.db_table] = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0


def _counted() -> list[type[models.Model]]:
    """Models whose rows are numbered."""
    return [model for model in _managed() if isinstance(model._meta.pk, models.AutoField)]


def _managed() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def secure_ground() -> None:
    """Row-level security in force, and proof that the tests do not connect as somebody who passes it."""
    with as_owner():
        secure_database()
    if connection.vendor == "postgresql":
        assert weaknesses() == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
            assert cursor.fetchone()[0] == 0, "the portal's role owns tables"


def clear_ground(_case: TransactionTestCase) -> None:
    """After a test that committed: back to the reference data, without TRUNCATE and past the audit's triggers."""
    with as_owner():
        with transaction.atomic(), unlocked(AuditEvent):
            _delete(AuditEvent)
        with acting_as_system(), transaction.atomic(), unlocked(Edition, Amendment, EditionState):
            for model in _managed():
                if model is not AuditEvent:
                    _delete(model)


@contextmanager
def made_once(django_db_blocker: Any) -> Iterator[None]:
    """What is made in the block serves all tests of a module, each of which only takes back its own; then it is gone.

    For fixtures of a module's scope.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def acting_as_system() -> Iterator[None]:
    with system_scope("tests clear up"):
        yield


def _delete(model: type[models.Model]) -> None:
    """Foreign keys are checked at commit, so the order of tables does not matter."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if table in _kept:
            cursor.execute(f'DELETE FROM "{table}" WHERE "{model._meta.pk.column}" > %s', [_kept[table]])
        else:
            cursor.execute(f'DELETE FROM "{table}"')


@contextmanager
def unlocked(*models_: type[models.Model]) -> Iterator[None]:
    """The owner may clear what a test left in audit and published terms; nobody else may, nor the owner by accident."""
    tables = [model._meta.db_table for model in models_]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            forced = [table for table in tables if table in scoped_tables()]
            _alter(cursor, tables, "DISABLE TRIGGER USER")
            _alter(cursor, forced, "NO FORCE ROW LEVEL SECURITY")
            yield
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it are to come
            _alter(cursor, tables, "ENABLE TRIGGER USER")
            _alter(cursor, forced, "FORCE ROW LEVEL SECURITY")
            return
        marks = ", ".join(["%s"] * len(tables))
        cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks})", tables)
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)


def _alter(cursor: Any, tables: list[str], change: str) -> None:
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" {change}')


def everything() -> Any:
    """Scope of the one who looks whether a test left things right."""
    return system_scope("tests look")


def scoped_tables() -> list[str]:
    return [model._meta.db_table for model in scoped_models()]


__all__ = [
    "acting",
    "as_owner",
    "clear_ground",
    "everything",
    "made_once",
    "make_ground",
    "scoped_tables",
    "secure_ground",
    "settings",
]
