"""Trainings have names, profiles may have a picture, and two profiles of one person are told."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

WEBSITE = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@\\]+([/?#]\S*)?$"


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0014_links_reminders_and_reports"),
    ]

    operations = [
        # An address that is no page on the web, or that holds a password, is nothing to show.
        migrations.RunSQL(
            f"UPDATE directory_therapist SET website = '' WHERE website <> '' AND website !~ '{WEBSITE}'",  # noqa: S608
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="DuplicateCandidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField(help_text="0 to 100: how much speaks for one person.")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="what speaks for it")),
                ("found_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("merged", "Merged"), ("different", "Different people")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "possible duplicate",
                "permissions": [("merge_therapist", "Can merge two profiles of one therapist")],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="historicaltherapistapproach",
            name="training",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Empty: not named.",
                max_length=160,
                verbose_name="name of the training",
            ),
        ),
        migrations.AddField(
            model_name="historicaltherapistapproach",
            name="training_confirmed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicaltherapistapproach",
            name="training_source",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Who or what confirmed it.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="therapistapproach",
            name="training",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Empty: not named.",
                max_length=160,
                verbose_name="name of the training",
            ),
        ),
        migrations.AddField(
            model_name="therapistapproach",
            name="training_confirmed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="therapistapproach",
            name="training_source",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Who or what confirmed it.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="historicaltherapist",
            name="website",
            field=models.URLField(
                blank=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@\\\\]+([/?#]\\S*)?$",
                        "A web address starts with https:// or http:// and holds no user name or password.",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="website",
            field=models.URLField(
                blank=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@\\\\]+([/?#]\\S*)?$",
                        "A web address starts with https:// or http:// and holds no user name or password.",
                    )
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="therapist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("website", ""),
                    ("website__regex", "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#@\\\\]+([/?#]\\S*)?$"),
                    _connector="OR",
                ),
                name="website_is_a_page_on_the_web",
            ),
        ),
        migrations.AddConstraint(
            model_name="therapistapproach",
            constraint=models.CheckConstraint(
                condition=models.Q(("training", ""), ("trained", True), _connector="OR"),
                name="named_training_is_completed",
                violation_error_message="Who names a training has completed it: tick “trained” as well.",
            ),
        ),
        migrations.AddConstraint(
            model_name="therapistapproach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("training_confirmed_on__isnull", True),
                    models.Q(
                        models.Q(("training", ""), _negated=True), models.Q(("training_source", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="confirmed_training_is_named_and_sourced",
                violation_error_message="A confirmation needs the name of the training and who confirmed it.",
            ),
        ),
        migrations.AddField(
            model_name="duplicatecandidate",
            name="a",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.therapist"
            ),
        ),
        migrations.AddField(
            model_name="duplicatecandidate",
            name="b",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.therapist"
            ),
        ),
        migrations.AddField(
            model_name="duplicatecandidate",
            name="kept",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="directory.therapist",
            ),
        ),
        migrations.AddField(
            model_name="picture",
            name="therapist",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="picture", to="directory.therapist"
            ),
        ),
        migrations.AddIndex(
            model_name="duplicatecandidate",
            index=models.Index(fields=["state", "-score", "id"], name="duplicates_in_order"),
        ),
        migrations.AddConstraint(
            model_name="duplicatecandidate",
            constraint=models.UniqueConstraint(fields=("a", "b"), name="one_question_per_pair_of_therapists"),
        ),
        migrations.AddConstraint(
            model_name="duplicatecandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(("a__lt", models.F("b"))), name="pair_of_therapists_is_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicatecandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "open"),
                    models.Q(
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("decided_by", ""), _negated=True),
                        ("decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="duplicate_decision_has_reason_author_and_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicatecandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kept__isnull", False),
                        ("state", "merged"),
                        models.Q(("kept", models.F("a")), ("kept", models.F("b")), _connector="OR"),
                    ),
                    models.Q(("kept__isnull", True), ("state__in", ["open", "different"])),
                    _connector="OR",
                ),
                name="merge_keeps_one_of_the_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="picture_has_a_digest"
            ),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(
                condition=models.Q(("width__range", (1, 1000)), ("height__range", (1, 1000))), name="picture_is_small"
            ),
        ),
    ]
