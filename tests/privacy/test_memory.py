"""What a client asks is not remembered by the process once the answer is there."""

from __future__ import annotations

import functools
import gc
from dataclasses import replace

import pytest

from matching.intake import Intake
from matching.matchmaking import find_matches
from tests.factories import TODAY, TherapistFactory

OURS = ("assessments.", "config.", "directory.", "matching.")
PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
SENSITIVE = replace(
    PLAIN,
    concerns={"domestic-violence": 3, "gender-identity": 2},
    languages=("es", "vi"),
    insurance=("aetna",),
    approaches=("emdr",),
    populations=("lgbtq",),
    trauma=True,
    safe_at_home=True,
)


def remembered() -> dict[str, int]:
    """How many entries each cache of a function of ours has."""
    # Of its type, not an instance: a lazy object of an earlier test would wake up to say what it is.
    caches = [found for found in gc.get_objects() if type(found) is functools._lru_cache_wrapper]
    return {
        f"{cache.__module__}.{cache.__qualname__}": cache.cache_info().currsize
        for cache in caches
        if cache.__module__.startswith(OURS)
    }


@pytest.mark.django_db
def test_no_cache_of_a_function_grows_with_what_is_asked() -> None:
    TherapistFactory()
    find_matches(PLAIN, on=TODAY)
    before = remembered()
    find_matches(SENSITIVE, on=TODAY)
    assert remembered() == before
