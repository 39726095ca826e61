"""Terms of an earlier version of a profile as they are today: a merged one is what it was merged into."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from directory.curation.versions import TERMS, Values, Version
from directory.models import Approach, Concern, Therapist, TherapistApproach, TherapistConcern

_STATED: Final[dict[Any, tuple[str, Any]]] = {
    TherapistApproach: ("approach_id", Approach),
    TherapistConcern: ("concern_id", Concern),
}


def with_terms_in_use(version: Version) -> Version:
    """The version without terms that were retired, and with those that replaced them. Seven queries at most."""
    terms = {
        name: frozenset(_today(_retired(Therapist._meta.get_field(name).remote_field.model), ids))  # type: ignore[union-attr]
        for name, ids in version.terms.items()
        if name in TERMS
    }
    rows = {model: _rows_today(model, its) if model in _STATED else its for model, its in version.rows.items()}
    return Version(fields=version.fields, terms=terms, rows=rows)


def _retired(terms: Any) -> dict[int, int | None]:
    """What replaced each retired term; None: nothing did."""
    return dict(terms.objects.filter(retired_on__isnull=False).values_list("pk", "replaced_by"))


def _today(retired: Mapping[int, int | None], ids: Any) -> set[int]:
    return {term for term in map(partial(_successor, retired), ids) if term is not None}


def _successor(retired: Mapping[int, int | None], term: int) -> int | None:
    return retired.get(term, term)


def _rows_today(model: Any, rows: Mapping[int, Values]) -> dict[int, Values]:
    """One row for each term: where two became one, the row that stated it itself stays."""
    column, terms = _STATED[model]
    retired = _retired(terms)
    own = {row[column] for row in rows.values() if row[column] not in retired}
    kept: dict[int, Values] = {}
    for pk, row in rows.items():
        term = _successor(retired, row[column])
        if term is None or (row[column] in retired and term in own):
            continue
        own.add(term)
        kept[pk] = row | {column: term}
    return kept
