"""Rules about more than one row or version: at most five focus concerns, and no confirmation of another name."""

from django.db import migrations

RULES = """
CREATE FUNCTION directory_most_focus() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- At the end of the transaction, so that marks may move in any order. Two transactions that change one therapist take
-- turns before that (directory_refresh_search locks the row), so neither misses what the other wrote.
BEGIN
    IF (
        SELECT count(*) FROM (
            SELECT FROM directory_therapistconcern WHERE therapist_id = NEW.therapist_id AND focus LIMIT 6
        ) marked
    ) > 5 THEN
        RAISE EXCEPTION 'therapist % breaks the rule "at_most_five_focus_concerns"', NEW.therapist_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'at_most_five_focus_concerns',
            TABLE = 'directory_therapistconcern';
    END IF;
    RETURN NULL;
END
$function$;

CREATE CONSTRAINT TRIGGER at_most_five_focus_concerns AFTER INSERT OR UPDATE ON directory_therapistconcern
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.focus) EXECUTE FUNCTION directory_most_focus();

CREATE FUNCTION directory_training_changed() RETURNS trigger
LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION 'approach % breaks the rule "another_training_is_not_confirmed"', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'another_training_is_not_confirmed',
        TABLE = 'directory_therapistapproach';
END
$function$;

CREATE TRIGGER another_training_is_not_confirmed BEFORE UPDATE OF training ON directory_therapistapproach
FOR EACH ROW WHEN (
    NEW.training <> OLD.training AND NEW.training_confirmed_on = OLD.training_confirmed_on
    AND NEW.training_source = OLD.training_source
) EXECUTE FUNCTION directory_training_changed();
"""

DROP = """
DROP TRIGGER another_training_is_not_confirmed ON directory_therapistapproach;
DROP FUNCTION directory_training_changed();
DROP TRIGGER at_most_five_focus_concerns ON directory_therapistconcern;
DROP FUNCTION directory_most_focus();
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0015_trainings_pictures_duplicates")]

    operations = [migrations.RunSQL(RULES, DROP)]
