"""manage.py simulate_matching: what several orders do in an invented world where the truth is known."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from directory.demo.people import spots_by_state
from matching import rulebook
from matching.management.progress import progress
from matching.simulation.assumptions import Assumptions, Ground
from matching.simulation.experiment import Ablation, compare_policies, leave_out
from matching.simulation.report import Report, drawings, tables

#: One assumption at a time is changed to these, the others as given.
GRIDS: Final[Mapping[str, tuple[float, ...]]] = {
    "noise": (0.0, 0.25, 0.5, 0.75, 1.0),
    "tightness": (0.4, 0.7, 1.0, 1.3),
    "evidence_holds": (0.0, 0.25, 0.5),
}


class Command(BaseCommand):
    help = (
        "Sends invented clients to invented therapists by several orders, ours among them, and compares who is met by "
        "skill, who waits and who is never shown. Reads files only, and stores nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = Assumptions()
        parser.add_argument("--therapists", type=int, default=usual.therapists, metavar="N")
        parser.add_argument("--clients", type=int, default=usual.clients, metavar="N", help="in a year")
        parser.add_argument("--replications", type=int, default=20, metavar="N", help="worlds, each of its own seed")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the first world")
        parser.add_argument(
            "--noise", type=float, default=usual.noise, metavar="0..1", help="1: what therapists tick says nothing"
        )
        parser.add_argument(
            "--tightness", type=float, default=usual.tightness, metavar="X", help="therapy asked for, over places"
        )
        parser.add_argument(
            "--evidence-holds",
            type=float,
            default=usual.evidence_holds,
            metavar="0..1",
            help="share of a need that the best supported approach meets",
        )
        parser.add_argument(
            "--grid", action="store_true", help="also other noise, other tightness, evidence that holds"
        )
        parser.add_argument("--ablation", action="store_true", help="also each criterion left out")
        parser.add_argument("--ruleset", metavar="CODE", help="default: the one in force today")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
        parser.add_argument("--svg", type=Path, metavar="DIR", help="write simulation-….svg")

    def handle(self, *args: Any, **options: Any) -> None:
        assumptions = self._assumptions(options)
        try:
            ground = read_ground(options["ruleset"])
        except rulebook.UnknownRuleset as unknown:
            raise CommandError(str(unknown)) from unknown
        seeds = range(options["seed"], options["seed"] + options["replications"])
        grids = GRIDS if options["grid"] else {}
        others = {name: [_changed(assumptions, name, value) for value in values] for name, values in grids.items()}
        # A comparison for each set of assumptions, those that appear twice once.
        sets = list(dict.fromkeys([assumptions, *(one for grid in others.values() for one in grid)]))
        with progress("Simulating worlds", verbosity=options["verbosity"]) as bar:
            task = bar.add_task("", total=len(seeds) * (len(sets) + (3 if options["ablation"] else 0)))
            found = {
                one: compare_policies(one, ground, seeds=seeds, progress=lambda: bar.advance(task)) for one in sets
            }
            ablations: tuple[Ablation, ...] = ()
            if options["ablation"]:  # takes about as long as three comparisons
                ablations = leave_out(assumptions, ground, seeds=seeds, progress=lambda: bar.advance(task, 3))
        report = Report(
            comparison=found[assumptions],
            grids={name: [found[one] for one in grid] for name, grid in others.items()},
            ablations=ablations,
        )
        self._write(report, ground, options)

    def _assumptions(self, options: dict[str, Any]) -> Assumptions:
        if options["therapists"] < 10 or options["clients"] < 10 or options["replications"] < 1 or options["seed"] < 0:
            raise CommandError(
                "--therapists and --clients take 10 or more, --replications 1 or more, --seed 0 or more."
            )
        if not (0 <= options["noise"] <= 1 and 0 <= options["evidence_holds"] <= 1 and options["tightness"] > 0):
            raise CommandError("--noise and --evidence-holds go from 0 to 1, and --tightness is more than 0.")
        given = ("therapists", "clients", "noise", "tightness", "evidence_holds")
        return Assumptions(**{name: options[name] for name in given})

    def _write(self, report: Report, ground: Ground, options: dict[str, Any]) -> None:
        comparison = report.comparison
        self.stdout.write(
            f"Ruleset {ground.ruleset.code}. {options['replications']} worlds of {options['therapists']:,} therapists; "
            f"{comparison.clients:,} clients with a choice. For {comparison.without_choice.value:.0%} of all who came "
            "nobody met the requirements. In brackets: 95 % intervals.\n"
        )
        self.stdout.write("\n".join(tables(report)))
        if options["json"] is not None:
            document = {
                "ruleset": ground.ruleset.code,
                "seed": options["seed"],
                "replications": options["replications"],
                **report.to_json(),
            }
            options["json"].write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        if options["svg"] is not None:
            options["svg"].mkdir(parents=True, exist_ok=True)
            for name, drawing in drawings(report):
                (options["svg"] / f"simulation-{name}.svg").write_text(drawing, encoding="utf-8")


def _changed(assumptions: Assumptions, name: str, value: Any) -> Assumptions:
    return replace(assumptions, **{name: value})


def read_ground(code: str | None) -> Ground:
    """From the files that ship, without a database."""
    vocabularies = {
        path.stem: [row["code"] for row in json.loads(path.read_text(encoding="utf-8"))]
        for path in sorted((settings.FIXTURES / "taxonomy").glob("*.json"))
    }
    with (settings.FIXTURES / "zip_centroids.csv").open(encoding="utf-8", newline="") as lines:
        spots = [(row["zip"], float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines)]
    ruleset = rulebook.in_force(timezone.localdate()) if code is None else rulebook.get(code)
    return Ground(
        codes=vocabularies,
        zips=spots_by_state(spots),
        on=ruleset.in_force_from,  # the same figures on every day
        ruleset=ruleset,
    )
