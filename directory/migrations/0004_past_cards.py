"""Keep the card of before a change, so that an earlier answer can be replayed. Written by the database itself."""

import django.db.models.functions.datetime
from django.db import migrations, models

import directory.models.change

KEEP = """
CREATE FUNCTION directory_keep_past_cards() RETURNS trigger
LANGUAGE plpgsql AS $function$
-- One card per therapist and transaction, as it was before the first write of it, and only where there is a change:
-- somebody whom this very transaction published had a card that nobody saw. Of who is being erased none is kept.
BEGIN
    INSERT INTO directory_pastcard (therapist_id, transaction, card)
    SELECT therapist_id, transaction, card
    FROM old_rows JOIN directory_change d USING (therapist_id)
    WHERE d.transaction = pg_current_xact_id() AND d.kind <> 'published'
      AND EXISTS (SELECT FROM directory_therapist t WHERE t.id = therapist_id)
    ON CONFLICT (therapist_id, transaction) DO NOTHING;
    RETURN NULL;
END
$function$;

CREATE FUNCTION directory_forget_past_cards() RETURNS trigger
LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM directory_pastcard USING old_rows WHERE therapist_id = old_rows.id;
    RETURN NULL;
END
$function$;

CREATE TRIGGER keep_past_card_after_update AFTER UPDATE ON directory_searchcard REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION directory_keep_past_cards();
CREATE TRIGGER keep_past_card_after_delete AFTER DELETE ON directory_searchcard REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION directory_keep_past_cards();
CREATE TRIGGER forget_past_cards_after_delete AFTER DELETE ON directory_therapist REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION directory_forget_past_cards();
"""

DROP = """
DROP TRIGGER forget_past_cards_after_delete ON directory_therapist;
DROP TRIGGER keep_past_card_after_delete ON directory_searchcard;
DROP TRIGGER keep_past_card_after_update ON directory_searchcard;
DROP FUNCTION directory_keep_past_cards(), directory_forget_past_cards();
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_evidence_population")]

    operations = [
        migrations.CreateModel(
            name="PastCard",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "therapist_id", "transaction", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("therapist_id", models.BigIntegerField()),
                (
                    "transaction",
                    directory.models.change.TransactionIdField(db_default=directory.models.change.CurrentTransaction()),
                ),
                ("card", models.JSONField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"indexes": [models.Index(fields=["at"], name="past_card_at")]},
        ),
        migrations.RunSQL(KEEP, DROP),
    ]
