"""Number changes in the order in which they become visible, so that one number names one state of the directory."""

from django.db import migrations

IN_ORDER = """
CREATE FUNCTION directory_changes_in_order() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- A transaction gets its numbers when it writes, and shows them when it commits; another one may have shown higher ones
-- in between. So at its end, transactions that change the directory pass one by one (the lock is held from here until
-- they can be seen), and whoever comes late takes new numbers, above all that anybody has seen.
DECLARE
    own xid8 := pg_current_xact_id();
    latest_of_others bigint;
BEGIN
    IF current_setting('directory.changes_in_order', true) = own::text THEN
        RETURN NULL;  -- the first change of this transaction has seen to all of them
    END IF;
    PERFORM set_config('directory.changes_in_order', own::text, true);
    PERFORM pg_advisory_xact_lock('directory_change'::regclass::int, 0);
    SELECT sequence INTO latest_of_others
    FROM directory_change WHERE transaction <> own ORDER BY sequence DESC LIMIT 1;
    IF latest_of_others > NEW.sequence THEN
        UPDATE directory_change SET sequence = nextval(pg_get_serial_sequence('directory_change', 'sequence'))
        WHERE sequence >= NEW.sequence AND transaction = own;
    END IF;
    RETURN NULL;
END
$function$;

CREATE CONSTRAINT TRIGGER changes_in_order AFTER INSERT ON directory_change
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION directory_changes_in_order();
"""

DROP = """
DROP TRIGGER changes_in_order ON directory_change;
DROP FUNCTION directory_changes_in_order();
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_past_cards")]

    operations = [migrations.RunSQL(IN_ORDER, DROP)]
