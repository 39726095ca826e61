"""The roster of this process: loaded once, then kept current by asking the database what changed.

Before every answer the roster looks at the database, and what was committed until then is in that answer:

- Up to MOST_CHANGES_AT_ONCE changed therapists are read again at once, in the call that finds them.
- Of more (an import) only those who are shown no longer are taken out at once. The rest comes with a new roster, which
  a thread loads while requests are answered from the old one; changes after that are again read at once. So nobody is
  shown who was suspended, or lapsed, before the call; what else changed is late by one load, and an answer in between
  may lack who came by the same transaction by which another one left.
- The first load of a process waits, for there is nothing to answer from; load_ahead() has it done before that.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from django.db import connections
from django.utils import timezone

from directory.roster.columns import Columns
from directory.roster.reading import (
    Look,
    ended_on_replica,
    look,
    one_snapshot,
    read_codes,
    read_columns,
    read_departed,
    read_facts,
)
from directory.roster.requirements import Requirements, UnknownCode
from directory.roster.selection import Selection

#: So many are read in about half a second when the directory has a million.
MOST_CHANGES_AT_ONCE: Final = 20_000
#: Seconds until a load that failed is tried again.
LOAD_AGAIN_AFTER: Final = 5.0
#: Seconds that a database may be behind what was seen before it counts as one that has lost something.
BEHIND_AT_MOST: Final = 10.0

log = logging.getLogger(__name__)


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
    is_whole: bool = True  # else only the departed of what was seen are in the roster
    behind_since: float | None = None  # seconds of time.monotonic()

    @property
    def should_be_loaded_anew(self) -> bool:
        # Not within a transaction that wrote: no other connection could read what is not committed.
        return not self.seen.uncommitted and (not self.is_whole or self.roster.columns.is_full)


class _Loading(threading.Thread):
    """A load beside the answers, over a connection of its own, from where the request that began it may read."""

    def __init__(self) -> None:
        super().__init__(name="roster", daemon=True)
        self._context = copy_context()
        self.loaded: _Loaded | None = None
        self._failed_at: float | None = None

    def run(self) -> None:
        try:
            self.loaded = self._context.run(_load)
        except Exception:
            self._failed_at = time.monotonic()
            log.warning("The roster could not be loaded; the old one stays.", exc_info=True)
        finally:
            connections.close_all()

    @property
    def may_be_followed(self) -> bool:
        return self._failed_at is not None and time.monotonic() - self._failed_at > LOAD_AGAIN_AFTER


_lock = threading.Lock()
_loaded: _Loaded | None = None
_loading: _Loading | None = None


def current() -> Roster:
    """The directory as the database has it now, for this connection.

    The first call of a process loads it; every call asks for changes, which costs a fraction of a millisecond when
    there are none. A roster never changes once it is handed out, so a request sees one state of the directory. While
    a load is due, `sequence` stays at the last state that was whole.
    """
    global _loaded, _loading
    with _lock:
        _loaded = _load() if _loaded is None else _handed_over(_loaded) or _refreshed(_loaded)
        if _loaded.should_be_loaded_anew and (_loading is None or _loading.may_be_followed):
            _loading = _Loading()
            _loading.start()
        return _loaded.roster


def _handed_over(old: _Loaded) -> _Loaded | None:
    """The roster that was loaded meanwhile, with what was committed while it was loaded; None if there is none."""
    global _loading
    if _loading is None or _loading.is_alive() or _loading.loaded is None:
        return None
    new = _refreshed(_loading.loaded)
    if not new.seen.snapshot.sees_all_of(old.seen.snapshot):
        return None  # it came from a replica that is still behind what the old roster says
    _loading = None
    return new


def load_ahead(*, at_most: float) -> None:
    """Load the roster before the first request, if that takes at most so many seconds.

    A database that is down, or does not answer, keeps no worker from starting: then the first request loads it.
    """
    loading = threading.Thread(target=copy_context().run, args=[_load_ahead], name="first roster", daemon=True)
    loading.start()
    loading.join(at_most)


def _load_ahead() -> None:
    try:
        current()
    except Exception:
        log.warning("The roster could not be loaded ahead.", exc_info=True)
    finally:
        connections.close_all()  # whoever forks now shares no connection


def forget() -> None:
    """Drop what is in memory; the next call of current() loads it. For tests, which roll their changes back."""
    global _loaded, _loading
    with _lock:
        loading, _loading, _loaded = _loading, None, None
    if loading is not None:
        loading.join()  # so that no connection outlives its test


def _begin_in_child() -> None:
    # A forked worker keeps its parent's columns, but of threads only the one that forked; another may hold the lock.
    global _lock, _loading
    _lock, _loading = threading.Lock(), None


os.register_at_fork(after_in_child=_begin_in_child)


def _load() -> _Loaded:
    with one_snapshot(several_statements=False) as cursor:
        ended = ended_on_replica(cursor)
    with one_snapshot() as cursor:
        seen = look(cursor, since=None, most=0, ended=ended)
        columns = read_columns(cursor)
    columns.day(timezone.localdate())  # before anybody asks; workers that are forked share it
    return _Loaded(Roster(columns, seen.sequence), seen)


def _refreshed(loaded: _Loaded) -> _Loaded:
    since = loaded.seen.snapshot
    with one_snapshot(several_statements=False) as cursor:
        ended = ended_on_replica(cursor)
        after = _without_news(loaded, look(cursor, since=since, most=MOST_CHANGES_AT_ONCE, ended=ended))
    if after is None:
        with one_snapshot() as cursor:
            # Again: what is read and the sequence that names it have to be of one state.
            seen = look(cursor, since=since, most=MOST_CHANGES_AT_ONCE, ended=ended)
            after = _without_news(loaded, seen) or _with_news(cursor, loaded, seen)
    return after


def _without_news(loaded: _Loaded, seen: Look) -> _Loaded | None:
    """What becomes of a roster by a look that saw no changes; None if it did see some."""
    before = loaded.seen
    if not seen.snapshot.sees_all_of(before.snapshot):
        # A replica that is behind the server of an earlier look, or a transaction with an old snapshot. The roster says
        # more than it does: stay, and let the next look go on from what the roster has, so that nothing is passed by
        # and nobody comes back. One that stays behind has lost what was seen (a failover, a backup).
        now = time.monotonic()
        behind_since = loaded.behind_since or now
        if before.uncommitted or now - behind_since > BEHIND_AT_MOST:
            return _load()
        return replace(loaded, behind_since=behind_since)
    if seen.stored_as != before.stored_as:
        return _load()
    if seen.changed_since(before):
        return None
    return _moved_on(loaded, loaded.roster.columns, seen)


def _with_news(cursor: Any, loaded: _Loaded, seen: Look) -> _Loaded:
    changed, columns = seen.changed_since(loaded.seen), loaded.roster.columns
    if len(changed) <= MOST_CHANGES_AT_ONCE:
        columns = columns.replacing(np.array(sorted(changed), dtype=np.int64), read_facts(cursor, changed))
        return _moved_on(loaded, columns, seen)
    if seen.uncommitted or loaded.seen.uncommitted:
        return _load()  # what a transaction has not committed no other connection can read
    departed = read_departed(cursor, since=loaded.seen.snapshot)
    columns = columns.replacing(departed, read_facts(cursor, frozenset()))
    return _moved_on(replace(loaded, is_whole=False), columns, seen)


def _moved_on(loaded: _Loaded, columns: Columns, seen: Look) -> _Loaded:
    sequence = seen.sequence if loaded.is_whole else loaded.roster.sequence
    return replace(loaded, roster=Roster(columns, sequence), seen=seen, behind_since=None)
