"""manage.py what_we_hold: all that is stored about people, by table and field, until when. Never the contents."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from config.retention import ABOUT_NOBODY, HELD, About, Holding


class Command(BaseCommand):
    help = "Print everything that is stored about people, by table and field, with the day on which it goes."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--count", action="store_true", help="Add how many rows each table has at the moment.")

    def handle(self, *args: Any, count: bool = False, **options: Any) -> None:
        self.stdout.write("\n".join(_lines(count=count)))


def _lines(*, count: bool) -> Iterator[str]:
    for about in About:
        held = [holding for holding in HELD if holding.about is about]
        yield from (f"### About {about.value}", "")
        yield from ("| what | until | deleted by |", "|---|---|---|")
        for (until, deleted_by), alike in itertools.groupby(held, key=lambda held: (held.until, held.deleted_by)):
            yield f"| {'; '.join(f'{_place(holding)}: {holding.what}' for holding in alike)} | {until} | {deleted_by} |"
        yield from ("", "Field by field:", "")
        for holding in held:
            yield f"- {_place(holding)}{_rows(holding) if count else ''}"
            for names, what in holding.fields.items():
                yield f"  - {', '.join(f'`{name}`' for name in names.split())}: {what}"
        yield ""
    yield from ("### About nobody", "")
    yield f"Vocabularies, evidence, instruments, rights of roles, migrations: {', '.join(map(_code, ABOUT_NOBODY))}."


def _place(holding: Holding) -> str:
    return holding.name if holding.kind == "on the device" else f"{holding.kind} {_code(holding.name)}"


def _code(name: str) -> str:
    return f"`{name}`"


def _rows(holding: Holding) -> str:
    if holding.kind != "table":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(holding.name)}")  # noqa: S608  our own name
        return f" ({cursor.fetchone()[0]} rows)"
