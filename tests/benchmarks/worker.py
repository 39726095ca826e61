"""A fresh worker: from its start to its first answer, and the memory it then holds. The benchmark starts it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE, run
from typing import Any

MEBIBYTE = 2**20


def loading(intakes: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Measured in a process of its own, which did nothing before: {name: milliseconds, seconds or MiB}.

    Memory is what it holds after it has answered all of these intakes.
    """
    given = json.dumps({"started": time.monotonic(), "intakes": intakes})
    done = run([sys.executable, "-m", "tests.benchmarks.worker"], input=given, check=True, stdout=PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _measure(started: float, intakes: Sequence[dict[str, Any]]) -> dict[str, float]:
    import django

    django.setup()
    from django.utils import timezone

    from directory.roster.current import current
    from matching.api import views  # noqa: F401  an idle worker has imported all this
    from matching.intake import Intake
    from matching.matchmaking import find_matches
    from tests.benchmarks.database import measured_connection
    from tests.benchmarks.measuring import Meter

    meter, on = Meter(measured_connection()), timezone.localdate()
    asked = [Intake.from_json(intake) for intake in intakes]
    idle = _memory("VmRSS")
    _, cost = meter.cost_of(current)
    find_matches(asked[0], on=on)
    first_answer = time.monotonic() - started
    for intake in asked:
        find_matches(intake, on=on)
    return {
        "load_cpu_ms": cost.cpu,
        "load_wall_ms": cost.wall,
        "first_answer_s": first_answer,
        "memory_above_idle_mib": _memory("VmRSS") - idle,
        "peak_above_idle_mib": _memory("VmHWM") - idle,
    }


def _memory(name: str) -> float:
    """VmRSS (resident now) or VmHWM (the most so far) of this process, MiB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[name].split()[0]) * 1024 / MEBIBYTE


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    figures = _measure(**json.load(sys.stdin))
    json.dump({name: round(value, 2) for name, value in figures.items()}, sys.stdout)
