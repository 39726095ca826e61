"""Evidence says who was studied, and whether it is a result. The next load_taxonomy fills rows that are there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_search")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="population",
            field=models.CharField(default="", help_text="Who was studied.", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evidence",
            name="kind",
            field=models.CharField(
                choices=[("result", "a result"), ("no_effect", "no effect"), ("link", "a link"), ("plan", "a plan")],
                default="result",
                max_length=9,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=["result", "no_effect", "link", "plan"]), name="evidence_kind_is_known"
            ),
        ),
    ]
