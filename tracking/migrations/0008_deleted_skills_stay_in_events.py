import django.db.models.deletion
from django.db import migrations, models

# What the version before this one reads must name no skill that has gone.
TABLES = ("tracking_usageevent", "tracking_tokenmeasurement")
FORGET = """
    UPDATE {0} SET skill_id = NULL
    WHERE skill_id IS NOT NULL AND NOT EXISTS (SELECT FROM skills_skill WHERE skills_skill.id = skill_id)
"""


class Migration(migrations.Migration):
    # An index is dropped without a lock that events would wait for, which no transaction may do. Both may be repeated.
    atomic = False

    dependencies = [
        ("skills", "0002_search"),
        ("tracking", "0007_validate_check_of_token_figures"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(
                    model_name="usageevent",
                    name="event_of_skill",
                ),
                migrations.AlterField(
                    model_name="usageevent",
                    name="skill",
                    field=models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="usage_events",
                        to="skills.skill",
                    ),
                ),
                migrations.AlterField(
                    model_name="tokenmeasurement",
                    name="skill",
                    field=models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="token_measurements",
                        to="skills.skill",
                    ),
                ),
            ],
            database_operations=[
                *(
                    migrations.RunSQL(migrations.RunSQL.noop, FORGET.format(table))
                    for table in TABLES
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS event_of_skill",
                    "CREATE INDEX CONCURRENTLY event_of_skill ON tracking_usageevent (skill_id)",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS tracking_tokenmeasurement_skill_id_9b007042",
                    "CREATE INDEX CONCURRENTLY tracking_tokenmeasurement_skill_id_9b007042"
                    " ON tracking_tokenmeasurement (skill_id)",
                ),
            ],
        ),
    ]
