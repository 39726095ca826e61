"""Three roles, and the right to publish. directory/roles.py says which rights each has, and gives them afterwards."""

from django.db import migrations

ROLES = ("curator", "lead", "auditor")


def make_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name in ROLES:
        groups.get_or_create(name=name)


def take_roles_away(apps, schema_editor):
    apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias).filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0019_figures"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="therapist",
            options={"permissions": [("publish_therapist", "Can publish and archive therapists")]},
        ),
        migrations.RunPython(make_roles, take_roles_away),
    ]
