"""One run at one size: every way over the same questions, checked before any time counts."""

from __future__ import annotations

import datetime as dt
import gc
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from django.utils import timezone
from rich.console import Console

from directory.models import SearchCard
from tests.benchmarks import database, goals, http, sql_tables, tantivy_index, upkeep, worker
from tests.benchmarks.answers import Asked, answer_by_roster, ask, matches
from tests.benchmarks.checks import Disagreement, check_answer, check_findings, check_matches, check_selection
from tests.benchmarks.figures import MATCHES, OBJECTS, ORM, OURS, POINT, SQL, TANTIVY, Figures
from tests.benchmarks.machine import machine
from tests.benchmarks.measuring import Cost, Meter, median_cost
from tests.benchmarks.objects import answer_from_objects
from tests.benchmarks.orm import answer_by_orm
from tests.benchmarks.questions import CLASSES, draw
from tests.benchmarks.sql import BySql
from tests.benchmarks.tantivy_answers import ByTantivy

#: A quick answer is asked so many times, all ways in turn, and the median counts: other work comes and goes.
ROUNDS: Final = 5
FEWEST: Final = 3  # questions that a slow way answers even when its time is over


@dataclass(frozen=True, kw_only=True)
class Way:
    name: str
    answer: Callable[[Asked], Any]
    check: Callable[[Asked, Any], None]
    meter: Meter
    kinds: str = "SMGBA"
    is_quick: bool = False


def run(options: Namespace, build: Path) -> Figures:
    """The figures of one size; the database is there and filled. Raises Disagreement where two ways differ."""
    progress = Progress()
    meter, on = Meter(database.measured_connection()), timezone.localdate()
    figures = Figures(therapists=options.therapists[0])
    with database.peer_connection() as plain:
        if "worker" in options.parts:
            progress("A fresh worker")
            intakes = [question.intake.to_json() for kind in CLASSES for question in draw(kind, options.questions)]
            figures.worker = worker.loading(intakes)
        if "queries" in options.parts:
            progress("Tables and index of the peers")
            ways = _ways(plain, meter, on, build / f"tantivy-{figures.therapists}")
            for kind in CLASSES:
                progress(f"Class {kind}: {CLASSES[kind]}")
                _measure(
                    kind, [ask(question, on) for question in draw(kind, options.questions)], ways, figures, options
                )
    if "http" in options.parts:
        progress("Requests over HTTP")
        figures.http = http.throughput(draw, seconds=options.http_seconds)
        figures.http |= http.of_the_machine(draw, seconds=options.http_seconds)
    if "upkeep" in options.parts:
        progress("Changes")
        with database.plain_connection() as plain, sql_tables.kept(plain):
            _upkeep(meter, figures)
    figures.machine = machine(database.settings_of_server(), backend_cpu_seen=meter.sees_backend)
    return figures


class Progress:
    """What is being done, with the seconds since the start, on the error channel."""

    def __init__(self) -> None:
        self._console, self._began = Console(stderr=True), time.monotonic()

    def __call__(self, words: str) -> None:
        self._console.print(f"{time.monotonic() - self._began:5.0f} s  {words} …", highlight=False)


def _ways(plain: Any, meter: Meter, on: dt.date, folder: Path) -> list[Way]:
    layout = sql_tables.make(plain, on)
    by_tantivy = ByTantivy(tantivy_index.opened(folder, plain, layout, on))
    by_sql = BySql(plain, layout)
    other = Meter(plain.info.backend_pid)
    return [
        Way(name=POINT, answer=_point_select(plain), check=_check_card, meter=other, is_quick=True),
        Way(name=OURS, answer=answer_by_roster, check=check_findings, meter=meter, is_quick=True),
        Way(name=MATCHES, answer=matches, check=check_matches, meter=meter, kinds="SMGB", is_quick=True),
        Way(name=SQL, answer=by_sql.answer, check=check_answer, meter=other, is_quick=True),
        Way(name=TANTIVY, answer=by_tantivy.answer, check=check_answer, meter=meter, is_quick=True),
        Way(name=ORM, answer=answer_by_orm, check=check_answer, meter=meter),
        # Thousands of therapists, object by object, take minutes.
        Way(name=OBJECTS, answer=answer_from_objects, check=check_findings, meter=meter, kinds="SMG"),
    ]


def _measure(kind: str, asked: list[Asked], ways: list[Way], figures: Figures, options: Namespace) -> None:
    began = time.monotonic()
    figures.checked[kind] = 0
    for one in asked:
        if figures.checked[kind] >= FEWEST and time.monotonic() - began > options.seconds:
            break
        check_selection(one)
        figures.checked[kind] += 1
    figures.totals[kind] = [one.ours[0] for one in asked]
    for one in asked:
        assert one.tables  # what each fact is worth is known before any time counts
    here = [way for way in ways if kind in way.kinds]
    costs: dict[str, list[list[Cost]]] = {way.name: [] for way in here}
    for turn in range(ROUNDS):
        for way in here:
            if way.is_quick or turn == 0:
                costs[way.name].append(_costs(way, asked, seconds=options.seconds / ROUNDS**way.is_quick))
    for way in here:
        by_question = zip(*costs[way.name], strict=False)  # in a busy moment a slow way may get less far
        figures.costs.setdefault(way.name, {})[kind] = [median_cost(its) for its in by_question]


def _costs(way: Way, asked: list[Asked], *, seconds: float) -> list[Cost]:
    """Checked, and then counted. A slow way stops when its time is over."""
    gc.collect()
    gc.freeze()  # as in a worker
    way.check(asked[0], way.answer(asked[0]))  # caches are warm for everyone
    costs: list[Cost] = []
    until = time.monotonic() + seconds
    for one in asked:
        if len(costs) >= FEWEST and time.monotonic() > until:
            break
        answer, cost = way.meter.cost_of(partial(way.answer, one))
        way.check(one, answer)
        costs.append(cost)
    return costs


def _upkeep(meter: Meter, figures: Figures) -> None:
    figures.upkeep[goals.LOOK] = upkeep.looking(meter)
    for until, profiles, times in (
        (goals.ONE_CHANGE, 1, 10),
        ("100 changes until they are in the answers", 100, 2),
        (goals.MANY_CHANGES, 10_000, 1),
    ):
        commit, wait, changed = upkeep.changing(meter, profiles, times=times)
        name = until.replace(f"{profiles:,}", f"{changed:,}", 1)  # a small directory may have fewer to change
        figures.upkeep[f"{name.partition(' until')[0]}, up to the commit"] = commit
        figures.upkeep[name] = wait
    upkeep.tidy()


def _point_select(plain: Any) -> Callable[[Asked], Any]:
    """The card of one therapist by primary key, by psycopg alone: the smallest thing one can ask a database."""
    pks = list(SearchCard.objects.order_by("pk").values_list("pk", flat=True))
    random, cursor = Random("point select"), plain.cursor()

    def select(asked: Asked) -> Any:
        return cursor.execute(
            "SELECT card FROM directory_searchcard WHERE therapist_id = %s", [random.choice(pks)]
        ).fetchone()

    return select


def _check_card(asked: Asked, card: Any) -> None:
    if card is None:
        raise Disagreement("a point select found nothing")
