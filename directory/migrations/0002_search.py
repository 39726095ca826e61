"""Search rows, cards and changes are written by the database: a view, a function, triggers."""

from pathlib import Path

from django.db import migrations

# Relation → (table of the relation, its column, table of the terms, words of mask, column that marks some of them).
# The words are those of directory/roster/schema.py on the day of this migration; a wider mask is a new migration.
MASKED = {
    "approaches": ("directory_therapistapproach", "approach_id", "directory_approach", 1, "trained"),
    "concerns": ("directory_therapistconcern", "concern_id", "directory_concern", 2, "focus"),
    "populations": ("directory_therapist_populations", "population_id", "directory_population", 1, None),
    "session_formats": ("directory_therapist_session_formats", "sessionformat_id", "directory_sessionformat", 1, None),
    "delivery_methods": (
        "directory_therapist_delivery_methods",
        "deliverymethod_id",
        "directory_deliverymethod",
        1,
        None,
    ),
    "languages": ("directory_therapist_languages", "language_id", "directory_language", 2, None),
    "insurance_plans": ("directory_therapist_insurance_plans", "insuranceplan_id", "directory_insuranceplan", 2, None),
}
# Tables whose rows belong to a therapist. Licences, privileges and offices are read by the roster itself, so a change
# of these makes a new version even of a search row that says the same.
READ_BY_THE_ROSTER = ("directory_license", "directory_compactprivilege", "directory_practicelocation")
FACTS = (*(table for table, *_ in MASKED.values()), *READ_BY_THE_ROSTER, "directory_screeningflag")

COLUMNS = [
    "listed", "listed_until", "gender", "accepting", "sliding_scale", "years_in_practice", "opening_on", "fee_from",
    "approaches_0", "trained_0", "concerns_0", "concerns_1", "focus_0", "focus_1", "populations_0",
    "session_formats_0", "delivery_methods_0", "languages_0", "languages_1", "insurance_plans_0", "insurance_plans_1",
]  # fmt: skip


def words(name: str, count: int, only: str = "") -> list[str]:
    """Columns `name_0`, `name_1` … with the bits of the terms, all or only the marked ones."""
    return [
        f"coalesce(bit_or(1::bigint << m.bit % 63) FILTER (WHERE m.bit / 63 = {word}{only}), 0) AS {name}_{word}"
        for word in range(count)
    ]


def masked_relation(relation: str) -> str:
    table, column, terms, count, mark = MASKED[relation]
    columns = [
        *words("word", count),
        """coalesce(jsonb_agg(m.code ORDER BY m.code COLLATE "C"), '[]') AS codes""",
    ]
    if mark:
        columns += [
            *words("marked", count, f" AND x.{mark}"),
            f"""coalesce(jsonb_agg(m.code ORDER BY m.code COLLATE "C") FILTER (WHERE x.{mark}), '[]') AS marked""",
        ]
    return (
        f"CROSS JOIN LATERAL (SELECT {', '.join(columns)} FROM {table} x JOIN {terms} m ON m.id = x.{column}"  # noqa: S608
        f" WHERE x.therapist_id = t.id) {relation}"
    )


def view_and_functions() -> str:
    sql = (Path(__file__).with_suffix(".sql")).read_text()
    for placeholder, columns in {
        "{columns}": ", ".join(COLUMNS),
        **{
            f"{{{row} columns}}": ", ".join(f"{row}.{name}" for name in COLUMNS)
            for row in ("source", "row_now", "excluded")
        },
        "-- {one lateral join per masked relation: word_N, codes, marked_N, marked}": "\n".join(
            map(masked_relation, MASKED)
        ),
    }.items():
        sql = sql.replace(placeholder, columns)
    return sql


TRANSITIONS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def triggers() -> list[tuple[str, str, str]]:
    """(table, event, call) of every trigger."""
    facts = [
        (table, event, f"directory_facts_changed({str(table in READ_BY_THE_ROSTER).lower()})")
        for table in FACTS
        for event in TRANSITIONS
    ]
    therapists = [("directory_therapist", event, "directory_therapists_changed()") for event in TRANSITIONS]
    return [*therapists, *facts, ("directory_licensetype", "UPDATE", "directory_license_types_changed()")]


def create_triggers() -> str:
    return "\n".join(
        f"CREATE TRIGGER search_after_{event.lower()} AFTER {event} ON {table} REFERENCING {TRANSITIONS[event]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {call};"
        for table, event, call in triggers()
    )


def drop_triggers() -> str:
    return "\n".join(f"DROP TRIGGER search_after_{event.lower()} ON {table};" for table, event, _ in triggers())


DROP = """
DROP FUNCTION directory_license_types_changed(), directory_facts_changed(), directory_therapists_changed();
DROP FUNCTION directory_search_is_deferred(), directory_refresh_search(bigint[], boolean);
DROP VIEW directory_search_source;
TRUNCATE directory_searchrow, directory_searchcard;
ALTER TABLE directory_approach DROP CONSTRAINT approach_fits_its_masks;
ALTER TABLE directory_concern DROP CONSTRAINT concern_fits_its_masks;
ALTER TABLE directory_population DROP CONSTRAINT population_fits_its_masks;
ALTER TABLE directory_sessionformat DROP CONSTRAINT session_format_fits_its_masks;
ALTER TABLE directory_deliverymethod DROP CONSTRAINT delivery_method_fits_its_masks;
ALTER TABLE directory_language DROP CONSTRAINT language_fits_its_masks;
ALTER TABLE directory_insuranceplan DROP CONSTRAINT insurance_plan_fits_its_masks;
ALTER TABLE directory_licensetype DROP CONSTRAINT license_type_fits_its_masks;
ALTER TABLE directory_jurisdiction DROP CONSTRAINT jurisdiction_fits_its_masks;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_directory")]

    operations = [
        migrations.RunSQL(view_and_functions(), DROP),
        migrations.RunSQL(create_triggers(), drop_triggers()),
    ]
