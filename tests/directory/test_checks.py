"""What the system checks ask of the database, and what they advise."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections

from directory.checks import PRIVATE_LOGGING, rows_stay_out_of_the_servers_log

pytestmark = pytest.mark.django_db


def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("check", databases=["default"])
    monkeypatch.setattr(connections["default"], "pg_version", 140012)
    with pytest.raises(SystemCheckError, match=r"PostgreSQL 14 is too old(.|\n)*DATABASE_URL"):
        call_command("check", databases=["default"])


@pytest.fixture
def private_server() -> None:
    with connection.cursor() as cursor:
        for name, private in PRIVATE_LOGGING.items():
            cursor.execute(f"SET LOCAL {name} = '{private[0]}'")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log_min_messages", "error"),
        ("log_error_verbosity", "default"),
        ("log_min_error_statement", "error"),
        ("log_statement", "mod"),
        ("log_min_duration_statement", "200ms"),
    ],
)
def test_a_server_that_writes_rows_to_its_log_is_told(private_server: None, setting: str, value: str) -> None:
    def warnings() -> list[Any]:
        return rows_stay_out_of_the_servers_log(None, databases=["default"])

    assert warnings() == []
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {setting} = '{value}'")
    [warning] = warnings()
    assert (warning.id, warning.msg) == (
        "directory.W001",
        f"PostgreSQL may write rows to its log: {setting} is {value}.",
    )
    assert f"ALTER SYSTEM SET {setting} = '{PRIVATE_LOGGING[setting][0]}'" in warning.hint
