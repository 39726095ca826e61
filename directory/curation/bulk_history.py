"""History rows for many rows at once: what django-simple-history writes on save(), for bulk statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, models
from django.utils import timezone
from simple_history.utils import get_m2m_field_name

from directory.models import Therapist

CREATED, CHANGED, DELETED = "+", "~", "-"
LONGEST_REASON = 100


def record(
    model: type[models.Model], ids: Sequence[int], kind: str, *, by: AbstractBaseUser | str, reason: str
) -> list[int]:
    """Write one history row for each of these rows, as the database holds it now (of those that go: while they are
    there), and return the ids of the history rows. Many-to-many terms are not in it.
    """
    if not ids:
        return []
    history: Any = model.history.model  # type: ignore[attr-defined]
    columns = ", ".join(_quoted(field.column) for field in history.tracked_fields)
    user = None if isinstance(by, str) else by.pk
    reason = f"{by}: {reason}" if isinstance(by, str) else reason
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_quoted(history._meta.db_table)} "  # noqa: S608
            f"({columns}, history_date, history_user_id, history_change_reason, history_type) "
            f"SELECT {columns}, %s, %s, %s, %s FROM {_quoted(model._meta.db_table)} WHERE id = ANY(%s) "
            "RETURNING history_id",
            [timezone.now(), user, reason[:LONGEST_REASON], kind, list(ids)],
        )
        return [row[0] for row in cursor.fetchall()]


def record_therapists(ids: Sequence[int], kind: str, *, by: AbstractBaseUser | str, reason: str) -> None:
    """Write one history row for each therapist, with the many-to-many terms that the database holds now."""
    records = record(Therapist, ids, kind, by=by, reason=reason)
    if not records:
        return
    history: Any = Therapist.history.model
    for field in history._history_m2m_fields:
        table = getattr(Therapist, field.name).through
        kept = getattr(history, field.name).model
        columns = [_quoted(x.column) for x in table._meta.fields]
        owner = _quoted(f"{get_m2m_field_name(field)}_id")
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_quoted(kept._meta.db_table)} ({', '.join(columns)}, history_id) "  # noqa: S608
                f"SELECT {', '.join(f'stated.{column}' for column in columns)}, record.history_id "
                f"FROM {_quoted(history._meta.db_table)} record "
                f"JOIN {_quoted(table._meta.db_table)} stated ON stated.{owner} = record.id "
                "WHERE record.history_id = ANY(%s)",
                [records],
            )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
