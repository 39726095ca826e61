"""For each therapist, which texts were screened and with which terms: what changes elsewhere is found again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0010_verification_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScreenedTexts",
            fields=[
                (
                    "therapist",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="screened_texts",
                        serialize=False,
                        to="directory.therapist",
                    ),
                ),
                ("digest", models.CharField(max_length=32)),
                ("screened_on", models.DateField()),
            ],
            options={
                "verbose_name_plural": "screened texts",
            },
        ),
    ]
