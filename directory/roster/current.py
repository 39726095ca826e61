"""The roster of this process: loaded once, then kept current by asking the database what changed."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np

from directory.roster.columns import Columns
from directory.roster.reading import Look, look, one_snapshot, read_codes, read_columns, read_facts
from directory.roster.requirements import Requirements, UnknownCode
from directory.roster.selection import Selection

#: More changes than this at once (an import, a first seeding) are read faster by loading everything.
MOST_CHANGES_AT_ONCE: Final = 5000


class Roster:
    """The published directory at one moment. `sequence` is the last change it knows (Change.sequence)."""

    def __init__(self, columns: Columns, sequence: int) -> None:
        self.columns = columns
        self.sequence = sequence

    def select(self, requirements: Requirements) -> Selection:
        """The therapists listed on the day asked who meet every requirement; UnknownCode for an unknown code."""
        try:
            return self.columns.select(requirements)
        except UnknownCode:  # perhaps a term that was added after the last change of a profile
            with one_snapshot(several_statements=False) as cursor:
                codes = read_codes(cursor)
            return self.columns.with_codes(codes).select(requirements)


@dataclass(frozen=True)
class _Loaded:
    roster: Roster
    seen: Look


_lock = threading.Lock()
_loaded: _Loaded | None = None


def current() -> Roster:
    """The directory as the database has it now, for this connection.

    The first call of a process loads it; every call asks for changes, which costs a fraction of a millisecond when
    there are none. A roster never changes once it is handed out, so a request sees one state of the directory.
    """
    global _loaded
    with _lock:
        _loaded = _load() if _loaded is None else _refreshed(_loaded)
        return _loaded.roster


def forget() -> None:
    """Drop what is in memory; the next call of current() loads it. For tests, which roll their changes back."""
    global _loaded
    with _lock:
        _loaded = None


def _renew_lock() -> None:
    # A forked worker keeps its parent's columns, but a thread of the parent may have held the lock.
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_lock)


def _load() -> _Loaded:
    with one_snapshot() as cursor:
        seen = look(cursor, since=None, most=MOST_CHANGES_AT_ONCE)
        return _Loaded(Roster(read_columns(cursor), seen.sequence), seen)


def _refreshed(loaded: _Loaded) -> _Loaded:
    columns, since = loaded.roster.columns, loaded.seen.horizon
    with one_snapshot(several_statements=False) as cursor:
        seen = look(cursor, since=since, most=MOST_CHANGES_AT_ONCE)
    if len(seen.rows) > MOST_CHANGES_AT_ONCE:
        return _load()
    if seen.changed_since(loaded.seen):
        with one_snapshot() as cursor:
            # Again: what is read and the sequence that names it have to be of one state.
            seen = look(cursor, since=since, most=MOST_CHANGES_AT_ONCE)
            if len(seen.rows) > MOST_CHANGES_AT_ONCE:
                return _load()
            changed = seen.changed_since(loaded.seen)
            fresh = read_facts(cursor, changed)
        columns = columns.replacing(np.array(sorted(changed), dtype=np.int64), fresh)
    return _Loaded(Roster(columns, seen.sequence), seen)
