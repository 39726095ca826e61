"""Where and of what the figures are: the machine, the versions, the commit."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from subprocess import run
from typing import Any

PACKAGES = ("django", "numpy", "psycopg", "tantivy", "gunicorn")


def machine(server: Mapping[str, str], *, backend_cpu_seen: bool) -> dict[str, Any]:
    cpu = _value("/proc/cpuinfo", "model name") or platform.processor()
    memory = int((_value("/proc/meminfo", "MemTotal") or "0").split()[0])
    return {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "command": " ".join(["python -m tests.benchmarks", *sys.argv[1:]]),
        "same": [_commit(), cpu, os.cpu_count()],  # figures of different sizes belong together when this is equal
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**20),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "packages": {package: version(package) for package in PACKAGES},
        "postgresql": dict(server),
        "backend_cpu_seen": backend_cpu_seen,
    }


def in_a_line(machine: Mapping[str, Any]) -> str:
    server = machine["postgresql"]
    packages = ", ".join(f"{name} {its}" for name, its in machine["packages"].items())
    return (
        f"{machine['at']}, commit {machine['same'][0]}, {machine['cores']} × {machine['cpu']}, {machine['memory_gib']} "
        f"GiB, load {machine['load_average'][0]}; Python {machine['python']}, {packages}, "
        f"PostgreSQL {server['server_version']} (shared_buffers {server['shared_buffers']})"
    )


def _commit() -> str:
    """The last commit of code, with a plus when something in the code differs from it."""
    code = ["--", "*.py", "*.sql", "uv.lock"]
    try:
        last = run(["git", "log", "-1", "--format=%h", *code], check=True, capture_output=True, text=True)
        head, changed = last.stdout.strip(), run(["git", "diff", "--quiet", "HEAD", *code], check=False).returncode
    except OSError:
        return "unknown"
    return head + "+" * bool(changed)


def _value(path: str, name: str) -> str | None:
    file = Path(path)
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith(name)), None)
