"""Row-level security on PostgreSQL: the second wall behind orgs/scope.py, with the same rule.

`secure_database` runs as the owner after migrations. It is safe to run again: it makes one policy for each scoped table
and the grants of the portal's role.
"""

from collections.abc import Iterator
from urllib.parse import urlparse

from django.apps import apps
from django.db import connection, models

# Settings are read in sub-selects, so that PostgreSQL reads them once a statement and not once a row.
RULE = """
    (SELECT current_setting('portal.everything', true)) = 'yes'
    OR ((SELECT current_setting('portal.region_low', true)) <> ''
        AND region_path BETWEEN (SELECT current_setting('portal.region_low', true))
                            AND (SELECT current_setting('portal.region_high', true)))
    OR insurer_id = ANY (
        (SELECT string_to_array(nullif(current_setting('portal.organizations', true), ''), ',')::bigint[])::bigint[])
"""
STATISTICS = """
CREATE OR REPLACE FUNCTION portal_refresh_statistics() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public AS
$$ ANALYZE enrollment_enrollment (edition_id, township_id, village_id, insurer_id, batch_id, region_path, id_index,
                                  name, given, removed_at, covered_from, covered_to);
   ANALYZE enrollment_rosterchange (batch_id, kind, enrollment_id, region_path);
   ANALYZE enrollment_villagetotal; ANALYZE enrollment_listedperson $$
"""


def scoped_models() -> Iterator[type[models.Model]]:
    """Every model whose rows carry a region and an insurer."""
    for model in apps.get_models():
        if getattr(model, "scope_kind", "") == "region_and_insurer":
            yield model


def secure_database() -> list[str]:
    """Put policies and grants in force; returns the names of the tables under row-level security."""
    if connection.vendor != "postgresql":
        return []
    tables = [model._meta.db_table for model in scoped_models()]
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS)  # only the owner may ANALYZE; the portal asks for it after a large load
        for table in tables:
            _secure(cursor, table)
        role = _portal_role()
        if role:
            _grant(cursor, role)
    return tables


def _secure(cursor, table: str) -> None:
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    cursor.execute(f'DROP POLICY IF EXISTS portal_rows ON "{table}"')
    cursor.execute(f'DROP POLICY IF EXISTS portal_writes ON "{table}"')
    if table == "orgs_auditevent":  # everybody's acts are recorded, also those of people without a scope
        cursor.execute(f'CREATE POLICY portal_rows ON "{table}" FOR SELECT USING ({RULE})')
        cursor.execute(f'CREATE POLICY portal_writes ON "{table}" FOR INSERT WITH CHECK (true)')
        return
    cursor.execute(f'CREATE POLICY portal_rows ON "{table}" USING ({RULE}) WITH CHECK ({RULE})')


def _portal_role() -> str:
    """The role of DATABASE_URL while the owner is at work; empty where one role does both (development)."""
    import environ

    url = environ.Env().str("DATABASE_URL", default="")
    role = urlparse(url).username or ""
    return "" if role == connection.settings_dict["USER"] else role


def _grant(cursor, role: str) -> None:
    cursor.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"')
    cursor.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON orgs_auditevent FROM "{role}"')
    cursor.execute(f'GRANT TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" TO "{role}"')


def weaknesses() -> list[str]:
    """What makes the second wall useless, in sentences; empty when it stands."""
    if connection.vendor != "postgresql":
        return []
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            found.append("门户使用的数据库角色是超级用户或可绕过行级安全，请改用普通角色（DATABASE_URL）")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT (relrowsecurity AND relforcerowsecurity)",
            [[model._meta.db_table for model in scoped_models()]],
        )
        found += [f"数据表 {name} 没有启用行级安全，请运行 manage.py prepare" for (name,) in cursor.fetchall()]
    return found
