"""What tests of the roster share: other threads with connections of their own, and the two engines held equal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connections

from directory.models import Therapist
from directory.roster.columns import Columns
from directory.roster.current import current
from directory.roster.reading import one_snapshot, read_columns
from directory.roster.requirements import Requirements
from tests.factories import TODAY

Result = TypeVar("Result")
WAIT = 60  # seconds; only so that a test which would hang fails


class Beside(threading.Thread):
    """Work in another thread, over a connection of its own; ended() waits for it and tells what became of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:
            self._error = error
        finally:
            connections.close_all()

    def ended(self) -> Any:
        self.join(WAIT)
        assert not self.is_alive(), "it hangs"
        if self._error is not None:
            raise self._error
        return self._result


def beside(work: Callable[[], Result]) -> Result:
    """Do this over another connection, and wait for it."""
    result: Result = Beside(work).ended()
    return result


def closing(work: Callable[[], Any]) -> Callable[[], None]:
    """The same, leaving no connection of its thread behind."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    return run


def listed() -> list[int]:
    """Who is in the next answer, by id."""
    return sorted(current().select(Requirements(on=TODAY)).ids.tolist())


def listed_by_sql() -> list[int]:
    return sorted(Therapist.objects.published(on=TODAY).values_list("id", flat=True))


def facts(columns: Columns) -> dict[int, tuple[Any, ...]]:
    """All that columns say of each listed therapist, in whatever way they hold it."""
    selection = columns.select(Requirements(on=TODAY))
    said = [
        *(selection.has(vocabulary, code) for vocabulary, codes in sorted(columns.codes.items()) for code in codes),
        *(
            selection.has(mark, code)
            for mark, of in (("trained", "approaches"), ("focus", "concerns"))
            for code in columns.codes[of]
        ),
        *(
            selection.numbers(name)
            for name in ("gender", "accepting", "sliding_scale", "years_in_practice", "opening_on", "fee_from")
        ),
    ]
    return dict(zip(selection.ids.tolist(), zip(*(column.tolist() for column in said), strict=True), strict=True))


def hold_current() -> None:
    """The roster says what is in the database, as one that was loaded this moment does."""
    with one_snapshot() as cursor:
        fresh = read_columns(cursor)
    kept = current().columns
    assert listed() == listed_by_sql()
    assert facts(kept) == facts(fresh)
    asked = Requirements(on=TODAY)
    assert kept.select(asked).facets() == fresh.select(asked).facets()
