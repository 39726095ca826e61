"""manage.py export_instrument CODE: an instrument, or a result with --responses, as FHIR R4 JSON on standard output."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments import catalogue
from assessments.fhir import questionnaire_of, response_of
from assessments.management.arguments import answer_range
from assessments.scoring import InvalidResponse


class Command(BaseCommand):
    help = "Print an instrument as a FHIR Questionnaire, or with --responses a result as a QuestionnaireResponse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="closeness-12, ecr, … or the code of an imported instrument")
        parser.add_argument(
            "--responses", type=Path, help='a file like the body of the API: {"responses": {"1": 4, …}}'
        )
        parser.add_argument("--range", type=answer_range, help="low,high when asked on another range, as in 1,5")

    def handle(self, *args: Any, **options: Any) -> None:
        code, file, limits = options["code"], options["responses"], options["range"]
        try:
            instrument = catalogue.get(code)
        except catalogue.UnknownInstrument as unknown:
            known = ", ".join(one.code for one in catalogue.all())
            raise CommandError(f"There is no instrument {code}. There are: {known}.") from unknown
        if file is None:
            if limits is not None:
                raise CommandError("--range goes with --responses.")
            document = questionnaire_of(instrument)
        else:
            try:
                document = response_of(instrument, _responses(file), range=limits, authored=timezone.now())
            except InvalidResponse as invalid:
                raise CommandError(str(invalid)) from invalid
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))


def _responses(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} is not JSON in UTF-8.") from error
    responses = document.get("responses") if isinstance(document, dict) else None
    if not isinstance(responses, dict):
        raise CommandError(f'{file} must hold {{"responses": {{item id: answer or null}}}}.')
    return responses
