"""What every test may lean on: today, the vocabularies, an empty roster, a partner's key."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from django.core.management import call_command

from directory.models import Approach
from tests.factories import TODAY


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Load the vocabularies once per test database."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("load_taxonomy", verbosity=0)


@pytest.fixture(autouse=True)
def _vocabularies_survive_flushing(request: pytest.FixtureRequest) -> None:
    # Transactional tests flush every table when they end; the next one finds the vocabularies gone.
    if {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        if not Approach.objects.exists():
            call_command("load_taxonomy", verbosity=0)


@pytest.fixture(autouse=True)
def _roster_of_this_test_only() -> None:
    # The roster lives in the process and would remember rows that the last test rolled back.
    if (roster := sys.modules.get("directory.roster.current")) is not None:
        roster.forget()


@pytest.fixture
def today() -> dt.date:
    return TODAY
