"""The benchmark's own database, made on first need and kept for the next run."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql

from directory.models import SearchRow
from directory.roster.schema import day_number
from tests.benchmarks.settings import NORMAL_DATABASE

DAYS_TO_SPARE = 30  # nobody lapses while the benchmark runs, nor soon after


def prepare(therapists: int) -> None:
    """Create, migrate and fill the database until it holds so many invented therapists."""
    _create()
    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    soon = day_number(timezone.localdate()) + DAYS_TO_SPARE
    if SearchRow.objects.filter(listed=True, listed_until__gte=soon).count() != therapists:
        # Adds whom it misses, and confirms the facts of an older run again, so that nobody lapses.
        call_command("seed_demo", therapists=therapists, seed=1)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def measured_connection() -> int:
    """The process id of the backend of Django's connection, after keeping its work in this one process."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def plain_connection() -> psycopg.Connection[Any]:
    """A connection of psycopg alone, without Django."""
    return psycopg.connect(**_parameters(), autocommit=True)


def peer_connection() -> psycopg.Connection[Any]:
    """The same for the SQL peer: its work stays in one process and in memory."""
    plain = plain_connection()
    plain.execute("SET max_parallel_workers_per_gather = 0")
    plain.execute("SET work_mem = '256MB'")
    plain.execute("SET plan_cache_mode = force_generic_plan")  # a prepared statement is planned once
    return plain


def settings_of_server() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) name", [list(SERVER_SETTINGS)])
        return dict(cursor.fetchall())


SERVER_SETTINGS = ("server_version", "shared_buffers", "work_mem", "jit", "max_parallel_workers_per_gather")


def _create() -> None:
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(**_parameters(dbname=NORMAL_DATABASE), autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def _parameters(**others: str) -> dict[str, Any]:
    wanted = ("host", "port", "user", "password", "dbname")
    given = connection.get_connection_params()  # starts the embedded server when it sleeps
    return {name: given[name] for name in wanted if name in given} | others
