"""Everything that could keep what a visitor said, each with the way to read it whole."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core import signing
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from tests.privacy.database import dump, embedded_data
from tests.privacy.site import SECRET_KEY, Site
from tests.privacy.visits import Visitor

Read = Callable[[Site, Visitor], Iterator[bytes]]


@dataclass(frozen=True)
class Sink:
    name: str
    read: Read


# --- Files ------------------------------------------------------------------------------------------------------------
def file(name: str) -> Read:
    return lambda site, visitor: iter([(site.sinks / name).read_bytes() if (site.sinks / name).exists() else b""])


def files(name: str) -> Read:
    return lambda site, visitor: below(site.sinks / name)


def below(directory: Path, *, newer_than: float = 0, without: str = "") -> Iterator[bytes]:
    """Names and contents of all files there. A server may take one away meanwhile."""
    for path in sorted(directory.rglob("*")):
        if without in path.relative_to(directory).parts:
            continue
        yield str(path).encode()
        try:
            if path.is_file() and path.stat().st_mtime >= newer_than:
                yield path.read_bytes()
        except FileNotFoundError:
            continue


def cache(site: Site, visitor: Visitor) -> Iterator[bytes]:
    for path in sorted((site.sinks / "cache").glob("*.djcache")):
        with path.open("rb") as entry:
            pickle.load(entry)  # when it ends
            yield zlib.decompress(entry.read())


# --- PostgreSQL -------------------------------------------------------------------------------------------------------
def dump_of_the_database(site: Site, visitor: Visitor) -> Iterator[bytes]:
    whole = dump(site.database)
    assert b"assessments_draft" in whole
    yield whole


def tables(pattern: str) -> Read:
    """All rows of the tables whose name is like this."""

    def read(site: Site, visitor: Visitor) -> Iterator[bytes]:
        with site.connect() as connection:
            names = connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name LIKE %s",
                [pattern],
            ).fetchall()
            assert names, f"there is no table like {pattern}"
            for (name,) in names:
                with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as rows:
                    yield b"".join(bytes(row) for row in rows)

    return read


def sessions(site: Site, visitor: Visitor) -> Iterator[bytes]:
    """What is in them: Django signs and compresses it, and hides nothing."""
    with site.connect() as connection:
        for (data,) in connection.execute("SELECT session_data FROM django_session").fetchall():
            opened = signing.loads(data, key=SECRET_KEY, salt="django.contrib.sessions.SessionStore")
            yield json.dumps(opened).encode()


def log_of_postgresql(site: Site, visitor: Visitor) -> Iterator[bytes]:
    if (data := embedded_data()) is None:
        pytest.skip("The log of this server is its operator's; check --deploy --database default watches its settings.")
    yield (data / "log").read_bytes()


def files_of_the_database(site: Site, visitor: Visitor) -> Iterator[bytes]:
    """Tables, indexes and write-ahead log on the disk: what was ever written, also if it was deleted at once."""
    try:
        with site.connect() as connection:
            connection.execute("CHECKPOINT")
            [(directory, oid)] = connection.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
            ).fetchall()
        data = Path(directory)
        assert [*data.iterdir()]
    except (InsufficientPrivilege, OSError):
        pytest.skip("The files of this server are on another machine, or another user's.")
    yield from below(data / "base" / str(oid))
    for part in ("pg_wal", "pg_stat", "pg_stat_tmp", "pg_logical", "base/pgsql_tmp"):
        yield from below(data / part, newer_than=site.started_at)


# --- What went back to the visitor ------------------------------------------------------------------------------------
def headers_of_answers(site: Site, visitor: Visitor) -> Iterator[bytes]:
    """All but the one that is there to carry the key of the answers."""
    for answer in visitor.answers:
        for name, value in answer.headers:
            if not value.startswith("__Host-draft="):
                yield f"{name}: {value}".encode()


def error_pages(site: Site, visitor: Visitor) -> Iterator[bytes]:
    """Pages that go wrong. A form or the API says which value it refused, to the one who sent it (400, 422)."""
    yield from (answer.body for answer in visitor.answers if answer.status >= 403 and answer.status != 422)


SINKS = [
    Sink("application log", file("stdout.log")),
    Sink("error output", file("stderr.log")),
    Sink("access log", file("access.log")),
    Sink("log of PostgreSQL", log_of_postgresql),
    Sink("dump of the database", dump_of_the_database),
    Sink("files of the database", files_of_the_database),
    Sink("sessions", sessions),
    Sink("history", tables("directory_historical%")),
    Sink("admin log", tables("django_admin_log")),
    Sink("failed sign-ins", tables("axes_%")),
    Sink("drafts", tables("assessments_draft")),
    Sink("mail", files("mail")),
    Sink("cache", cache),
    Sink("temporary files", files("tmp")),
    Sink("working directory", files("work")),
    Sink("headers of answers", headers_of_answers),
    Sink("error pages", error_pages),
]
