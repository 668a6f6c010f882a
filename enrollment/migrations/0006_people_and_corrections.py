import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import orgs.fields
from django.conf import settings
from django.db import migrations, models

BY_NAME = """CREATE INDEX enrollment_by_name ON enrollment_enrollment (edition_id, name COLLATE "C")
             WHERE removed_at IS NULL"""


def index_names(apps, schema_editor):
    """The start of a name, in the order of characters whatever the database's own is. SQLite looks within a township."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BY_NAME)


def forget_names(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX enrollment_by_name")


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0005_papers"),
        ("office", "0001_initial"),
        ("orgs", "0004_police"),
        ("schemes", "0007_edition_state"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IdCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region_path", models.CharField(editable=False, max_length=40)),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                (
                    "old_number",
                    orgs.fields.EncryptedTextField(
                        blank=True, default=b"", mask="id", sealed_as="", verbose_name="原身份证号"
                    ),
                ),
                ("old_index", models.CharField(db_index=True, max_length=32)),
                ("new_index", models.CharField(db_index=True, max_length=32)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("typing", "录入错误"),
                            ("certificate", "户口簿、身份证号码更正"),
                            ("upgraded", "证件换发，号码改变"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="更正原因",
                    ),
                ),
                ("proof", models.CharField(max_length=120, verbose_name="依据")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="enrollment",
            name="given",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Right("name", 2),
                output_field=models.CharField(max_length=2),
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["edition", "given", "township", "village", "id"],
                name="enrollment_by_given",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", False)),
                fields=["edition", "id_index"],
                name="enrollment_removed",
            ),
        ),
        migrations.AddField(
            model_name="idcorrection",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="id_corrections", to="schemes.edition"
            ),
        ),
        migrations.AddField(
            model_name="idcorrection",
            name="enrollment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="id_corrections", to="enrollment.enrollment"
            ),
        ),
        migrations.AddField(
            model_name="idcorrection",
            name="insurer",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orgs.organization",
            ),
        ),
        migrations.AddField(
            model_name="idcorrection",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="idcorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(("old_index", models.F("new_index")), _negated=True),
                name="correction_changes_the_number",
            ),
        ),
        migrations.RunPython(index_names, forget_names),
    ]
