"""TRUNCATE is a change, too: it fires no trigger of a row or of another statement."""

from django.db import migrations

TABLES = (
    "directory_therapist",
    "directory_therapistapproach",
    "directory_therapistconcern",
    "directory_therapist_populations",
    "directory_therapist_session_formats",
    "directory_therapist_delivery_methods",
    "directory_therapist_languages",
    "directory_therapist_insurance_plans",
    "directory_license",
    "directory_compactprivilege",
    "directory_practicelocation",
    "directory_screeningflag",
)

FUNCTION = """
CREATE FUNCTION directory_truncated() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- Nobody knows who had a row in the table, so everybody is looked at: who is there, and who was listed.
DECLARE
    everybody bigint[];
BEGIN
    IF directory_search_is_deferred() THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'directory_therapist' THEN
        DELETE FROM directory_pastcard;  -- of who is erased none is kept
    END IF;
    everybody := ARRAY(
        SELECT id FROM directory_therapist UNION SELECT therapist_id FROM directory_searchrow WHERE listed
    );
    IF everybody <> '{}' THEN
        PERFORM directory_refresh_search(everybody);
    END IF;
    RETURN NULL;
END
$function$;
"""
TRIGGERS = "\n".join(
    f"CREATE TRIGGER search_after_truncate AFTER TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION directory_truncated();"
    for table in TABLES
)
DROP = "\n".join(f"DROP TRIGGER search_after_truncate ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("directory", "0007_looks")]

    operations = [migrations.RunSQL(FUNCTION + TRIGGERS, DROP + "DROP FUNCTION directory_truncated();")]
