"""A row a day of how the directory stands, and indexes for what the desk counts whenever somebody looks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0018_unmet_demand"),
    ]

    operations = [
        migrations.CreateModel(
            name="DirectoryFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("listed", models.PositiveIntegerField()),
                ("accepting_fresh", models.PositiveIntegerField()),
                ("by_life", models.JSONField(default=dict)),
                ("by_state", models.JSONField(default=dict)),
                ("fresh", models.JSONField(default=dict)),
                ("past", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name_plural": "figures of the directory",
            },
        ),
        migrations.AddIndex(
            model_name="searchrow",
            index=models.Index(
                condition=models.Q(("listed", True)), fields=["listed_until"], name="search_row_listed_until"
            ),
        ),
        migrations.AddIndex(
            model_name="therapist",
            index=models.Index(fields=["life"], name="therapist_by_life"),
        ),
        migrations.AddConstraint(
            model_name="directoryfigures",
            constraint=models.CheckConstraint(
                condition=models.Q(("accepting_fresh__lte", models.F("listed"))), name="appointable_listings_are_listed"
            ),
        ),
    ]
