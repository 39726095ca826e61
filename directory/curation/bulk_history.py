"""History rows for many rows at once: what django-simple-history writes on save(), for bulk statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils import timezone
from simple_history.utils import get_m2m_field_name

from directory.models import Therapist

CREATED, CHANGED, DELETED = "+", "~", "-"
LONGEST_REASON = 100
BATCH = 1000


def record(rows: Sequence[models.Model], kind: str, *, by: AbstractBaseUser | str, reason: str) -> list[Any]:
    """Write one history row for each row, as it stands in memory, and return them. Many-to-many terms are not in it."""
    if not rows:
        return []
    history: Any = type(rows[0]).history.model  # type: ignore[attr-defined]
    user = None if isinstance(by, str) else by
    reason = f"{by}: {reason}" if isinstance(by, str) else reason
    now = timezone.now()
    records = [
        history(
            history_date=now,
            history_user=user,
            history_change_reason=reason[:LONGEST_REASON],
            history_type=kind,
            **{field.attname: getattr(row, field.attname) for field in history.tracked_fields},
        )
        for row in rows
    ]
    return list(history.objects.bulk_create(records, batch_size=BATCH))


def record_therapists(therapists: Sequence[Therapist], kind: str, *, by: AbstractBaseUser | str, reason: str) -> None:
    """Write one history row for each therapist, with the many-to-many terms that the database holds now."""
    records = {row.id: row for row in record(therapists, kind, by=by, reason=reason)}
    if not records:
        return
    history: Any = Therapist.history.model
    for field in history._history_m2m_fields:
        table = getattr(Therapist, field.name).through
        names = [f.attname for f in table._meta.fields]
        owner = f"{get_m2m_field_name(field)}_id"
        kept: list[Any] = []
        model = getattr(history, field.name).model
        for values in table.objects.filter(**{f"{owner}__in": list(records)}).values(*names):
            kept.append(model(history=records[values[owner]], **values))
        model.objects.bulk_create(kept, batch_size=BATCH)
