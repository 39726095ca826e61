"""What a piece of work costs: CPU time of this process and of its PostgreSQL backend, and time on the wall."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Milliseconds. `backend` is 0 when PostgreSQL runs on another machine, where nobody can see its CPU."""

    client: float
    backend: float
    wall: float

    @property
    def cpu(self) -> float:
        return self.client + self.backend

    def to_json(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, float]) -> Cost:
        return cls(**data)


def median_cost(costs: Iterable[Cost]) -> Cost:
    """The one with the median CPU time (of an even number, the cheaper of the two in the middle)."""
    by_cpu = sorted(costs, key=lambda cost: cost.cpu)
    return by_cpu[(len(by_cpu) - 1) // 2]


class Meter:
    """Measures work that asks PostgreSQL through one connection, without parallel workers."""

    def __init__(self, backend_pid: int) -> None:
        self._schedule = Path(f"/proc/{backend_pid}/schedstat")
        self.sees_backend = _is_postgres(backend_pid)

    def cost_of(self, work: Callable[[], Result]) -> tuple[Result, Cost]:
        backend, client, wall = self._backend_ns(), time.process_time_ns(), time.perf_counter_ns()
        result = work()
        wall, client = time.perf_counter_ns() - wall, time.process_time_ns() - client
        backend = self._backend_ns() - backend
        return result, Cost(client=client / 1e6, backend=backend / 1e6, wall=wall / 1e6)

    def _backend_ns(self) -> int:
        # The first number: nanoseconds on the CPU. /proc/…/stat counts in hundredths of a second, which is too coarse.
        return int(self._schedule.read_text().split()[0]) if self.sees_backend else 0


def _is_postgres(pid: int) -> bool:
    try:
        return (Path(f"/proc/{pid}/comm").read_text().startswith("postgres")) and Path(
            f"/proc/{pid}/schedstat"
        ).exists()
    except OSError:
        return False
