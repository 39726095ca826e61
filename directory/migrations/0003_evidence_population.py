"""Evidence says who was studied. Rows that are there wait for the next load_taxonomy, which fills it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_search")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="population",
            field=models.CharField(default="", help_text="Who was studied.", max_length=200),
            preserve_default=False,
        ),
    ]
