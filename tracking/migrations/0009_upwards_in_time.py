from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Beside ingest: an index is made and dropped without a lock that events would wait for. Pages have the old ones until
    # the new ones are there.
    atomic = False

    dependencies = [
        ("tracking", "0008_deleted_skills_stay_in_events"),
    ]

    operations = [
        # What an interrupted try has left would be in the way of the next one.
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS event_by_tenant_and_time",
                "DROP INDEX CONCURRENTLY IF EXISTS tokens_by_tenant_and_time",
            ],
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="usageevent",
            index=models.Index(fields=["tenant", "created_at"], name="event_by_tenant_and_time"),
        ),
        AddIndexConcurrently(
            model_name="tokenmeasurement",
            index=models.Index(fields=["tenant", "created_at"], name="tokens_by_tenant_and_time"),
        ),
        RemoveIndexConcurrently(model_name="usageevent", name="event_by_tenant"),
        RemoveIndexConcurrently(model_name="tokenmeasurement", name="tokens_by_tenant"),
    ]
