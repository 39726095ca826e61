"""Names in the order in which they are listed, so that a page in this order need not sort everybody."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_changes_in_order")]

    operations = [
        migrations.AddIndex(
            model_name="therapist",
            index=models.Index(
                django.db.models.functions.text.Lower("name"), models.F("id"), name="therapist_order_by_name"
            ),
        ),
    ]
