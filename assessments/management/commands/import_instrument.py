"""manage.py import_instrument FILE.json: bring an instrument, or the wording of a shipped key, into the directory."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments import catalogue
from assessments.instruments import BrokenInstrument


class Command(BaseCommand):
    help = "Import a FHIR Questionnaire with its wording. Have the permission of whoever owns the wording."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="FHIR R4 Questionnaire as JSON; docs/assessments.md shows one")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            text = file.read_text(encoding="utf-8-sig")
            document = json.loads(text, object_pairs_hook=_without_repeats)
            instrument = catalogue.add(document)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise CommandError(f"{file} is not JSON in UTF-8: {error}.") from error
        except BrokenInstrument as broken:
            lines = "\n".join(f"- {problem}" for problem in broken.problems)
            raise CommandError(f"Nothing was saved. {file} is not an instrument:\n{lines}") from broken
        self.stdout.write(f"{instrument.code}: {len(instrument.items)} items, wording imported.")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys occur once. Of two keyings of one item the last would win, and nobody would know."""
    counts = Counter(key for key, _ in pairs)
    if repeated := [
        f"The key {key!r} occurs {count} times in one object." for key, count in counts.items() if count > 1
    ]:
        raise BrokenInstrument(repeated)
    return dict(pairs)
