"""On PostgreSQL the database itself refuses a movement whose entries do not add up to nothing (checked at commit)."""

from django.db import migrations

STATEMENTS = [
    """CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF (SELECT sum(fen) FROM premiums_ledgerentry WHERE transaction_id = NEW.transaction_id) <> 0 THEN
           RAISE EXCEPTION 'ledger transaction % does not balance', NEW.transaction_id;
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT OR UPDATE ON premiums_ledgerentry
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances()""",
]


def make_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in STATEMENTS:
            schema_editor.execute(statement, params=None)  # a percent sign is just one


class Migration(migrations.Migration):
    dependencies = [("premiums", "0001_initial")]
    operations = [migrations.RunPython(make_trigger, elidable=False)]
