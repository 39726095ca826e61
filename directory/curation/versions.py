"""A profile as it stood at one moment of its history: fields, terms and rows together, and how two moments differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import Q

from directory.models import (
    CompactPrivilege,
    License,
    PracticeLocation,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)

ROWS: Final[tuple[type[models.Model], ...]] = (
    License,
    CompactPrivilege,
    PracticeLocation,
    TherapistApproach,
    TherapistConcern,
)
TERMS: Final = ("populations", "session_formats", "delivery_methods", "languages", "insurance_plans")
#: No part of what a profile says: its place in the directory and its own bookkeeping.
BOOKKEEPING: Final = frozenset({"id", "life", "life_reason", "slug", "created_at", "updated_at", "search_document"})
#: Set by the ZIP, and said by it.
UNSAID: Final = frozenset({"id", "therapist_id", "latitude", "longitude"})
#: An import writes the rows of a profile in the same transaction, a moment before the profile itself.
SAME_WRITE: Final = dt.timedelta(minutes=1)

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Version:
    """`fields` by column, `terms` as ids of each vocabulary, `rows` of each model by their id, each by column."""

    fields: Values
    terms: dict[str, frozenset[int]]
    rows: dict[type[models.Model], dict[int, Values]]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that two versions say differently, in words; "–" is not stated, or not there."""

    what: str
    old: str
    new: str


def version_today(therapist: Therapist) -> Version:
    """The profile as the database holds it."""
    return Version(
        fields={name: getattr(therapist, name) for name in _columns(Therapist) - BOOKKEEPING},
        terms={name: frozenset(getattr(therapist, name).order_by().values_list("pk", flat=True)) for name in TERMS},
        rows={
            model: {row.pk: _values(model, row) for row in model._default_manager.filter(therapist=therapist)}
            for model in ROWS
        },
    )


def version_of(record: Any) -> Version:
    """The profile as it stood from that record of its history on, until the next one."""
    until = (
        Therapist.history.filter(id=record.id)
        .filter(Q(history_date__gt=record.history_date) | Q(history_date=record.history_date, pk__gt=record.pk))
        .order_by("history_date", "pk")
        .first()
    )
    return Version(
        fields={name: getattr(record, name) for name in _columns(Therapist) - BOOKKEEPING if hasattr(record, name)},
        terms={name: frozenset(_term_ids(record, name)) for name in TERMS},
        rows={model: dict(_rows_until(model, record, until)) for model in ROWS},
    )


def last_published(therapist: Therapist) -> Any:
    """The record of what the public last got to see: as published for whoever is published, else the last before.

    None for a profile that was never published.
    """
    found = None
    is_published = therapist.life == Therapist.Life.PUBLISHED
    records = Therapist.history.filter(id=therapist.pk).order_by("-history_date", "-pk")
    for pk, life in records.values_list("pk", "life").iterator():
        if life == Therapist.Life.PUBLISHED:
            found = pk
        if (life == Therapist.Life.PUBLISHED) is not is_published:
            break  # the last that was, before it left; or the first of those that are, since it came
    return Therapist.history.filter(pk=found).first()


def differences(old: Version, new: Version) -> list[Difference]:
    """What the second version says otherwise than the first, in the order of the model, rows last."""
    found = []
    for field in Therapist._meta.concrete_fields:
        before, after = old.fields.get(field.attname), new.fields.get(field.attname)
        if field.attname in old.fields and before != after:
            found.append(Difference(what=str(field.verbose_name), old=_said(field, before), new=_said(field, after)))
    for name in TERMS:
        before, after = old.terms[name], new.terms[name]
        if before != after:
            terms: Any = Therapist._meta.get_field(name).remote_field.model  # type: ignore[union-attr]
            names = dict(terms.objects.filter(pk__in=before | after).values_list("pk", "name"))
            found.append(Difference(what=name.replace("_", " "), old=_listed(names, before), new=_listed(names, after)))
    for model in ROWS:
        found += _row_differences(model, old.rows[model], new.rows[model])
    return found


def _row_differences(model: type[models.Model], old: dict[int, Values], new: dict[int, Values]) -> Iterator[Difference]:
    changed = [pk for pk in sorted(old.keys() | new.keys()) if _meant(old.get(pk)) != _meant(new.get(pk))]
    texts = _in_words(model, [rows[pk] for pk in changed for rows in (old, new) if pk in rows])
    for pk in changed:
        yield Difference(
            what=str(model._meta.verbose_name),
            old=texts[_key(old[pk])] if pk in old else "–",
            new=texts[_key(new[pk])] if pk in new else "–",
        )


def _in_words(model: type[models.Model], rows: Iterable[Values]) -> dict[Any, str]:
    """Each row as its model names it, with what else it says; one query for each vocabulary."""
    rows = list(rows)
    terms: dict[str, dict[int, Any]] = {}
    for field in model._meta.concrete_fields:
        if field.is_relation and field.name != "therapist":
            related: Any = field.related_model
            terms[field.name] = related._default_manager.in_bulk({row[field.attname] for row in rows} - {None})
    texts = {}
    for row in rows:
        instance = model(**row)
        for name, known in terms.items():
            setattr(instance, name, known.get(getattr(instance, f"{name}_id")))
        more = [
            f"{field.verbose_name} {_said(field, row[field.attname])}"
            for field in model._meta.concrete_fields
            if not field.is_relation
            and field.attname not in UNSAID | {"number", "street", "city", "zip"}
            and row[field.attname] not in (None, "", False)
        ]
        texts[_key(row)] = ", ".join([str(instance), *more])
    return texts


def _rows_until(model: type[models.Model], version: Any, until: Any) -> Iterator[tuple[int, Values]]:
    history: Any = model.history  # type: ignore[attr-defined]
    records = history.filter(therapist_id=version.id).order_by("history_date", "history_id")
    last: dict[int, Any] = {}
    for record in records:
        later = record.history_date > version.history_date
        if (
            until is not None
            and later
            and (record.history_date >= until.history_date or _was_written_with(record, until))
        ):
            continue
        last[record.id] = record
    for pk, record in last.items():
        if record.history_type != "-":
            yield pk, _values(model, record)


def _was_written_with(record: Any, version: Any) -> bool:
    return bool(
        version.history_change_reason
        and record.history_change_reason == version.history_change_reason
        and record.history_user_id == version.history_user_id
        and version.history_date - record.history_date < SAME_WRITE
    )


def _term_ids(record: Any, name: str) -> Iterator[int]:
    column = f"{Therapist._meta.get_field(name).remote_field.model._meta.model_name}_id"  # type: ignore[union-attr]
    for choice in getattr(record, name).all():
        yield getattr(choice, column)


def _columns(model: type[models.Model]) -> frozenset[str]:
    return frozenset(field.attname for field in model._meta.concrete_fields)


def _values(model: type[models.Model], row: Any) -> Values:
    return {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}


def _meant(row: Values | None) -> Values | None:
    return None if row is None else {name: value for name, value in row.items() if name not in UNSAID}


def _key(row: Values) -> Any:
    return tuple(sorted((name, str(value)) for name, value in row.items()))


def _said(field: Any, value: Any) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(dict(field.flatchoices).get(value, value))


def _listed(names: dict[int, str], ids: frozenset[int]) -> str:
    return ", ".join(sorted(names.get(pk, "?") for pk in ids)) or "–"
