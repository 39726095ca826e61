"""manage.py evaluate_instrument FILE: what an instrument measures on real answers, as a table and as drawings."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments import catalogue
from assessments.charts import plane_chart, reliability_chart
from assessments.evaluation import CannotEvaluate, Evaluation, Responses, evaluate
from assessments.instruments import Instrument, Range
from assessments.management.arguments import answer_range
from assessments.scoring import STYLES

NOT_ANSWERED = ("", "0", "NA")


class Command(BaseCommand):
    help = (
        "Evaluates an instrument on a CSV file with one person a row and a column for each item, called 3 or Q3. "
        "0, NA and nothing mean not answered, 0 unless it lies in the range. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="separated by commas or tabs")
        parser.add_argument("--instrument", default="ecr", metavar="CODE", help="default: ecr")
        parser.add_argument(
            "--range",
            type=answer_range,
            help="low,high of the answers; default: that of the known sample, else its own",
        )
        parser.add_argument("--svg", type=Path, metavar="DIR", help="write CODE-plane.svg and CODE-reliability.svg")

    def handle(self, *args: Any, **options: Any) -> None:
        file, code, folder = options["file"], options["instrument"], options["svg"]
        try:
            # The key is all that is needed, so that a shipped one is found without a database.
            instrument = catalogue.shipped().get(code) or catalogue.get(code)
        except catalogue.UnknownInstrument as unknown:
            raise CommandError(f"There is no instrument {code}.") from unknown
        limits = options["range"] or _usual_range(instrument)
        try:
            evaluation = evaluate(instrument, list(_people(file, instrument, limits)), range=limits)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{file} is not a CSV file in UTF-8.") from error
        except CannotEvaluate as reason:
            raise CommandError(f"{file} cannot be evaluated. {reason}") from reason
        self.stdout.write("\n".join(_table(evaluation)))
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for name, drawing in (("plane", plane_chart(evaluation)), ("reliability", reliability_chart(evaluation))):
                (folder / f"{code}-{name}.svg").write_text(drawing, encoding="utf-8")


def _usual_range(instrument: Instrument) -> Range:
    known = [scale.reliability.range for scale in instrument.scales if scale.reliability is not None]
    return known[0] if known else instrument.range


def _people(file: Path, instrument: Instrument, limits: Range) -> Iterator[Responses]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        delimiter = "\t" if "\t" in lines.readline() else ","
        lines.seek(0)
        rows = csv.DictReader(lines, delimiter=delimiter)
        headings = rows.fieldnames or []
        columns = {item.id: name for item in instrument.items for name in (item.id, f"Q{item.id}") if name in headings}
        if missing := [item.id for item in instrument.items if item.id not in columns]:
            raise CommandError(f"{file} has no column for the items {', '.join(missing)} of {instrument.code}.")
        low, high = limits
        for row in rows:
            responses: dict[str, float | None] = {}
            for id, name in columns.items():
                answer = (row[name] or "").strip()
                number = int(answer) if answer.isascii() and answer.isdigit() and len(answer) < 4 else None
                if number is not None and low <= number <= high:
                    responses[id] = number
                elif answer in NOT_ANSWERED:
                    responses[id] = None
                else:
                    raise CommandError(
                        f"{file}, line {rows.line_num}, {name}: must be a whole number from {low} to {high}, "
                        "or 0, NA or nothing when not answered. --range says what the answers range over."
                    )
            yield responses


def _table(evaluation: Evaluation) -> Iterator[str]:
    low, high = evaluation.range
    yield f"{evaluation.instrument}, answered on {low} to {high}"
    yield (
        f"{evaluation.people:,} people; {evaluation.complete:,} answered every item, "
        f"{evaluation.scored:,} have both scores"
    )
    yield ""
    yield _row("", *(scale.code for scale in evaluation.scales))
    for name, form, attribute in (
        ("items", "d", "items"),
        ("people with a score", ",d", "scored"),
        ("mean", ".3f", "mean"),
        ("SD", ".3f", "sd"),
        ("people with every item", ",d", "complete"),
        ("Cronbach's alpha", ".3f", "alpha"),
        ("standard error, SD √(1−α)", ".3f", "standard_error"),
        ("correlation of halves", ".3f", "halves"),
        ("split-half (Spearman–Brown)", ".3f", "split_half"),
    ):
        yield _row(name, *(format(getattr(scale, attribute), form) for scale in evaluation.scales))
    yield ""
    yield _row("correlation of the scales", f"{evaluation.correlation:.3f}")
    yield _row("a 95 % interval crosses a midpoint", f"{evaluation.crossing:.1%}")
    yield _row("both halves in one quadrant", f"{evaluation.same_quadrant:.1%}")
    yield ""
    yield _row("share of people", *STYLES, "unclear")
    yield _row("by the scores alone", *(f"{evaluation.quadrants[style]:.1%}" for style in STYLES), "")
    yield _row("named, when at least 60 % likely", *(f"{evaluation.styles[code]:.1%}" for code in (*STYLES, "unclear")))


def _row(name: str, *values: str) -> str:
    return (f"{name:<36}" + "".join(f"{value:>14}" for value in values)).rstrip()
