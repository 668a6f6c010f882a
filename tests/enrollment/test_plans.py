"""What SQLite is asked of a batch it answers in one go: going through the staging once a person takes half an hour."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.services.changing import missing_from
from enrollment.services.previewing import preview
from orgs.scope import acting, scope_of
from tests.cast import Cast, read_edition
from tests.enrollment.batches import another_edition, book, confirmed
from tests.enrollment.test_comparing import _uploaded_for

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")]


def steps_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [line[3] for line in cursor.fetchall()]


def goes_through_staging_for_each(sql: str) -> bool:
    steps = steps_of(sql)
    inner = [after for step, after in itertools.pairwise(steps) if step.startswith("CORRELATED")]
    return any("SCAN" in step for step in inner)


def test_no_statement_of_a_preview_goes_through_the_staging_once_a_person(cast: Cast) -> None:
    confirmed(book(1, 2, 3), cast.clerk)
    after = another_edition("next", years=1)
    batch = _uploaded_for(after, book(1, 2, 7), cast)
    with acting(scope_of(cast.clerk)), CaptureQueriesContext(connection) as asked:
        preview(batch, scope_of(cast.clerk))
        list(missing_from(batch))
    selects = [one["sql"] for one in asked if "enrollment_rosterrow" in one["sql"] and one["sql"].startswith("SELECT")]
    assert len(selects) >= 4
    assert [sql for sql in selects if goes_through_staging_for_each(sql)] == []


def test_a_statement_that_does_is_told_from_the_others(cast: Cast) -> None:
    """The control."""
    sql = f"""SELECT 1 FROM enrollment_enrollment AS e WHERE e.edition_id = {read_edition().pk} AND NOT EXISTS (
        SELECT 1 FROM enrollment_rosterrow AS r WHERE r.id_index = e.id_index)"""
    assert goes_through_staging_for_each(sql)
