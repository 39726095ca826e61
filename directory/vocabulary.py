"""The names of all codes, for pages and sentences: read once, kept for a minute."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from django.db import connection

from directory.models.taxonomy import VOCABULARIES

KEPT_SECONDS: Final = 60.0

_kept: tuple[float, dict[str, dict[str, str]]] | None = None


def names() -> Mapping[str, Mapping[str, str]]:
    """Vocabulary → code → name, in the order of names. A name that a curator edits is seen within a minute."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEPT_SECONDS:
        _kept = (now, _read())
    return _kept[1]


def _read() -> dict[str, dict[str, str]]:
    one_query = " UNION ALL ".join(
        f"SELECT '{vocabulary}', code, name FROM {model._meta.db_table}"  # noqa: S608  our own table names
        for vocabulary, model in VOCABULARIES.items()
    )
    found: dict[str, dict[str, str]] = {vocabulary: {} for vocabulary in VOCABULARIES}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({one_query}) AS terms (vocabulary, code, name) ORDER BY name, code")  # noqa: S608
        for vocabulary, code, name in cursor.fetchall():
            found[vocabulary][code] = name
    return found
