"""python -m tests.benchmarks.importing --rows N: imports so many therapists into a throw-away database, and measures.

The command runs as a user would start it; meanwhile another process keeps asking the directory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

BUILD = Path(__file__).resolve().parents[2] / "build"
DATABASE = "therapist_bench_import"
COMMAND = [sys.executable, "manage.py", "import_therapists"]
PUBLISH = ["--publish", "--verified-by", "Benchmark register"]
WRONG, DRY_RUN, CHANGED = "one in a hundred rows wrong", "dry run, all new", "something new in each"
STEPS = (WRONG, DRY_RUN, "all new", "the same again", CHANGED)
APPLICATION = "benchmark of imports"
EVERY = 0.1  # seconds between two looks at the memory of the command


def main() -> None:
    options = _options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    os.environ["BENCH_DATABASE"] = DATABASE
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from tests.benchmarks import import_file

    on, progress = timezone.localdate(), Console(stderr=True)
    figures: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory() as folder, _throw_away_database():
        # Somebody has to be there already: a tenth as many others, and two in a hundred of the file itself.
        progress.print("Preparing the database …")
        call_command("migrate", verbosity=0)
        call_command("load_taxonomy", verbosity=0)
        call_command("seed_demo", therapists=max(options.rows // 10, 1000), seed=1, verbosity=0)
        file = Path(folder, "therapists.csv")
        import_file.write(file, rows=max(options.rows // 50, 1), on=on, changed=True)
        call_command("import_therapists", str(file), *PUBLISH, stdout=StringIO())
        for step in STEPS:
            import_file.write(file, rows=options.rows, on=on, changed=step == CHANGED, bad=step == WRONG)
            progress.print(f"{step}: {file.stat().st_size / 2**20:.0f} MiB …")
            arguments = ["--dry-run"] if step == DRY_RUN else []
            figures[step] = _measured([*COMMAND, str(file), *PUBLISH, *arguments], rows=options.rows)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"rows": options.rows, "steps": figures}, indent=1) + "\n", encoding="utf-8")
    Console(width=max(Console().width, 110)).print(_table(figures, options.rows))


def _measured(command: list[str], *, rows: int) -> dict[str, Any]:
    """Run the command beside a reader, and say what both saw."""
    reader = Popen([sys.executable, "-m", "tests.benchmarks.import_readers"], stdin=PIPE, stdout=PIPE, text=True)
    assert reader.stdout is not None
    reader.stdout.readline()  # it is ready
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    memory, backend = 0.0, 0.0
    with Popen(command, stdout=PIPE, stderr=STDOUT, text=True, env=os.environ | {"PGAPPNAME": APPLICATION}) as importer:
        assert importer.stdout is not None
        lines: list[str] = []
        listener = threading.Thread(target=lambda: lines.extend(deque(importer.stdout or (), maxlen=5)))
        listener.start()
        while importer.poll() is None:
            memory = max(memory, _peak_memory(importer.pid))
            backend = max(backend, _backend_seconds())
            time.sleep(EVERY)
        listener.join()
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = json.loads(reader.communicate(timeout=120)[0])
    return {
        "wall_s": round(wall, 1),
        "rows_per_s": round(rows / wall),
        "client_cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "backend_cpu_s": round(backend, 1),
        "peak_memory_mib": round(memory),
        "said": lines[-3:],
        "readers": seen,
    }


def _peak_memory(pid: int) -> float:
    """The most memory that the process has held so far, MiB; 0 when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024 if "VmHWM" in lines else 0.0


def _backend_seconds() -> float:
    """CPU time of the command's PostgreSQL backend; 0 where nobody can see it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [APPLICATION])
        pids = [row[0] for row in cursor.fetchall()]
    try:
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9
    except OSError:
        return 0.0


@contextmanager
def _throw_away_database() -> Iterator[None]:
    """An empty database, gone afterwards."""
    from django.db import connection

    from tests.benchmarks.settings import NORMAL_DATABASE

    given = connection.get_connection_params()  # starts the embedded server when it sleeps
    wanted = ("host", "port", "user", "password")
    with psycopg.connect(
        **{name: given[name] for name in wanted if name in given}, dbname=NORMAL_DATABASE, autocommit=True
    ) as server:
        name = sql.Identifier(DATABASE)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        try:
            yield
        finally:
            connection.close()
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _table(figures: dict[str, dict[str, Any]], rows: int) -> Table:
    table = Table(title=f"Import of {rows:,} rows", title_justify="left")
    for column in (
        "", "wall s", "rows/s", "CPU s: command", "PostgreSQL", "memory MiB", "readers: questions", "waited for a lock",
        "worst ms", "after commit ms",
    ):  # fmt: skip
        table.add_column(column, justify="right" if column else "left")
    for step, seen in figures.items():
        readers = seen["readers"]
        table.add_row(
            step,
            *(
                f"{seen[name]:,}"
                for name in ("wall_s", "rows_per_s", "client_cpu_s", "backend_cpu_s", "peak_memory_mib")
            ),
            f"{readers['questions']:,}",
            str(readers["blocked"]),
            str(max(readers["search_worst_ms"], readers["browse_worst_ms"])),
            str(readers["after_commit_ms"]),
        )
    return table


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--json", type=Path, default=BUILD / "importing.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
