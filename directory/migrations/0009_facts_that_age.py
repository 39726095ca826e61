"""Facts count for a time, and a profile needs a session format and a delivery method to be listed."""

from importlib import import_module

from django.db import migrations, models

before = import_module("directory.migrations.0002_search")

# Days after the day on which they were said or confirmed; directory/lifetimes.py on the day of this migration.
DAYS = {"availability": 21, "fees": 45, "insurance": 45, "specialties": 180}
UNTIL = [f"{kind}_until" for kind in DAYS]


def view_and_refresh() -> str:
    """The view and the function of migration 0002 with what is new in them."""
    old: str = before.view_and_functions()
    view = old[old.index("CREATE VIEW") : old.index("CREATE FUNCTION directory_refresh_search")]
    for words, new_words in (
        (
            "t.life = 'published' AND t.consented_on IS NOT NULL AND shown.until >= 0",
            "t.life = 'published' AND shown.until >= 0\n"
            "        AND session_formats.word_0 <> 0 AND delivery_methods.word_0 <> 0",
        ),
        (
            "    coalesce(t.fee_min, t.fee_max, -1) AS fee_from,",
            "    coalesce(t.fee_min, t.fee_max, -1) AS fee_from,\n"
            + "\n".join(
                f"    coalesce(t.{kind}_as_of, t.attested_on, DATE '2000-01-01') + {days} - DATE '2000-01-01'"
                f" AS {kind}_until,"
                for kind, days in DAYS.items()
            ),
        ),
        (
            "            'consented', t.consented_on\n        )\n",
            "            'consented', t.consented_on\n        ),\n        'stale', '[]'::jsonb\n",
        ),
        (
            "    -- Attested facts hold for 90 days, directory/models/therapist.py: ATTESTATION_DAYS.\n",
            "    -- A confirmation of all facts counts for 90 days, a consent for 365.\n",
        ),
        (
            "WHEN t.attested_on IS NULL OR licenses.until IS NULL THEN -1",
            "WHEN t.attested_on IS NULL OR t.consented_on IS NULL OR licenses.until IS NULL THEN -1",
        ),
        (
            "least(t.attested_on + 90, licenses.until)",
            "least(t.attested_on + 90, t.consented_on + 365, licenses.until)",
        ),
    ):
        assert view.count(words) == 1, words  # noqa: S101  0002 is frozen; a slip here would lose a rule
        view = view.replace(words, new_words)
    return view + refresh([*before.COLUMNS, *UNTIL])


def refresh(columns: list[str]) -> str:
    """The function of migration 0002, for these columns of a search row."""
    sql: str = before.Path(before.__file__).with_suffix(".sql").read_text()
    function = sql[sql.index("CREATE FUNCTION directory_refresh_search") : sql.index("-- Triggers. A bulk loader")]
    function = function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    for row in ("source", "row_now", "excluded"):
        function = function.replace(f"{{{row} columns}}", ", ".join(f"{row}.{name}" for name in columns))
    return function.replace("{columns}", ", ".join(columns))


def view_of_before() -> str:
    old: str = before.view_and_functions()
    return old[old.index("CREATE VIEW") : old.index("CREATE FUNCTION directory_refresh_search")]


DROP_VIEW = "DROP VIEW directory_search_source;\n"
# Everybody's row, a part at a time: one call for a million therapists would hold all of them in memory.
REFRESH_ALL = """
DO $$
DECLARE
    batch bigint[];
    last bigint := 0;
BEGIN
    LOOP
        SELECT array_agg(id), max(id) INTO batch, last
        FROM (SELECT id FROM directory_therapist WHERE id > last ORDER BY id LIMIT 5000) part;
        EXIT WHEN batch IS NULL;
        PERFORM directory_refresh_search(batch, false);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0008_truncated")]

    operations = [
        *(
            migrations.AddField("searchrow", name, models.IntegerField(default=-1), preserve_default=True)
            for name in UNTIL
        ),
        migrations.AddConstraint(
            model_name="therapist",
            constraint=models.CheckConstraint(
                condition=~models.Q(life="published") | models.Q(attested_on__isnull=False),
                name="published_therapist_has_attested_facts",
            ),
        ),
        migrations.RunSQL(
            DROP_VIEW + view_and_refresh() + REFRESH_ALL,
            DROP_VIEW + view_of_before() + refresh(before.COLUMNS) + REFRESH_ALL,
        ),
    ]
