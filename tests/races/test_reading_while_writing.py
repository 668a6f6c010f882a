"""SQLite has one writer at a time. While it writes a roster, whoever only reads neither waits nor fails."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from enrollment.models import Enrollment
from orgs.scope import system_scope
from tests.cast import OWN, enrol, read_cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="别的数据库的读写不互相等"),
]
PAGES = ("/", "/roster/", "/claims/", "/progress/", "/unenrolled/", "/roster/import/")


@contextmanager
def somebody_writes() -> Iterator[None]:
    """Another process is in the middle of a long transaction; whoever would wait for it fails at once."""
    writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    writer.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        writer.execute("ROLLBACK")
        writer.close()
        connection.close()


def test_pages_are_read_while_a_roster_is_written(login) -> None:
    cast = read_cast()
    person = enrol(OWN, 1)
    client = login(cast.clerk)
    client.get("/")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=20))  # idle for ten minutes
    with somebody_writes():
        for address in (*PAGES, f"/roster/person/{person.pk}/"):
            assert client.get(address).status_code == 200, address


def test_a_session_in_use_is_renewed_once_a_minute(login) -> None:
    """An idle one ends half an hour after the last page, give or take a minute; a page more does not write."""
    client = login(read_cast().clerk)
    client.get("/")
    for idle, renewed in ((timedelta(seconds=30), False), (timedelta(minutes=29), True)):
        kept = timezone.now() + timedelta(minutes=30) - idle
        Session.objects.update(expire_date=kept)
        client.get("/")
        assert (Session.objects.get().expire_date > kept) is renewed
    Session.objects.update(expire_date=timezone.now())
    assert client.get("/").status_code == 302


def test_a_preview_is_summed_up_without_keeping_writers_out() -> None:
    from enrollment.models import RosterBatch
    from enrollment.services.previewing import preview
    from orgs.scope import scope_of
    from tests.cast import read_edition

    cast = read_cast()
    enrol(OWN, 1)
    with system_scope("test"):
        batch = RosterBatch.objects.create(
            edition=read_edition(), region_path=cast.clerk.organization.region.path, file_name="甲.xlsx",
            made_by=cast.clerk,
        )  # fmt: skip
        assert Enrollment.objects.exists()
    with somebody_writes():
        assert preview(batch, scope_of(cast.clerk))["counts"]["rows"] == 0


@pytest.mark.parametrize("address", ["/roster/search/", "/claims/search/", "/endorsements/search/"])
def test_somebody_is_looked_for_while_a_roster_is_written(login, address: str) -> None:
    enrol(OWN, 1)
    client = login(read_cast().clerk)
    client.get("/")
    with somebody_writes():
        assert client.post(address, {"q": "谭某"}, follow=True).status_code == 200
