"""Which streaming replica may answer now: one known to hold all that the primary had less than a second ago.

Nobody's clock is trusted, and no replica's word about itself: a replica that was cut off says that it has replayed all
it got. Each process asks the primary now and then how far its log has come. A replica that has replayed up to such a
position is as new as the moment of that asking. docs/decisions/0010-replicas.md says why.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

log = structlog.get_logger("replicas")

MEASURED_EVERY: Final = 0.25  # seconds, in each process
#: Seconds that a replica may be behind when a request begins to read from it. The rest of a second is for the request.
MOST_BEHIND: Final = 0.75
REST: Final = 5.0  # seconds before a replica that was lost is tried again

# Flushed, not written: what has been committed is flushed, and no more than that is sent to replicas.
PRIMARY_SQL: Final = "SELECT system_identifier, pg_current_wal_flush_lsn() - '0/0'::pg_lsn FROM pg_control_system()"
REPLICA_SQL: Final = """
    SELECT system_identifier, CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn END
    FROM pg_control_system()
"""


class Positions:
    """How far the primary's log had come at the last few moments when it was asked."""

    def __init__(self) -> None:
        self._noted: deque[tuple[float, int]] = deque(maxlen=8)

    def note(self, position: int, *, at: float) -> None:
        """`at`: the moment just before asking, so that the position holds all that was committed until then."""
        self._noted.append((at, position))

    def last_noted_at(self) -> float:
        return self._noted[-1][0] if self._noted else -math.inf

    def as_of(self, replayed: int) -> float:
        """The latest moment whose commits are all among what was replayed; minus infinity when none is known."""
        return max((at for at, position in self._noted if position <= replayed), default=-math.inf)

    def is_late(self, replayed: int, *, by: float) -> bool:
        """Whether something is missing that the primary had when it was asked before the moment `by`."""
        return any(position > replayed for at, position in self._noted if at <= by)


@dataclass
class Replica:
    """What this process knows of a replica; all times are of the monotonic clock."""

    alias: str
    measured_at: float = -math.inf
    as_of: float = -math.inf  # it holds all that the primary had at this moment
    rests_until: float = -math.inf
    is_left: bool = False  # so the log says


class Replicas:
    """The replicas as this process sees them. Threads share it; each has connections of its own."""

    def __init__(self, aliases: list[str]) -> None:
        # Processes spread over the replicas, and each stays with its first one as long as that is fresh.
        first = os.getpid() % max(len(aliases), 1)
        self._replicas = {alias: Replica(alias) for alias in [*aliases[first:], *aliases[:first]]}
        self._system: int | None = None
        self._positions = Positions()
        self._measuring = threading.Lock()

    def choose(self) -> str:
        """The alias of a replica that is less than MOST_BEHIND behind, else of the primary."""
        return next((alias for alias, replica in self._replicas.items() if self._is_fresh(replica)), DEFAULT_DB_ALIAS)

    def leave(self, alias: str, *, reason: str = "lost") -> None:
        """Let a replica rest whose connection broke, or which gave up on a statement."""
        replica = self._replicas[alias]
        replica.rests_until = time.monotonic() + REST
        connections[alias].close()
        connections[alias].errors_occurred = False
        self._say_left(replica, reason)

    def _is_fresh(self, replica: Replica) -> bool:
        now = time.monotonic()
        if now < replica.rests_until:
            return False
        # One thread measures; the others go by what was known, as long as that is recent.
        if now - replica.measured_at >= MEASURED_EVERY and self._measuring.acquire(blocking=False):
            try:
                self._measure(replica, now)
            finally:
                self._measuring.release()
        return time.monotonic() - replica.as_of <= MOST_BEHIND and time.monotonic() >= replica.rests_until

    def _measure(self, replica: Replica, now: float) -> None:
        replica.measured_at = now
        if now - self._positions.last_noted_at() >= MEASURED_EVERY:
            try:
                self._system, flushed = ask(DEFAULT_DB_ALIAS, PRIMARY_SQL)
                self._positions.note(flushed, at=now)
            except (DatabaseError, InterfaceError):
                # Without the primary nobody can say how new a replica is: soon none is taken any more.
                connections[DEFAULT_DB_ALIAS].close()
        try:
            system, replayed = ask(replica.alias, REPLICA_SQL)
        except (DatabaseError, InterfaceError):
            self.leave(replica.alias)
            return
        if replayed is None or system != self._system:
            replica.as_of = -math.inf
            self._say_left(replica, "no standby of this primary")
            return
        replica.as_of = self._positions.as_of(replayed)
        if self._positions.is_late(replayed, by=now - MOST_BEHIND):
            self._say_left(replica, "behind")
        elif replica.is_left and now - replica.as_of <= MOST_BEHIND:
            replica.is_left = False
            log.info("replica taken again", replica=replica.alias)

    @staticmethod
    def _say_left(replica: Replica, reason: str) -> None:
        if not replica.is_left:
            replica.is_left = True
            log.warning("replica left", replica=replica.alias, reason=reason)


def ask(alias: str, sql: str) -> Any:
    """The one row that a server answers."""
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


replicas = Replicas(settings.REPLICAS)


def _begin_anew() -> None:
    # A forked worker has its own place among the replicas, and no thread of its parent that would release the lock.
    global replicas
    replicas = Replicas(settings.REPLICAS)


os.register_at_fork(after_in_child=_begin_anew)
