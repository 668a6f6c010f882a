"""Row-level security on PostgreSQL, asked in plain SQL as the portal's role."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from enrollment.models import Enrollment
from orgs.audit import record
from orgs.models import AuditEvent
from orgs.scope import Scope, acting, scope_of, system_scope
from tests.cast import FAR, NEAR, OWN, Cast, claim_in, enrol, paper_on, read_cast, township, villages
from tests.ground import scoped_tables

pytestmark = pytest.mark.postgres


def one(statement: str, *parameters: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
        return row[0] if row else None


def touched(statement: str, *parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@pytest.mark.parametrize("table", scoped_tables())
def test_every_scoped_table_is_under_forced_row_security(table: str, db: None) -> None:
    flags = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass"
    assert one(flags, table) is True
    assert one("SELECT count(*) FROM pg_policies WHERE tablename = %s", table)


def test_every_table_with_a_region_is_among_them(db: None) -> None:
    """A table that carries a region but no policy would be a hole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'region_path' AND table_schema = 'public'"
        )
        assert sorted(row[0] for row in cursor.fetchall()) == sorted(scoped_tables())


def test_the_portals_role_has_no_special_powers(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,) * 5


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE claims_claim DISABLE ROW LEVEL SECURITY",
        "DROP POLICY portal_rows ON claims_claim",
        "CREATE POLICY all_rows ON claims_claim USING (true)",
        "CREATE OR REPLACE FUNCTION portal_sees(text, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "TRUNCATE claims_claim CASCADE",
        "CREATE TABLE public.mine (x int)",
    ],
)
def test_the_portals_role_cannot_take_the_wall_down(statement: str, db: None) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        touched(statement)


def test_without_a_scope_no_row_is_seen(cast: Cast) -> None:
    paper_on(claim_in("paid", cast, enrol()), cast.clerk)
    seen = {table: one(f'SELECT count(*) FROM "{table}"') for table in scoped_tables() if table != "orgs_auditevent"}
    assert set(seen.values()) == {0}, seen
    with system_scope("tests look"):
        assert one("SELECT count(*) FROM claims_payment") == 1


def test_plain_sql_sees_ones_own_rows_only(cast: Cast) -> None:
    for number, place in enumerate((OWN, NEAR, FAR)):
        claim_in("reported", cast, enrol(place, number))
    counts = {}
    for name in ("clerk", "adjuster", "far_adjuster", "authority", "certifier"):
        with acting(scope_of(getattr(cast, name))):
            counts[name] = one("SELECT count(*) FROM claims_claim")
    assert counts == {"clerk": 1, "adjuster": 2, "far_adjuster": 1, "authority": 3, "certifier": 0}


def test_joins_and_subselects_see_no_more(cast: Cast) -> None:
    """What a scoped manager alone lets through: joined tables."""
    claim_in("reported", cast, enrol(FAR))
    with acting(scope_of(cast.clerk)):
        assert one("SELECT count(*) FROM claims_claimstep s JOIN claims_claim c ON c.id = s.claim_id") == 0
        assert one("SELECT (SELECT max(name) FROM enrollment_enrollment)") is None


def test_writes_outside_of_the_scope_are_refused(cast: Cast) -> None:
    own, far = enrol(OWN, 1), enrol(FAR, 2)
    elsewhere = villages(FAR)[0].path
    with acting(scope_of(cast.clerk)):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            touched("UPDATE enrollment_enrollment SET region_path = %s WHERE id = %s", elsewhere, own.pk)
        far.pk, far.id_index = None, "other"
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            far.save(force_insert=True)
        assert touched("DELETE FROM enrollment_enrollment WHERE name LIKE %s", "%") == 1
    with system_scope("tests look"):
        assert Enrollment.objects.get().township == township(FAR)


def test_a_scope_taken_inside_another_is_given_back(cast: Cast) -> None:
    enrol(OWN, 1)
    enrol(FAR, 2)
    with acting(scope_of(cast.clerk)):
        with system_scope("tests look"):
            assert one("SELECT count(*) FROM enrollment_enrollment") == 2
        assert one("SELECT count(*) FROM enrollment_enrollment") == 1
        with pytest.raises(DatabaseError), system_scope("tests look"):
            touched("SELECT 1 / 0")
        assert one("SELECT count(*) FROM enrollment_enrollment") == 1


@pytest.mark.django_db(transaction=True)
def test_settings_end_with_their_transaction() -> None:
    """A connection goes on to the next person; nothing of the last one's scope stays on it."""
    enrol()
    with acting(Scope(everything=True, reason="tests")):
        assert one("SELECT count(*) FROM enrollment_enrollment") == 1
    assert one("SELECT count(*) FROM enrollment_enrollment") == 0
    with pytest.raises(ZeroDivisionError), acting(Scope(everything=True, reason="tests")):
        raise ZeroDivisionError
    assert one("SELECT current_setting('portal.everything', true)") in {"", None}
    assert one("SELECT count(*) FROM enrollment_enrollment") == 0


@pytest.mark.django_db(transaction=True)
def test_an_auditor_reads_on_a_connection_that_has_written_nothing() -> None:
    """The first question on a new connection, with rows that are not the auditor's among those looked through."""
    cast = read_cast()
    record("session.login", by=cast.stranger, target=cast.stranger)
    record("session.login", by=cast.clerk, target=cast.clerk)
    connection.close()
    with acting(scope_of(cast.auditor)):
        seen = list(AuditEvent.objects.filter(action="session.login").values_list("actor_id", flat=True))
    assert seen == [cast.clerk.pk]


def test_the_database_refuses_a_movement_that_does_not_balance(cast: Cast) -> None:
    claim_in("paid", cast)
    with system_scope("tests"):
        touched("UPDATE premiums_ledgerentry SET fen = fen + 1 WHERE fen > 0")
        with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
            touched("SET CONSTRAINTS ALL IMMEDIATE")
        touched("UPDATE premiums_ledgerentry SET fen = fen - 1 WHERE fen > 0")
