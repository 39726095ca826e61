"""System checks of the frame: what must be true of a deployment, each with a hint that says what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError
from django.utils import timezone

from config import replicas
from config.crisis_lines import CRISIS_LINES

#: Days since a crisis line's numbers were last held against their source.
AGING: Final = 90
TOO_OLD: Final = 180
VERIFY_AGAIN: Final = (
    "Hold each number against the source named in fixtures/crisis_lines.json, then set its verified_on. "
    "docs/deployment.md says how."
)

Lines = Iterable[Mapping[str, Any]]


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


@register(Tags.database)
def replicas_can_be_read(app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A warning, not an error: the site answers without them, and `migrate` does not need them."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    return [
        Warning(
            f"{alias} of DATABASE_REPLICA_URLS cannot be read: {why}.",
            hint="docs/deployment.md says how to set up a standby. Until then its share goes to the other servers.",
            id="config.W003",
        )
        for alias in settings.REPLICAS
        if (why := _why_not_read(alias))
    ]


def _why_not_read(alias: str) -> str:
    system, _ = replicas.ask(DEFAULT_DB_ALIAS, replicas.PRIMARY_SQL)
    try:
        its_system, replayed = replicas.ask(alias, replicas.REPLICA_SQL)
    except (DatabaseError, InterfaceError) as error:
        return str(error).strip().splitlines()[0].rstrip(".")
    if replayed is None:
        return "it is no standby"
    return "" if its_system == system else "it is a standby of another server than that of DATABASE_URL"


@register("crisis_lines")
def crisis_lines_are_fresh(
    app_configs: Any, *, lines: Lines = CRISIS_LINES, today: dt.date | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn, with every command, of lines that nobody has verified for 90 days."""
    if aging := _older_than(AGING, lines, today):
        return [
            Warning(
                f"Crisis lines last verified {AGING} days ago or earlier: {aging}.", hint=VERIFY_AGAIN, id="config.W002"
            )
        ]
    return []


@register("crisis_lines", deploy=True)
def crisis_lines_may_be_deployed(
    app_configs: Any, *, lines: Lines = CRISIS_LINES, today: dt.date | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a deployment with lines that nobody has verified for 180 days, and name those that nobody ever has.

    For `check --deploy` alone: an error in every command would also stop the hourly purge of drafts on some date. A
    line that was never verified is still shown, since it may be the one that helps, and the page says that it was not.
    """
    found: list[CheckMessage] = []
    if too_old := _older_than(TOO_OLD, lines, today):
        found.append(
            Error(
                f"Crisis lines last verified {TOO_OLD} days ago or earlier: {too_old}.",
                hint=VERIFY_AGAIN,
                id="config.E001",
            )
        )
    if never := ", ".join(line["code"] for line in lines if line["verified_on"] is None):
        found.append(Info(f"Crisis lines never verified: {never}.", hint=VERIFY_AGAIN, id="config.I001"))
    return found


def _older_than(days: int, lines: Lines, today: dt.date | None) -> str:
    limit = (today or timezone.localdate()) - dt.timedelta(days=days)
    return ", ".join(
        f"{line['code']} ({line['verified_on']})"
        for line in lines
        if line["verified_on"] and line["verified_on"] <= limit
    )
