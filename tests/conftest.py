"""What every test may lean on: today, the vocabularies, an empty roster, a partner's key."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import blocking_manager_key

from directory.models.compact import Compact, CompactMembership
from directory.models.taxonomy import Evidence, Term, ZipCentroid
from tests.factories import TODAY

# The same examples in every run, so that a red suite means that something changed. New ground is broken on purpose:
# HYPOTHESIS_PROFILE=explore make test.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Load the vocabularies once per test database, and leave nobody in it who would keep it from being dropped."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        # pytest-django makes no test database when nobody asks for one by its own marks and fixtures; `committed` is
        # ours, and would then empty the database of this machine.
        name = connection.settings_dict["NAME"]
        made_here = not name.startswith("test_")
        if made_here:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        call_command("load_taxonomy", verbosity=0)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _let_nobody_stay()
        if made_here:
            connection.creation.destroy_test_db(name, verbosity=0)


def _only_in_a_test_database() -> None:
    name = connection.settings_dict["NAME"]
    assert name.startswith("test_"), f"{name} is no test database"


def _let_nobody_stay() -> None:
    _only_in_a_test_database()
    with connection.cursor() as cursor:
        # A thread of the live server, or of a test that raced two of them, may still be on its way out.
        cursor.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity"  # waits until it is gone
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


# Transactional tests flush every table when they end. The vocabularies come back before the next test that needs the
# database, whichever it is: before its transaction begins, so that they stay.
_flushed = pytest.StashKey[bool]()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    marker = item.get_closest_marker("django_db")
    marked = marker is not None and marker.kwargs.get("transaction", False)
    if marked or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
        item.config.stash[_flushed] = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.config.stash.get(_flushed, False):
        with item.config.stash[blocking_manager_key].unblock():
            call_command("load_taxonomy", verbosity=0)
        item.config.stash[_flushed] = False


@pytest.fixture(autouse=True)
def _roster_of_this_test_only() -> None:
    # The roster lives in the process and would remember rows that the last test rolled back.
    if (roster := sys.modules.get("directory.roster.current")) is not None:
        roster.forget()


@pytest.fixture
def today() -> dt.date:
    return TODAY


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Real transactions: what a test writes is committed, and taken away afterwards. The vocabularies stay.

    For what only several transactions or connections show. Much faster than flushing and loading everything again.
    """
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield
        finally:
            empty_the_directory()
            # After a journey this thread has an event loop, and with it a connection of its own, which nobody else
            # would close before the test database is dropped.
            connection.close()


def empty_the_directory() -> None:
    """Take everybody away, with all that was ever written about them. The vocabularies stay."""
    _only_in_a_test_database()
    kept = {model._meta.db_table for model in (Compact, CompactMembership, Evidence, ZipCentroid)}
    tables = [
        model._meta.db_table
        for model in apps.get_app_config("directory").get_models(include_auto_created=True)
        if not issubclass(model, Term) and model._meta.db_table not in kept
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
