"""What NPPES says otherwise than a profile, for a curator to decide."""

import django.db.models.deletion
from django.db import migrations, models

import directory.models.nppes


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0012_npi_check_digit"),
    ]

    operations = [
        migrations.CreateModel(
            name="NppesProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("npi", models.CharField(max_length=10, verbose_name="NPI of the row")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("add", "we lack it"),
                            ("differs", "differs"),
                            ("deactivated", "NPI deactivated"),
                            ("not_found", "NPI not found"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        choices=[("npi", "NPI"), ("name", "Name"), ("license", "License"), ("office", "Office")],
                        max_length=7,
                    ),
                ),
                (
                    "jurisdiction",
                    models.CharField(blank=True, help_text="Two letters: of the license or the office.", max_length=2),
                ),
                ("ours", models.CharField(blank=True, max_length=200)),
                ("theirs", models.CharField(blank=True, max_length=200)),
                ("values", models.JSONField(blank=True, default=dict)),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="What a curator should know before deciding.", max_length=200
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("file_date", models.DateField()),
                ("row_updated_on", models.DateField(blank=True, help_text="Last Update Date of the row.", null=True)),
                (
                    "decision",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Accepted"), ("declined", "Declined")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "therapist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nppes_proposals",
                        to="directory.therapist",
                    ),
                ),
            ],
            options={
                "verbose_name": "NPPES proposal",
                "indexes": [
                    models.Index(fields=["decision", "kind"], name="nppes_proposals_by_decision"),
                    models.Index(fields=["npi"], name="nppes_proposals_by_npi"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("therapist", "npi", "kind", "field", "ours", "theirs"),
                        name="one_nppes_proposal_per_pair_of_values",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(directory.models.nppes.NpiIsValid("npi")),
                        name="nppes_proposal_has_a_valid_npi",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["add", "differs", "deactivated", "not_found"])),
                        name="nppes_proposal_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("field__in", ["npi", "name", "license", "office"])),
                        name="nppes_proposal_field_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", "open"),
                            models.Q(
                                ("decision", "accepted"),
                                models.Q(("decided_by", ""), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            models.Q(
                                ("decision", "declined"),
                                models.Q(("decided_by", ""), _negated=True),
                                ("decided_at__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="nppes_decision_has_author_and_time_and_a_no_its_reason",
                    ),
                ],
            },
        ),
    ]
