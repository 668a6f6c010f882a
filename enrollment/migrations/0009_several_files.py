"""Files of their own for an upload that may have several; staging that is not logged on PostgreSQL."""

import django.db.models.deletion
from django.db import migrations, models


def see_everything(apps, schema_editor):
    """The owner is under row-level security too."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SELECT set_config('portal.everything', 'yes', true)")


MOVE = """
    INSERT INTO enrollment_rosterfile (batch_id, region_path, number, file_id, name, sha256, error_file_id, rows)
    SELECT id, region_path, 1, file_id, file_name, file_sha256, error_file_id, 0 FROM enrollment_rosterbatch
    WHERE file_id IS NOT NULL
"""


def leave_unlogged(apps, schema_editor):
    """Staging is read again from its file after a crash; writing it to the log as well would double the load."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE enrollment_rosterrow SET UNLOGGED")


def log_again(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE enrollment_rosterrow SET LOGGED")


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0008_endorsements"), ("office", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RosterFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region_path", models.CharField(editable=False, max_length=40)),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("rows", models.PositiveIntegerField(default=0)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="enrollment.rosterbatch",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.storedfile"
                    ),
                ),
                (
                    "error_file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="office.storedfile",
                    ),
                ),
                (
                    "insurer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.organization",
                        verbose_name="承保机构",
                    ),
                ),
            ],
            options={
                "ordering": ["batch", "number"],
                "constraints": [models.UniqueConstraint(fields=("batch", "number"), name="roster_file_of_batch")],
            },
        ),
        migrations.RunPython(see_everything, migrations.RunPython.noop),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField("rosterbatch", "file"),
        migrations.RemoveField("rosterbatch", "file_sha256"),
        migrations.RemoveField("rosterbatch", "error_file"),
        migrations.RemoveIndex("rosterrow", "roster_row_by_person"),
        migrations.RunPython(leave_unlogged, log_again),
    ]
