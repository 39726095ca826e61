"""What the roster asks before every answer, as a function: PostgreSQL plans it once for each connection."""

from django.db import migrations

LOOK = """
CREATE FUNCTION directory_look(
    since pg_snapshot, most integer,
    OUT shown pg_snapshot, OUT own xid8, OUT latest bigint, OUT stored_as oid, OUT news bigint[], OUT own_rows text[]
)
-- STABLE: all of it sees the state of the statement that calls it. The plans are made once, for whatever arguments.
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $function$
-- shown      what this look sees
-- own        the transaction that looks, if it has written anything
-- latest     the last change it sees (directory_change.sequence)
-- stored_as  another number when the search rows were truncated, which leaves no versions
-- news       whose row was written by a transaction that `since` did not see and this look does; at most `most`, NULL
--            for nobody
-- own_rows   {therapist, copy} of rows that the transaction itself wrote; ctid, xmin and cmin name a copy of a row
DECLARE
    ended xid8[];
BEGIN
    shown := pg_current_snapshot();
    own := pg_current_xact_id_if_assigned();
    latest := coalesce((SELECT max(sequence) FROM directory_change), 0);
    stored_as := pg_relation_filenode('directory_searchrow');
    IF shown::text <> since::text THEN
        -- Versions of transactions that still run are passed by: an import has many, and nobody can see them.
        ended := ARRAY(
            SELECT xid FROM pg_snapshot_xip(since) xid
            WHERE pg_visible_in_snapshot(xid, shown) AND xid IS DISTINCT FROM own
        );
        IF ended <> '{}' THEN
            news := ARRAY(SELECT therapist_id FROM directory_searchrow WHERE version = ANY (ended) LIMIT most);
        END IF;
        news := news || ARRAY(
            SELECT therapist_id FROM directory_searchrow
            WHERE version >= pg_snapshot_xmax(since) AND version < pg_snapshot_xmax(shown)
                AND version IS DISTINCT FROM own
            ORDER BY version
            LIMIT most
        );
    END IF;
    IF own IS NOT NULL THEN
        own_rows := ARRAY(
            SELECT ARRAY[therapist_id::text, concat_ws(' ', ctid, xmin, cmin)]
            FROM directory_searchrow WHERE version = own
        );
    END IF;
END
$function$;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0006_order_by_name")]

    operations = [migrations.RunSQL(LOOK, "DROP FUNCTION directory_look(pg_snapshot, integer)")]
