"""manage.py compare_rulesets A B: who moves, and by how much, over a sample of invented intakes."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from directory.models import Therapist
from directory.roster.current import current
from matching.asking import asking
from matching.management.arguments import ruleset
from matching.management.progress import progress
from matching.ranking import Scored
from matching.ruleset_comparison import DEPTH, Comparing, Mover, RulesetComparison

WIDTH = 100


class Command(BaseCommand):
    help = (
        "Lets invented clients search the directory by two rulesets, and shows who moves and by how much. Reads only. "
        "Equals take the same turns under both, so what moves is moved by the rules."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("before", "after"):
            parser.add_argument(name, metavar=name.upper(), help="code of a released ruleset, or file of a draft")
        parser.add_argument("--intakes", type=int, default=500, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed invents the same clients")
        parser.add_argument("--on", type=dt.date.fromisoformat, metavar="DATE", help="default: today")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["intakes"] < 1 or options["seed"] < 0:
            raise CommandError("--intakes takes a number from 1, --seed a number from 0.")
        before, after = ruleset(options["before"]), ruleset(options["after"])
        bar = progress("Asking twice", verbosity=options["verbosity"])
        on, roster, comparing = options["on"] or timezone.localdate(), current(), Comparing(before, after)
        with bar:
            for one in bar.track(asking(options["intakes"], seed=options["seed"]), total=options["intakes"]):
                first, second = (one.needs(on=on, ruleset=ruleset) for ruleset in (before, after))
                selection = roster.select(first.requirements)  # no ruleset changes who is eligible
                comparing.add(
                    *(selection.ids[Scored(selection, needs).best(DEPTH, seed=one.seed)] for needs in (first, second))
                )
        comparison = comparing.outcome()
        ids = [mover.therapist_id for mover in (*comparison.gain, *comparison.lose)]
        known = dict(Therapist.objects.filter(id__in=ids).values_list("id", "slug"))
        slugs = {id: known.get(id) or "(left the directory)" for id in ids}
        if options["json"]:
            text = json.dumps(comparison.to_json(slugs), indent=1, ensure_ascii=False) + "\n"
            options["json"].write_text(text, encoding="utf-8")
        if options["verbosity"]:
            _show(comparison, slugs, Console(file=self.stdout, width=WIDTH, highlight=False))  # type: ignore[arg-type]


def _show(comparison: RulesetComparison, slugs: Mapping[int, str], console: Console) -> None:
    console.print(
        f"{comparison.before} against {comparison.after}: {comparison.intakes:,} invented intakes, of which "
        f"{comparison.choices:,} have two or more therapists to choose from. Shares are of those."
    )
    if not comparison.differences:
        console.print("The rulesets have the same numbers.")
    else:
        changed = Table("", comparison.before, comparison.after, title="What differs")
        for one in comparison.differences:
            changed.add_row(one.what, _value(one.before), _value(one.after))
        console.print(changed)
    tops = Table("Places", "other order", "other people", "overlap", title="Whose list changes")
    for top in comparison.tops:
        name = "first" if top.size == 1 else f"first {top.size}"
        tops.add_row(name, f"{top.order_changes:.1%}", f"{top.people_change:.1%}", f"{top.overlap:.1%}")
    console.print(tops)
    tau = "–" if comparison.kendall is None else f"{comparison.kendall:.3f}"
    console.print(
        f"Among the first 20: mean move {comparison.mean_move:.2f} places, largest {comparison.largest_move} "
        f"(further down than {DEPTH} counts as {DEPTH + 1}). Kendall's tau of those in both lists: {tau}."
    )
    for title, movers in (("Gain most places", comparison.gain), ("Lose most places", comparison.lose)):
        if movers:
            console.print(_movers(title, movers, slugs))


def _movers(title: str, movers: Sequence[Mover], slugs: Mapping[int, str]) -> Table:
    table = Table("Profile", "places", "times in the first 20", title=title)
    for mover in movers:
        table.add_row(slugs[mover.therapist_id], f"{mover.gained:+,}", f"{mover.before:,} → {mover.after:,}")
    return table


def _value(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
