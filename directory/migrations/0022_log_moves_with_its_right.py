"""When two profiles become one, the checks of a license go with it: erasing the other one leaves them."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION directory_verification_is_append_only() RETURNS trigger
LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM directory_therapist WHERE id = OLD.therapist_id) THEN
        RETURN OLD;
    END IF;
    %s
    RAISE EXCEPTION 'The verification log is only ever added to; it goes with its therapist.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'verification_log_is_append_only';
END
$function$;
"""
MOVES = """
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'therapist_id' = to_jsonb(OLD) - 'therapist_id' AND (
        EXISTS (SELECT FROM directory_license WHERE id = NEW.license_id AND therapist_id = NEW.therapist_id)
        OR EXISTS (SELECT FROM directory_compactprivilege
            WHERE id = NEW.privilege_id AND therapist_id = NEW.therapist_id)
    ) THEN
        RETURN NEW;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0021_profile_digest")]

    operations = [migrations.RunSQL(FUNCTION % MOVES, FUNCTION % "")]
