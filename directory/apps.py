from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DirectoryConfig(AppConfig):
    name = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory import checks  # noqa: F401  registers the system checks
        from directory.roles import give_rights

        # After django.contrib.auth's own, which makes the permissions of new models.
        post_migrate.connect(give_rights, sender=self, dispatch_uid="directory.roles")
