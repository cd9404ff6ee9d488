from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0006_one_check_of_token_figures"),
    ]

    operations = [
        ValidateConstraint(model_name="tokenmeasurement", name="no_token_figure_is_negative"),
    ]
