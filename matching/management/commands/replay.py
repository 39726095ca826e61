"""manage.py replay INTAKE.json --answer ANSWER.json: the order of an earlier answer again. Writes nothing anywhere."""

from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from rest_framework import serializers
from rest_framework.exceptions import APIException

from directory.api.parsers import StrictJSONParser
from directory.roster.past import PastNotKept, UnknownSequence
from matching.api.fields import NumberField, TextField, WholeNumberField
from matching.api.serializers import IntakeSerializer, errors_of
from matching.intake import Intake, InvalidIntake
from matching.matches import Matches
from matching.replay import Given, differences, is_drawn_here, replay
from matching.rulebook import UnknownRuleset

GIVEN: Final = ("ruleset", "seed", "sequence", "on")


DRAWN_HERE: Final = (
    "Ruleset and seed are those of this site for this intake and day. Words and cards were not compared."
)
DRAWN_ELSEWHERE: Final = (
    "But ruleset or seed are not those that this site gives to this intake on that day: somebody chose them, or the "
    "site's secret has changed since. Words and cards were not compared."
)


def _plain(text: str) -> str:
    """Without control characters: a saved answer may have been written by anybody, to a terminal too."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class GivenSerializer(serializers.Serializer[Any]):
    ruleset = TextField(max_length=64)
    seed = serializers.RegexField(
        r"\A[0-9a-f]{16}\Z", error_messages={"invalid": "Must be 16 hexadecimal digits, in small letters."}
    )
    sequence = WholeNumberField(min_value=0)
    on = serializers.DateField(
        input_formats=["%Y-%m-%d"], error_messages={"invalid": "Must be a date, as in 2026-11-24."}
    )


class AnsweredFindingSerializer(serializers.Serializer[Any]):
    criterion = TextField()
    points = NumberField()


class AnsweredTherapistSerializer(serializers.Serializer[Any]):
    slug = TextField()


class AnsweredMatchSerializer(serializers.Serializer[Any]):
    rank = WholeNumberField()
    score = NumberField()
    therapist = AnsweredTherapistSerializer()
    findings = AnsweredFindingSerializer(many=True)


class AnswerSerializer(GivenSerializer):
    """What is read of an answer of POST /matches/. It may have more."""

    total = WholeNumberField()
    matches = AnsweredMatchSerializer(many=True)


class Command(BaseCommand):
    help = (
        "Makes an earlier answer of POST /matches/ again, as the directory stood then: from the intake, and the saved "
        "answer or what it carries. Prints, and stores nothing: an intake is personal. docs/matching.md"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("intake", metavar="INTAKE.json", help="the body of POST /matches/; - reads standard input")
        parser.add_argument("--answer", metavar="ANSWER.json", help="compare with this answer, and take from it:")
        parser.add_argument("--ruleset", metavar="CODE", help="as in 2026.1")
        parser.add_argument("--seed", metavar="HEX", help="16 hexadecimal digits")
        parser.add_argument("--sequence", metavar="N", type=int, help="the last change that was known")
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="the day")
        parser.add_argument("--limit", metavar="N", type=int, help="how many, instead of the intake's limit")
        parser.add_argument("--json", action="store_true", help="print the whole answer instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = self._answer(options)
        given = Given(**{name: answer[name] for name in GIVEN})
        intake = _intake(options["intake"], options["limit"])
        matches = _replayed(intake, given)
        document = matches.to_json()
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_table(matches)))
        if options["answer"] is not None:
            self._compare(answer, document, quiet=options["json"])
            if not options["json"]:
                self.stdout.write(DRAWN_HERE if is_drawn_here(intake, given) else DRAWN_ELSEWHERE)

    def _answer(self, options: dict[str, Any]) -> dict[str, Any]:
        """The saved answer, or as much of one as the options give."""
        options_given = {name: options[name] for name in GIVEN if options[name] is not None}
        if options["answer"] is None:
            if missing := [f"--{name}" for name in GIVEN if name not in options_given]:
                raise CommandError(f"Say --answer ANSWER.json, or also {', '.join(missing)}.")
            return _valid(GivenSerializer, options_given, "The options")
        if options_given or options["limit"] is not None:
            raise CommandError("With --answer, everything else is read from the answer and the intake.")
        if options["answer"] == options["intake"] == "-":
            raise CommandError("Only one of the two can come from standard input.")
        return _valid(AnswerSerializer, _saved(options["answer"]), "The answer")

    def _compare(self, answer: dict[str, Any], again: dict[str, Any], *, quiet: bool) -> None:
        if difference := next(differences(answer, again), None):
            told = _plain(difference)
            raise CommandError(f"Not the same. {told[0].upper()}{told[1:]}.")
        if not quiet:
            count = len(answer["matches"])
            self.stdout.write(f"The same{f', all {count}' if count else ': nobody'}.")


def _replayed(intake: Intake, given: Given) -> Matches:
    try:
        return replay(intake, given)
    except UnknownRuleset as unknown:
        raise CommandError(f"ruleset: {unknown}") from None
    except UnknownSequence as unknown:
        raise CommandError(f"sequence: {unknown}") from None
    except PastNotKept as gone:
        raise CommandError(str(gone)) from None
    except InvalidIntake as invalid:
        raise CommandError(_refusal("The intake", errors_of(invalid))) from None


def _intake(file: str, limit: int | None) -> Intake:
    try:
        document = StrictJSONParser().parse(io.BytesIO(_read(file, "The intake")))
    except APIException as refused:
        raise CommandError(f"The intake cannot be used. {refused.detail}") from None
    if limit is not None and isinstance(document, dict):
        document["limit"] = limit
    body = IntakeSerializer(data=document)
    if not body.is_valid():
        raise CommandError(_refusal("The intake", body.errors))
    return body.to_intake()


def _saved(file: str) -> Any:
    try:
        return json.loads(_read(file, "The answer"))
    except (ValueError, RecursionError):
        raise CommandError("The answer cannot be used. It is not JSON in UTF-8.") from None


def _valid(kind: type[serializers.Serializer[Any]], document: Any, what: str) -> dict[str, Any]:
    body = kind(data=document)
    if not body.is_valid():
        raise CommandError(_refusal(what, body.errors))
    return dict(body.validated_data)


def _read(file: str, what: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"{what} cannot be read: {file}: {error.strerror}.") from None


def _refusal(what: str, errors: Any) -> str:
    return "\n".join([f"{what} cannot be used.", *(f"- {line}" for line in _lines(errors, ()))])


def _lines(errors: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Each error of a serializer behind the place that it is about, as in `near/zip: …`."""
    if isinstance(errors, dict):
        for name, inside in errors.items():
            yield from _lines(inside, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(errors, list):
        for place, inside in enumerate(errors):
            deeper = (*path, str(place)) if isinstance(inside, dict) else path
            yield from _lines(inside, deeper)
    else:
        yield f"{'/'.join(path)}: {errors}" if path else str(errors)


def _table(matches: Matches) -> Iterator[str]:
    yield (
        f"{matches.total} match on {matches.on} (ruleset {matches.ruleset}, seed {matches.seed}, "
        f"sequence {matches.sequence})"
    )
    slugs = [match.card["slug"] for match in matches.matches]
    width = max(map(len, ["therapist", *slugs]))
    if slugs:
        yield f"rank  {'therapist':{width}}   score  known"
    for match, slug in zip(matches.matches, slugs, strict=True):
        yield f"{match.rank:4}  {slug:{width}}  {match.score:6.2f}  {match.confidence:4.0%}"
