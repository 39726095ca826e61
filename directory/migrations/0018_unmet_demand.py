"""What was asked and found fewer than five: counts by week, of combinations and of nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0017_terms_are_never_lost")]

    operations = [
        migrations.CreateModel(
            name="DemandCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(help_text="The Monday.")),
                ("jurisdiction", models.CharField(max_length=64)),
                ("session_format", models.CharField(max_length=64)),
                ("concern", models.CharField(blank=True, max_length=64)),
                ("insurance_plan", models.CharField(blank=True, max_length=64)),
                ("asked", models.PositiveIntegerField()),
            ],
            options={"verbose_name": "demand without supply", "verbose_name_plural": "demand without supply"},
        ),
        migrations.AddConstraint(
            model_name="demandcell",
            constraint=models.UniqueConstraint(
                fields=("week", "jurisdiction", "session_format", "concern", "insurance_plan"),
                name="one_demand_cell_per_week_and_combination",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandcell",
            constraint=models.CheckConstraint(
                condition=models.Q(("week__iso_week_day", 1)), name="demand_is_counted_by_week"
            ),
        ),
        migrations.AddConstraint(
            model_name="demandcell",
            constraint=models.CheckConstraint(condition=models.Q(("asked__gte", 1)), name="demand_was_asked"),
        ),
    ]
