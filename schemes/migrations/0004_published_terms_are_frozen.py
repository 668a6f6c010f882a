"""Triggers that refuse to change or delete published terms, also to whoever writes past the portal.

On SQLite a later migration that remakes one of these tables drops its triggers: run `make_triggers` again there
(tests/schemes/test_frozen.py notices).
"""

from django.db import migrations

EDITION = ("id", "code", "scheme_id", "place_id", "title", "first_day", "document", "sha256", "state",
           "drafted_at", "drafted_by_id", "checked_at", "checked_by_id", "published_at", "published_by_id")  # fmt: skip
AMENDMENT = ("id", "edition_id", "number", "effective_from", "reason", "notice_title", "notice_number", "document", "sha256",
             "state", "drafted_at", "drafted_by_id", "checked_at", "checked_by_id", "published_at", "published_by_id")  # fmt: skip
SAYS = "published terms are never changed"


def _changed(columns, differs, *more):
    return " OR ".join([*(f"NEW.{name} {differs} OLD.{name}" for name in columns), *more])


def _sqlite(table, columns, *more):
    changed = _changed(columns, "IS NOT", *more)
    return [
        f"""CREATE TRIGGER {table}_is_frozen BEFORE UPDATE ON {table} WHEN OLD.state = 'published' AND ({changed})
            BEGIN SELECT RAISE(ABORT, '{SAYS}'); END""",
        f"""CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} WHEN OLD.state = 'published'
            BEGIN SELECT RAISE(ABORT, '{SAYS}'); END""",
    ]


def _postgresql(table, columns, *more):
    changed = _changed(columns, "IS DISTINCT FROM", *more)
    return [
        f"""CREATE TRIGGER {table}_is_frozen BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (OLD.state = 'published' AND ({changed})) EXECUTE FUNCTION published_terms_refuse()""",
        f"""CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} FOR EACH ROW
            WHEN (OLD.state = 'published') EXECUTE FUNCTION published_terms_refuse()""",
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION published_terms_refuse()""",
    ]


FUNCTION = f"""CREATE OR REPLACE FUNCTION published_terms_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{SAYS}'; END $$"""
A_PERIOD_ONLY_GROWS = "NEW.last_day < OLD.last_day"


def make_triggers(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    of_table = _postgresql if on_postgresql else _sqlite
    statements = [
        *([FUNCTION] if on_postgresql else []),
        *of_table("schemes_edition", EDITION, A_PERIOD_ONLY_GROWS),
        *of_table("schemes_amendment", AMENDMENT),
    ]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("schemes", "0003_lifecycle")]
    operations = [migrations.RunPython(make_triggers, elidable=False)]
