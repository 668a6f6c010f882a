"""Settings of the test run and its database. What tests build with stands in tests/cast.py.

pytest-django reads the settings before this file; so what must not touch a running portal (its data folder, its keys)
is put aside here, before the first connection is made.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from config.keys import new_field_keys

_made = "" if os.environ.get("TEST_DATA_DIR") else tempfile.mkdtemp(prefix="portal-tests-")
DATA = Path(os.environ.get("TEST_DATA_DIR") or _made)
if _made:
    atexit.register(shutil.rmtree, _made, ignore_errors=True)  # this run's own folder, and no other's
settings.DATA_DIR = DATA
settings.FILES_DIR, settings.MEDIA_ROOT, settings.STATIC_ROOT = (
    DATA / "files",
    DATA / "media",
    DATA / "static",
)
settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns where it is missing
settings.SECRET_KEY, settings.FIELD_KEYS = "of the tests only", new_field_keys()
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # no manifest to collect first
}
settings.CACHES["counts"] = settings.CACHES["default"] | {"LOCATION": "counts"}  # nobody else's Redis or files
settings.REDIS_URL = ""  # a bell that rings would call a worker of somebody else; tests run jobs themselves
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    connections.settings["default"]["TEST"]["NAME"] = str(DATA / "test.sqlite3")  # a file: threads share it


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker
) -> Iterator[None]:
    """One database for each worker, made by the owner; tests connect as the portal."""
    from tests import ground

    with django_db_blocker.unblock():
        with ground.as_owner():
            made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
            ground.make_ground()
        ground.secure_ground()
    TransactionTestCase._fixture_teardown = ground.clear_ground
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        with ground.as_owner():
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """The calendar is cached; a test that changes days off must not tell the next one. Nor may one use up its calls."""
    yield
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def cast(db: None):
    """The people of the tests, as the database has them now."""
    from tests.cast import read_cast

    return read_cast()


@pytest.fixture
def edition(db: None):
    from tests.cast import read_edition

    return read_edition()


@pytest.fixture
def login(client: Client):
    """Log somebody in and get the client."""

    def do(user) -> Client:
        client.force_login(user, backend="orgs.backends.AccountBackend")
        return client

    return do


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs PostgreSQL says so where it is not there."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    reason = "需要 PostgreSQL：设 DATABASE_URL（门户角色）和 MIGRATE_DATABASE_URL（属主角色）后再跑"
    for item in items:
        if "postgres" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=reason))
