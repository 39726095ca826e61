"""Fixtures of the directory's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection

from directory.models.taxonomy import Evidence, Term, ZipCentroid


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
    kept = {model._meta.db_table for model in (Evidence, ZipCentroid)}
    tables = [
        model._meta.db_table
        for model in apps.get_app_config("directory").get_models(include_auto_created=True)
        if not issubclass(model, Term) and model._meta.db_table not in kept
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
