"""System checks of the directory: what must be true of its database, each with a hint that says what to do.

They ask the database, so they run with `migrate`, and with `check --database default`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

OLDEST_POSTGRESQL: Final = 15
#: What the server may be told to write down about statements and errors without a copy of somebody's row.
PRIVATE_LOGGING: Final[dict[str, tuple[str, ...]]] = {
    "log_min_messages": ("log", "fatal", "panic"),
    "log_error_verbosity": ("terse",),
    "log_min_error_statement": ("panic", "fatal", "log"),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
}


@register(Tags.database)
def server_is_new_enough(app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection: Any = connections[alias]
        version = connection.pg_version // 10_000
        if version < OLDEST_POSTGRESQL:
            found.append(
                Error(
                    f"PostgreSQL {version} is too old for the directory.",
                    hint=f"Use PostgreSQL {OLDEST_POSTGRESQL} or newer in DATABASE_URL, or none for the embedded one.",
                    id="directory.E001",
                )
            )
    return found


@register(Tags.database, deploy=True)
def rows_stay_out_of_the_servers_log(
    app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            for name, private in PRIVATE_LOGGING.items():
                cursor.execute(f"SHOW {name}")
                if (value := cursor.fetchone()[0]) not in private:
                    found.append(
                        Warning(
                            f"PostgreSQL may write rows to its log: {name} is {value}.",
                            hint=f"ALTER SYSTEM SET {name} = '{private[0]}', then SELECT pg_reload_conf().",
                            id="directory.W001",
                        )
                    )
    return found
