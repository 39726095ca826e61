"""Links that went to an old email address end when the address changes, whoever changes it."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION directory_end_links_of_old_address() RETURNS trigger
LANGUAGE plpgsql AS $function$
BEGIN
    UPDATE directory_attestationlink SET ended_at = now()
    WHERE therapist_id = NEW.id AND used_at IS NULL AND ended_at IS NULL;
    RETURN NULL;
END
$function$;

CREATE TRIGGER links_end_with_the_address AFTER UPDATE OF email ON directory_therapist
FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION directory_end_links_of_old_address();
"""

DROP = """
DROP TRIGGER links_end_with_the_address ON directory_therapist;
DROP FUNCTION directory_end_links_of_old_address();
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0022_log_moves_with_its_right")]

    operations = [migrations.RunSQL(FUNCTION, DROP)]
