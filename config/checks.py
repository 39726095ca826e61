"""System checks of the frame: what must be true of a deployment, each with a hint that says what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def staff_have_a_second_factor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.STAFF_SECOND_FACTOR:
        return []
    return [
        Warning(
            "Staff can sign in with a password alone.",
            hint="Unset STAFF_SECOND_FACTOR, and give each member of staff a device: "
            "manage.py addstatictoken USERNAME prints a first one-time code.",
            id="config.W001",
        )
    ]
