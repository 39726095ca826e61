"""Search rows of many therapists, written once at the end instead of after every statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from directory.models import (
    CompactPrivilege,
    License,
    PracticeLocation,
    ScreeningFlag,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)

TERM_TABLES = [
    getattr(Therapist, relation).through
    for relation in ("populations", "session_formats", "delivery_methods", "languages", "insurance_plans")
]
TABLES = [
    model._meta.db_table
    for model in (
        Therapist, TherapistApproach, TherapistConcern, License, CompactPrivilege, PracticeLocation, ScreeningFlag,
        *TERM_TABLES,
    )
]  # fmt: skip


@contextmanager
def triggers_deferred() -> Iterator[None]:
    """Within a transaction: the triggers of migration 0002 wait, and the caller owes `refresh_search_rows`."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL directory.defer_search = 'on'")
    yield  # an error rolls the transaction back, and the setting with it
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL directory.defer_search = 'off'")


def refresh_search_rows(therapist_ids: Iterable[int]) -> None:
    """Write search row, card and change of these therapists, as the triggers would have."""
    ids = sorted(set(therapist_ids))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute("SELECT directory_refresh_search(%s)", [ids])


def refresh_statistics() -> None:
    """Tell the planner how much was loaded since: within one transaction nobody else does, and it would scan tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
