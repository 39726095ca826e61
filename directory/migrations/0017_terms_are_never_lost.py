"""Terms are merged and retired, with a history; nothing that is used can vanish, and no term is ever deleted."""

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

# Vocabulary → (table of its terms, tables and columns that name them).
STATED = {
    "directory_approach": [("directory_therapistapproach", "approach_id")],
    "directory_concern": [("directory_therapistconcern", "concern_id")],
    "directory_population": [("directory_therapist_populations", "population_id")],
    "directory_sessionformat": [("directory_therapist_session_formats", "sessionformat_id")],
    "directory_deliverymethod": [("directory_therapist_delivery_methods", "deliverymethod_id")],
    "directory_language": [("directory_therapist_languages", "language_id")],
    "directory_insuranceplan": [("directory_therapist_insurance_plans", "insuranceplan_id")],
    # A constraint says that these are never retired.
    "directory_licensetype": [],
    "directory_jurisdiction": [],
}
ALSO_NAMED = {"directory_approach": [("directory_evidence", "approach_id")]}

FUNCTIONS = """
CREATE FUNCTION directory_term_is_deleted() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- Profiles, partners and links hold its code, and its bit must never be given again.
BEGIN
    RAISE EXCEPTION 'The term "%" may be retired, but no term is ever deleted.', OLD.code
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'no_term_is_ever_deleted', TABLE = TG_TABLE_NAME;
END
$function$;

CREATE FUNCTION directory_term_is_retired() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- The arguments are a table and a column, and so on: where the term may be named.
DECLARE
    found boolean;
BEGIN
    IF NEW.replaced_by_id IS NOT NULL THEN
        EXECUTE format('SELECT true FROM %I WHERE id = $1 AND retired_on IS NULL FOR SHARE', TG_TABLE_NAME)
            INTO found USING NEW.replaced_by_id;
        IF found IS NULL THEN
            RAISE EXCEPTION 'What replaces "%" is retired itself.', NEW.code
                USING ERRCODE = 'check_violation', CONSTRAINT = 'replacement_is_in_use', TABLE = TG_TABLE_NAME;
        END IF;
    END IF;
    EXECUTE format('SELECT true FROM %I WHERE replaced_by_id = $1 LIMIT 1', TG_TABLE_NAME) INTO found USING NEW.id;
    IF found THEN
        RAISE EXCEPTION '"%" replaces another term.', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'replacement_is_in_use', TABLE = TG_TABLE_NAME;
    END IF;
    FOR place IN 0 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format('SELECT true FROM %I WHERE %I = $1 LIMIT 1', TG_ARGV[place], TG_ARGV[place + 1])
            INTO found USING NEW.id;
        IF found THEN
            RAISE EXCEPTION '"%" is used in %.', NEW.code, TG_ARGV[place]
                USING ERRCODE = 'check_violation', CONSTRAINT = 'used_term_is_not_retired', TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN NULL;
END
$function$;

CREATE FUNCTION directory_terms_are_stated() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- The arguments: the table of the terms, and the column that names one. Whoever retires a term locks it FOR UPDATE: so
-- either it sees these rows, or this trigger waits for it and sees what it did.
DECLARE
    term record;
BEGIN
    FOR term IN EXECUTE format(
        'SELECT code, retired_on FROM %I WHERE id IN (SELECT %I FROM new_rows) ORDER BY id FOR KEY SHARE',
        TG_ARGV[0], TG_ARGV[1]
    ) LOOP
        IF term.retired_on IS NOT NULL THEN
            RAISE EXCEPTION '"%" is retired: nobody can state it any more.', term.code
                USING ERRCODE = 'check_violation', CONSTRAINT = 'stated_terms_are_in_use', TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN NULL;
END
$function$;
"""


def triggers() -> list[tuple[str, str, str, str]]:
    """(name, table, when, what) of every trigger. "stated…" fires after "search…", in the order of names: profiles are
    locked before terms, as a merge does it."""
    found = []
    for terms, stated in STATED.items():
        places = ", ".join(f"'{name}'" for place in stated + ALSO_NAMED.get(terms, []) for name in place)
        found.append(
            ("term_is_deleted", terms, "BEFORE DELETE", "FOR EACH ROW EXECUTE FUNCTION directory_term_is_deleted()")
        )
        found.append(
            (
                "term_is_retired",
                terms,
                "AFTER INSERT OR UPDATE OF retired_on, replaced_by_id",
                f"FOR EACH ROW WHEN (NEW.retired_on IS NOT NULL) EXECUTE FUNCTION directory_term_is_retired({places})",
            )
        )
        for table, column in stated:
            for event in ("INSERT", "UPDATE"):
                found.append(
                    (
                        f"stated_terms_after_{event.lower()}",
                        table,
                        f"AFTER {event}",
                        "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT"
                        f" EXECUTE FUNCTION directory_terms_are_stated('{terms}', '{column}')",
                    )
                )
    return found


CREATE = FUNCTIONS + "\n".join(
    f"CREATE TRIGGER {name} {when} ON {table} {rest};" for name, table, when, rest in triggers()
)
DROP = (
    "\n".join(f"DROP TRIGGER {name} ON {table};" for name, table, _, _ in triggers())
    + """
DROP FUNCTION directory_term_is_deleted(), directory_term_is_retired(), directory_terms_are_stated();
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0016_marks_that_hold"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalApproach",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical approach",
                "verbose_name_plural": "historical approaches",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalConcern",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical concern",
                "verbose_name_plural": "historical concerns",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDeliveryMethod",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical delivery method",
                "verbose_name_plural": "historical delivery methods",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalInsurancePlan",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical insurance plan",
                "verbose_name_plural": "historical insurance plans",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalJurisdiction",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical jurisdiction",
                "verbose_name_plural": "historical jurisdictions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalLanguage",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical language",
                "verbose_name_plural": "historical languages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalLicenseType",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("abbreviation", models.CharField(max_length=20)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical license type",
                "verbose_name_plural": "historical license types",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPopulation",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical population",
                "verbose_name_plural": "historical populations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSessionFormat",
            fields=[
                ("id", models.IntegerField(blank=True, db_index=True)),
                ("code", models.SlugField(help_text="Public code; partners build on it.", max_length=64)),
                ("name", models.CharField(max_length=120)),
                (
                    "synonyms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Other words that mean this, separated by commas. "
                        "Search, import and API resolve them to the code.",
                        size=None,
                    ),
                ),
                ("summary", models.TextField(blank=True, help_text="One or two plain sentences.")),
                ("bit", models.PositiveSmallIntegerField(db_index=True, editable=False)),
                ("retired_on", models.DateField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical session format",
                "verbose_name_plural": "historical session formats",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AlterModelOptions(
            name="approach",
            options={
                "permissions": [("merge_term", "Can merge, retire and put back terms of all vocabularies")],
                "verbose_name_plural": "approaches",
            },
        ),
        migrations.AddField(
            model_name="approach",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.approach",
            ),
        ),
        migrations.AddField(
            model_name="approach",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="approach",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="concern",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.concern",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="concern",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="deliverymethod",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.deliverymethod",
            ),
        ),
        migrations.AddField(
            model_name="deliverymethod",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="deliverymethod",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="insuranceplan",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.insuranceplan",
            ),
        ),
        migrations.AddField(
            model_name="insuranceplan",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="insuranceplan",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="language",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.language",
            ),
        ),
        migrations.AddField(
            model_name="language",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="language",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="licensetype",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.licensetype",
            ),
        ),
        migrations.AddField(
            model_name="licensetype",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="licensetype",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="population",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.population",
            ),
        ),
        migrations.AddField(
            model_name="population",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="population",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="sessionformat",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="directory.sessionformat",
            ),
        ),
        migrations.AddField(
            model_name="sessionformat",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="sessionformat",
            name="shipped",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="historicaltherapistapproach",
            name="approach",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                limit_choices_to={"retired_on": None},
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.approach",
            ),
        ),
        migrations.AlterField(
            model_name="historicaltherapistconcern",
            name="concern",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                limit_choices_to={"retired_on": None},
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.concern",
            ),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="delivery_methods",
            field=models.ManyToManyField(
                blank=True, limit_choices_to={"retired_on": None}, to="directory.deliverymethod"
            ),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="insurance_plans",
            field=models.ManyToManyField(
                blank=True, limit_choices_to={"retired_on": None}, to="directory.insuranceplan"
            ),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="languages",
            field=models.ManyToManyField(blank=True, limit_choices_to={"retired_on": None}, to="directory.language"),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="populations",
            field=models.ManyToManyField(blank=True, limit_choices_to={"retired_on": None}, to="directory.population"),
        ),
        migrations.AlterField(
            model_name="therapist",
            name="session_formats",
            field=models.ManyToManyField(
                blank=True, limit_choices_to={"retired_on": None}, to="directory.sessionformat"
            ),
        ),
        migrations.AlterField(
            model_name="therapistapproach",
            name="approach",
            field=models.ForeignKey(
                limit_choices_to={"retired_on": None},
                on_delete=django.db.models.deletion.PROTECT,
                to="directory.approach",
            ),
        ),
        migrations.AlterField(
            model_name="therapistconcern",
            name="concern",
            field=models.ForeignKey(
                limit_choices_to={"retired_on": None},
                on_delete=django.db.models.deletion.PROTECT,
                to="directory.concern",
            ),
        ),
        migrations.AddConstraint(
            model_name="approach",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_approach_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="approach",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="approach_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_concern_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="concern_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverymethod",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_deliverymethod_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverymethod",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="deliverymethod_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="insuranceplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_insuranceplan_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="insuranceplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="insuranceplan_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_jurisdiction_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="jurisdiction_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(("retired_on", None)), name="jurisdictions_are_never_retired"
            ),
        ),
        migrations.AddConstraint(
            model_name="language",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_language_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="language",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="language_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="licensetype",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_licensetype_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="licensetype",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="licensetype_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="licensetype",
            constraint=models.CheckConstraint(
                condition=models.Q(("retired_on", None)), name="license_types_are_never_retired"
            ),
        ),
        migrations.AddConstraint(
            model_name="population",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_population_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="population",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="population_does_not_replace_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionformat",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", None), ("retired_on__isnull", False), _connector="OR"),
                name="replaced_sessionformat_is_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionformat",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="sessionformat_does_not_replace_itself",
            ),
        ),
        migrations.AddField(
            model_name="historicalapproach",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalapproach",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.approach",
            ),
        ),
        migrations.AddField(
            model_name="historicalconcern",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalconcern",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.concern",
            ),
        ),
        migrations.AddField(
            model_name="historicaldeliverymethod",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicaldeliverymethod",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.deliverymethod",
            ),
        ),
        migrations.AddField(
            model_name="historicalinsuranceplan",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalinsuranceplan",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.insuranceplan",
            ),
        ),
        migrations.AddField(
            model_name="historicaljurisdiction",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicaljurisdiction",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="historicallanguage",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicallanguage",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.language",
            ),
        ),
        migrations.AddField(
            model_name="historicallicensetype",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicallicensetype",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.licensetype",
            ),
        ),
        migrations.AddField(
            model_name="historicalpopulation",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalpopulation",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.population",
            ),
        ),
        migrations.AddField(
            model_name="historicalsessionformat",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalsessionformat",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="directory.sessionformat",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
