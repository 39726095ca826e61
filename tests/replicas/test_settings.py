"""DATABASE_REPLICA_URLS: what is wrong with it is said by name, and never with its password."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import replica_database
from tests.replicas.site import run


@pytest.mark.parametrize(
    ("description", "url"),
    [
        ("another scheme", "mysql://app:hunter2@two/db"),
        ("a slip", "postgrs://app:hunter2@two/db"),
        ("a port that is no number", "postgres://app:hunter2@two:port/db"),
        ("no database", "postgres://app:hunter2@two"),
        ("the rest of a password with a comma", "hunter2@two/db"),
    ],
)
def test_a_url_that_cannot_be_used_is_named(description: str, url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as told:
        replica_database("replica_2", url)
    assert "DATABASE_REPLICA_URLS: replica_2 is no PostgreSQL URL. Write postgres://" in str(told.value), description
    assert "hunter2" not in str(told.value)


def test_manage_py_check_says_so() -> None:
    ran = run("manage.py", "check", DATABASE_REPLICA_URLS="postgres://one/db, postgrs://app:hunter2@two/db")
    assert ran.returncode != 0
    assert "DATABASE_REPLICA_URLS: replica_2 is no PostgreSQL URL." in ran.stderr
    assert "hunter2" not in ran.stdout + ran.stderr


def test_nothing_set_costs_nothing() -> None:
    code = "from config import settings; print(hasattr(settings, 'DATABASE_ROUTERS'), len(settings.DATABASES))"
    ran = run(
        "-c", code + "; print('config.routing.ReadFromReplicas' in settings.MIDDLEWARE)", DATABASE_REPLICA_URLS=""
    )
    assert ran.stdout.split() == ["False", "1", "False"], ran.stderr
