"""A fresh worker: what loading the roster costs and the memory it then holds, as JSON. The benchmark starts it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from subprocess import PIPE, run
from typing import Any

import numpy as np

MEBIBYTE = 2**20


def loading() -> dict[str, float]:
    """Measured in a process of its own, which did nothing before: {name: milliseconds or MiB}."""
    done = run([sys.executable, "-m", "tests.benchmarks.worker"], check=True, stdout=PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _load() -> dict[str, float]:
    import django

    django.setup()
    from django.utils import timezone

    from directory.roster.current import current
    from directory.roster.requirements import Requirements
    from matching import api, matchmaking  # noqa: F401  an idle worker has imported these
    from tests.benchmarks.database import measured_connection
    from tests.benchmarks.measuring import Meter

    meter = Meter(measured_connection())
    idle = _memory("VmRSS")
    roster, cost = meter.cost_of(current)
    loaded, peak = _memory("VmRSS"), _memory("VmHWM")
    on = timezone.localdate()
    _, first_answer = meter.cost_of(lambda: current().select(Requirements(on=on, jurisdictions=("CA",))).facets())
    return {
        "listed": len(roster.columns),
        "load_cpu_ms": cost.cpu,
        "load_client_cpu_ms": cost.client,
        "load_wall_ms": cost.wall,
        "first_answer_cpu_ms": first_answer.cpu,
        "columns_mib": sum(array.nbytes for array in _arrays(roster.columns)) / MEBIBYTE,
        "memory_above_idle_mib": loaded - idle,
        "peak_above_idle_mib": peak - idle,
    }


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _arrays(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _arrays(getattr(value, field.name))


def _memory(name: str) -> float:
    """VmRSS (resident now) or VmHWM (the most so far) of this process, MiB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[name].split()[0]) / 1024


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    json.dump({name: round(value, 2) for name, value in _load().items()}, sys.stdout)
