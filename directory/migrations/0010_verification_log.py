"""Every check of a license or privilege is written down for good; compacts are facts with dates and sources.

What was verified before gets one entry each, from the day and source it had.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

# The rows go with their therapist and in no other way: the foreign key deletes them once the therapist is gone, which
# is what the trigger looks for.
APPEND_ONLY = """
ALTER TABLE directory_verification ADD CONSTRAINT verification_of_a_therapist
    FOREIGN KEY (therapist_id) REFERENCES directory_therapist (id) ON DELETE CASCADE;
CREATE FUNCTION directory_verification_is_append_only() RETURNS trigger
LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM directory_therapist WHERE id = OLD.therapist_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The verification log is only ever added to; it goes with its therapist.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'verification_log_is_append_only';
END
$function$;
CREATE TRIGGER verification_log_is_append_only BEFORE UPDATE OR DELETE ON directory_verification
    FOR EACH ROW EXECUTE FUNCTION directory_verification_is_append_only();
"""
DROP = """
DROP TRIGGER verification_log_is_append_only ON directory_verification;
DROP FUNCTION directory_verification_is_append_only();
"""
WHAT_IS_KNOWN = """
INSERT INTO directory_verification
    (therapist_id, license_id, subject, source, method, result, checked_on, expires_on, by, note, recorded_at)
SELECT l.therapist_id, l.id, k.abbreviation || ' ' || l.number || ' (' || j.code || ')', l.source, 'earlier',
    'confirmed', l.verified_on, l.expires_on, 'not noted', '', now()
FROM directory_license l
JOIN directory_licensetype k ON k.id = l.license_type_id
JOIN directory_jurisdiction j ON j.id = l.jurisdiction_id
WHERE l.verified_on IS NOT NULL;
INSERT INTO directory_verification
    (therapist_id, privilege_id, subject, source, method, result, checked_on, expires_on, by, note, recorded_at)
SELECT p.therapist_id, p.id, 'privilege in ' || j.code, p.source, 'earlier', 'confirmed', p.verified_on, p.expires_on,
    'not noted', '', now()
FROM directory_compactprivilege p
JOIN directory_jurisdiction j ON j.id = p.jurisdiction_id
WHERE p.verified_on IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0009_facts_that_age"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Compact",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("meaning", models.CharField(help_text="One plain sentence for clients.", max_length=300)),
                (
                    "license_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        help_text="Codes of the license types it is for.",
                        size=None,
                    ),
                ),
                (
                    "credential",
                    models.CharField(
                        blank=True,
                        help_text="The personal number it takes, e.g. “APIT number”. Empty: none.",
                        max_length=120,
                    ),
                ),
                ("register_url", models.URLField(blank=True, help_text="Where anybody can look a privilege up.")),
                ("source", models.CharField(max_length=400)),
                ("as_of", models.DateField(help_text="When the source was last read.")),
            ],
        ),
        migrations.AddField(
            model_name="compactprivilege",
            name="credential_number",
            field=models.CharField(
                blank=True, help_text="The personal number, where the compact takes one: PSYPACT's APIT.", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="compactprivilege",
            name="method",
            field=models.CharField(
                blank=True,
                choices=[
                    ("register", "looked up in the public register"),
                    ("letter", "letter or e-mail from the board"),
                    ("nppes", "read in NPPES, the national provider registry"),
                    ("document", "saw the document"),
                    ("imported", "checked by who sent the file"),
                    ("earlier", "noted before there was a log"),
                    ("invented", "invented for the demo"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicalcompactprivilege",
            name="credential_number",
            field=models.CharField(
                blank=True, help_text="The personal number, where the compact takes one: PSYPACT's APIT.", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="historicalcompactprivilege",
            name="method",
            field=models.CharField(
                blank=True,
                choices=[
                    ("register", "looked up in the public register"),
                    ("letter", "letter or e-mail from the board"),
                    ("nppes", "read in NPPES, the national provider registry"),
                    ("document", "saw the document"),
                    ("imported", "checked by who sent the file"),
                    ("earlier", "noted before there was a log"),
                    ("invented", "invented for the demo"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicallicense",
            name="method",
            field=models.CharField(
                blank=True,
                choices=[
                    ("register", "looked up in the public register"),
                    ("letter", "letter or e-mail from the board"),
                    ("nppes", "read in NPPES, the national provider registry"),
                    ("document", "saw the document"),
                    ("imported", "checked by who sent the file"),
                    ("earlier", "noted before there was a log"),
                    ("invented", "invented for the demo"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicallicense",
            name="supervisor_license",
            field=models.CharField(
                blank=True, help_text="Type, number and state, e.g. “LMFT 12345 (CA)”.", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="historicallicense",
            name="supervisor_name",
            field=models.CharField(blank=True, help_text="Who supervises an associate.", max_length=120),
        ),
        migrations.AddField(
            model_name="license",
            name="method",
            field=models.CharField(
                blank=True,
                choices=[
                    ("register", "looked up in the public register"),
                    ("letter", "letter or e-mail from the board"),
                    ("nppes", "read in NPPES, the national provider registry"),
                    ("document", "saw the document"),
                    ("imported", "checked by who sent the file"),
                    ("earlier", "noted before there was a log"),
                    ("invented", "invented for the demo"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="license",
            name="supervisor_license",
            field=models.CharField(
                blank=True, help_text="Type, number and state, e.g. “LMFT 12345 (CA)”.", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="license",
            name="supervisor_name",
            field=models.CharField(blank=True, help_text="Who supervises an associate.", max_length=120),
        ),
        migrations.AddField(
            model_name="compactprivilege",
            name="compact",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty only in what a file brought.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="directory.compact",
            ),
        ),
        migrations.AddField(
            model_name="historicalcompactprivilege",
            name="compact",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Empty only in what a file brought.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.compact",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalCompactMembership",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "enacted_on",
                    models.DateField(blank=True, help_text="The day on which the law was signed.", null=True),
                ),
                (
                    "operational_on",
                    models.DateField(
                        blank=True,
                        help_text="The first day that a source shows. Empty: not in operation, or not known.",
                        null=True,
                        verbose_name="in operation from",
                    ),
                ),
                (
                    "left_on",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which it is out. Privileges end the day before, for good.",
                        null=True,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(max_length=400)),
                ("as_of", models.DateField(help_text="When the source was last read.")),
                (
                    "curated",
                    models.BooleanField(
                        default=False, editable=False, help_text="Changed at the desk: load_taxonomy leaves it alone."
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "compact",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="directory.compact",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="directory.jurisdiction",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical compact membership",
                "verbose_name_plural": "historical compact memberships",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="CompactMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enacted_on",
                    models.DateField(blank=True, help_text="The day on which the law was signed.", null=True),
                ),
                (
                    "operational_on",
                    models.DateField(
                        blank=True,
                        help_text="The first day that a source shows. Empty: not in operation, or not known.",
                        null=True,
                        verbose_name="in operation from",
                    ),
                ),
                (
                    "left_on",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which it is out. Privileges end the day before, for good.",
                        null=True,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(max_length=400)),
                ("as_of", models.DateField(help_text="When the source was last read.")),
                (
                    "curated",
                    models.BooleanField(
                        default=False, editable=False, help_text="Changed at the desk: load_taxonomy leaves it alone."
                    ),
                ),
                (
                    "compact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="directory.compact"
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="directory.jurisdiction"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("compact", "jurisdiction"), name="one_membership_per_compact_and_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="membership_names_its_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_on__isnull", True),
                            ("operational_on__isnull", True),
                            ("left_on__gte", models.F("operational_on")),
                            _connector="OR",
                        ),
                        name="membership_ends_after_it_begins",
                        violation_error_message="A state cannot leave before it is in operation.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(help_text="What was checked, as it stood that day.", max_length=200)),
                ("source", models.CharField(max_length=200)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("register", "looked up in the public register"),
                            ("letter", "letter or e-mail from the board"),
                            ("nppes", "read in NPPES, the national provider registry"),
                            ("document", "saw the document"),
                            ("imported", "checked by who sent the file"),
                            ("earlier", "noted before there was a log"),
                            ("invented", "invented for the demo"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed"),
                            ("not_found", "Not found there"),
                            ("differs", "The source says something else"),
                            ("expired", "Expired"),
                            ("disciplined", "Suspended, revoked or limited by the board"),
                        ],
                        max_length=12,
                    ),
                ),
                ("checked_on", models.DateField()),
                ("expires_on", models.DateField(help_text="The last day that the source showed.", null=True)),
                ("by", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "license",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="verifications",
                        to="directory.license",
                    ),
                ),
                (
                    "privilege",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="verifications",
                        to="directory.compactprivilege",
                    ),
                ),
                (
                    "therapist",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="verifications",
                        to="directory.therapist",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("license__isnull", False)),
                        fields=["license"],
                        name="verification_of_license",
                    ),
                    models.Index(
                        condition=models.Q(("privilege__isnull", False)),
                        fields=["privilege"],
                        name="verification_of_privilege",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("license__isnull", True), ("privilege__isnull", True), _connector="XOR"),
                        name="verification_is_of_a_license_or_a_privilege",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="verification_names_its_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by", ""), _negated=True), name="verification_names_who_checked"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "method__in",
                                ["register", "letter", "nppes", "document", "imported", "earlier", "invented"],
                            )
                        ),
                        name="verification_method_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("result__in", ["confirmed", "not_found", "differs", "expired", "disciplined"])
                        ),
                        name="verification_result_is_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, DROP),
        migrations.RunSQL(WHAT_IS_KNOWN, migrations.RunSQL.noop),
    ]
