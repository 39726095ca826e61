"""Writes the verification log: one statement for one check or for a hundred thousand of the same kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection

from directory.models import CompactPrivilege, License, Result, Verification

SUBJECTS = {
    License: """
        SELECT k.abbreviation || ' ' || x.number || ' (' || j.code || ')' AS subject, x.*
        FROM directory_license x
        JOIN directory_licensetype k ON k.id = x.license_type_id
        JOIN directory_jurisdiction j ON j.id = x.jurisdiction_id
    """,
    CompactPrivilege: """
        SELECT concat_ws(' ', c.name, 'privilege', nullif(x.credential_number, ''), 'in', j.code)
            AS subject, x.*
        FROM directory_compactprivilege x
        LEFT JOIN directory_compact c ON c.id = x.compact_id
        JOIN directory_jurisdiction j ON j.id = x.jurisdiction_id
    """,
}
COLUMNS = {License: "license_id", CompactPrivilege: "privilege_id"}


def log_checks(
    model: type[License] | type[CompactPrivilege],
    ids: Sequence[int],
    *,
    by: AbstractBaseUser | str,
    source: str,
    method: str,
    result: str,
    on: dt.date,
    expires_on: dt.date | None = None,
    note: str = "",
) -> None:
    """Write one entry for each of these licenses or privileges, as the database holds them now.

    `expires_on` is the last day the source showed.
    """
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO directory_verification (therapist_id, {COLUMNS[model]}, subject, source, method, result, "  # noqa: S608
            "checked_on, expires_on, by, user_id, note, recorded_at) "
            "SELECT therapist_id, id, subject, %s, %s, %s, %s, %s, %s, %s, %s, now() FROM "
            f"({SUBJECTS[model]}) checked WHERE id = ANY(%s)",
            [
                source[:200],
                method,
                result,
                on,
                expires_on,
                str(by)[:200] or "nobody named",
                None if isinstance(by, str) else by.pk,
                note[:500],
                list(ids),
            ],
        )


def not_confirmed(model: type[License] | type[CompactPrivilege], ids: Sequence[int]) -> set[int]:
    """Which of these licenses or privileges were checked, and not confirmed the last time."""
    if not ids:
        return set()
    column = COLUMNS[model]
    newest = (
        Verification.objects.filter(**{f"{column}__in": ids})
        .order_by(column, "-checked_on", "-pk")
        .distinct(column)
        .values_list(column, "result")
    )
    return {pk for pk, result in newest if result != Result.CONFIRMED}


def log_standing(therapist_ids: Sequence[int], *, by: str, method: str) -> None:
    """Write one confirming entry for each verified license and privilege of these therapists, as of its own day."""
    for model, column in COLUMNS.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO directory_verification (therapist_id, {column}, subject, source, method, result, "  # noqa: S608
                "checked_on, expires_on, by, note, recorded_at) "
                "SELECT therapist_id, id, subject, source, %s, 'confirmed', verified_on, expires_on, %s, '', now() "
                f"FROM ({SUBJECTS[model]}) checked "
                "WHERE therapist_id = ANY(%s) AND verified_on IS NOT NULL",
                [method, by, list(therapist_ids)],
            )
