"""What changes seldom and every answer needs, such as the names of all codes: read once, kept for a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from django.db import connections, router

from directory.models.taxonomy import VOCABULARIES, LicenseType
from directory.roster.facets import VOCABULARY_FACETS

KEPT_SECONDS: Final = 60.0

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The answer of `read`, at most a minute old; `fresh=True` reads it now."""

    def __init__(self, read: Callable[[], Value]) -> None:
        self._read = read
        self._kept: tuple[float, Value] | None = None

    def __call__(self, *, fresh: bool = False) -> Value:
        now = time.monotonic()
        if fresh or self._kept is None or now - self._kept[0] > KEPT_SECONDS:
            self._kept = (now, self._read())
        return self._kept[1]

    def forget(self) -> None:
        """Read anew at the next call. For tests, which roll their changes back."""
        self._kept = None


def _read_names() -> Mapping[str, Mapping[str, str]]:
    one_query = " UNION ALL ".join(
        f"SELECT '{vocabulary}', code, name FROM {model._meta.db_table} WHERE retired_on IS NULL"  # noqa: S608  our own
        for vocabulary, model in VOCABULARIES.items()
    )
    found: dict[str, dict[str, str]] = {vocabulary: {} for vocabulary in VOCABULARIES}
    with connections[router.db_for_read(LicenseType)].cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({one_query}) AS terms (vocabulary, code, name) ORDER BY name, code")  # noqa: S608
        for vocabulary, code, name in cursor.fetchall():
            found[vocabulary][code] = name
    return found


#: Vocabulary → code → name, in the order of names: of the terms in use.
names = Kept(_read_names)


def without_retired(facets: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """The counts of every facet, without the codes that nobody states because they were retired."""
    known = names()
    return {
        facet: {
            code: count
            for code, count in counts.items()
            if count or facet not in VOCABULARY_FACETS or code in known[VOCABULARY_FACETS[facet]]
        }
        for facet, counts in facets.items()
    }


def _read_successors() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {vocabulary: {} for vocabulary in VOCABULARIES}
    one_query = " UNION ALL ".join(
        f"SELECT '{vocabulary}', gone.code, term.code FROM {model._meta.db_table} gone"  # noqa: S608  our own
        f" JOIN {model._meta.db_table} term ON term.id = gone.replaced_by_id"
        for vocabulary, model in VOCABULARIES.items()
    )
    with connections[router.db_for_read(LicenseType)].cursor() as cursor:
        cursor.execute(one_query)
        for vocabulary, gone, code in cursor.fetchall():
            found[vocabulary][gone] = code
    return found


#: Vocabulary → code of a term that was merged → the code that it means today.
successors = Kept(_read_successors)


def _read_abbreviations() -> Mapping[str, str]:
    return dict(LicenseType.objects.values_list("code", "abbreviation"))


#: Code of a type of license → what stands behind a name for it.
abbreviations = Kept(_read_abbreviations)
