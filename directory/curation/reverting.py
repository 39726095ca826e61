"""Puts an earlier version of a profile back: its fields, terms and rows. actions.revert_therapist decides and signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import models

from directory.curation.terms_in_use import with_terms_in_use
from directory.curation.versions import ROWS, TERMS, Values, Version, version_today
from directory.models import CompactPrivilege, License, Therapist

#: An agreement is given and withdrawn by a person, not by a click on an old version.
KEPT: Final = frozenset({"consented_on"})
#: What a verification was about: a row that says something else than today was not verified.
VERIFIED: Final[dict[type[models.Model], frozenset[str]]] = {
    License: frozenset({"license_type_id", "number", "jurisdiction_id", "expires_on"}),
    CompactPrivilege: frozenset({"jurisdiction_id", "compact_id", "credential_number", "expires_on"}),
}
NOT_VERIFIED: Final[Values] = {"verified_on": None, "source": "", "method": ""}
#: What a board did to a license since stays done.
STAYS: Final[dict[type[models.Model], frozenset[str]]] = {License: frozenset({"status"})}


def version_put_back(therapist: Therapist, version: Version) -> Version:
    """What the profile will say once that version is put back: all of it, but for consent, verifications and status."""
    today, version = version_today(therapist), with_terms_in_use(version)
    fields = {name: today.fields[name] if name in KEPT else value for name, value in version.fields.items()}
    rows = {
        model: {pk: _row_put_back(model, row, today.rows[model].get(pk)) for pk, row in version.rows[model].items()}
        for model in ROWS
    }
    return Version(fields=fields, terms=version.terms, rows=rows)


def put_back(therapist: Therapist, version: Version, *, sign: Callable[[Any], None]) -> None:
    """Bring the profile to what `version_put_back` said. Call it in a transaction, with the profile locked.

    `sign` is called with each row before it is written or deleted. Raises ValidationError for what is no longer
    possible, such as a number that somebody else has by now.
    """
    for name, value in version.fields.items():
        setattr(therapist, name, value)
    therapist.full_clean(exclude={field.name for field in therapist._meta.fields if field.generated})
    for model in ROWS:
        _put_rows_back(model, therapist, version.rows[model], sign=sign)
    therapist.skip_history_when_saving = True  # type: ignore[attr-defined]  # the record is written once, at the end
    for name in TERMS:
        getattr(therapist, name).set(version.terms[name])
    del therapist.skip_history_when_saving  # type: ignore[attr-defined]
    sign(therapist)
    therapist.save()


def _put_rows_back(
    model: type[models.Model], therapist: Therapist, wanted: dict[int, Values], *, sign: Callable[[Any], None]
) -> None:
    today = {row.pk: row for row in model._default_manager.filter(therapist=therapist)}
    for pk, row in today.items():
        if pk not in wanted:
            sign(row)
            row.delete()
    for pk, values in wanted.items():
        row = today.get(pk) or model(pk=pk)
        if all(getattr(row, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        sign(row)
        row.save(force_insert=pk not in today)


def _row_put_back(model: type[models.Model], old: Values, today: Values | None) -> Values:
    if model not in VERIFIED:
        return old
    same = today is not None and all(today[name] == old[name] for name in VERIFIED[model])
    stays = {name: today[name] for name in STAYS.get(model, ())} if today else {}
    return old | stays | ({name: today[name] for name in NOT_VERIFIED} if same and today else NOT_VERIFIED)
