"""python -m tests.benchmarks --therapists N: prepare a directory, check that all ways agree, measure, report."""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:  # they need Django, which is set up in main()
    from tests.benchmarks.answers import Asked
    from tests.benchmarks.measuring import Cost, Meter
    from tests.benchmarks.report import Figures

BUILD = Path(__file__).resolve().parents[2] / "build"
REPEATS = 3  # of a quick answer: the median of these counts
POINT_SELECTS = 500
FEWEST = 3  # questions that a slow way answers even when its time is over


def main() -> None:
    options = _options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    os.environ["BENCH_DATABASE"] = f"therapist_bench_{options.therapists}"
    import django

    django.setup()
    from django.utils import timezone

    from tests.benchmarks import database, report, upkeep, worker
    from tests.benchmarks.answers import ask
    from tests.benchmarks.measuring import Meter
    from tests.benchmarks.questions import CLASSES, draw

    console, progress = Console(width=max(Console().width, 110)), Console(stderr=True)
    began = time.monotonic()
    on = timezone.localdate()
    progress.print(f"Preparing the database {os.environ['BENCH_DATABASE']} …")
    database.prepare(options.therapists)
    meter = Meter(database.measured_connection())
    figures = report.Figures(therapists=options.therapists, point_select=_point_select(database))
    progress.print(f"Loading the roster ({time.monotonic() - began:.0f} s) …")
    figures.worker = worker.loading()
    for kind in CLASSES:
        progress.print(f"Class {kind}: {CLASSES[kind]} ({time.monotonic() - began:.0f} s) …")
        asked = [ask(question, on) for question in draw(kind, options.questions)]
        measure(kind, asked, meter, figures, seconds=options.seconds)
    progress.print(f"Changes ({time.monotonic() - began:.0f} s) …")
    figures.upkeep["poll, nothing changed"] = upkeep.polling(meter)
    for words, profiles, times in (("one profile", 1, 20), ("100 profiles", 100, 2)):
        commit, refresh = upkeep.changing(meter, profiles, times=times)
        figures.upkeep[f"change {words}, commit"] = commit
        figures.upkeep[f"… until it is in the answers ({words})"] = refresh
    figures.machine = report.machine(database.settings_of_server(), backend_cpu_seen=meter.sees_backend)
    figures.write(options.json)
    report.show(figures, console)
    console.print(f"\nWritten to {options.json} after {time.monotonic() - began:.0f} s.")
    console.print(f"make bench N={options.therapists}")
    console.print(report.machine_line(figures.machine))


def measure(kind: str, asked: list[Asked], meter: Meter, figures: Figures, *, seconds: float) -> None:
    """Every way over the questions of one class. What an answer cost counts only after the answer was checked."""
    from tests.benchmarks import answers, report
    from tests.benchmarks.checks import check_facets, check_matches, check_page, check_ranked, check_selection

    figures.totals[kind] = [check_selection(one) for one in asked]

    def over(name: str, way: Callable[[Asked], Any], check: Callable[[Asked, Any], None], repeats: int = 1) -> None:
        costs = _costs(way, check, asked, meter, repeats=repeats, seconds=seconds)
        figures.costs.setdefault(name, {})[kind] = costs

    over(report.RANKED, answers.ranked_by_roster, check_ranked, REPEATS)
    over(report.OURS, answers.answer_by_roster, lambda one, answer: check_ranked(one, answer[:2]), REPEATS)
    if asked[0].question.intake_parameters is not None:
        over(report.MATCHES, answers.matches, check_matches, REPEATS)
    over(report.ORM, answers.page_by_orm, check_page)
    over(report.ORM_FACETS, answers.facets_by_orm, check_facets)
    if kind in "SMG":  # a tenth of the directory, object by object: minutes
        over(report.OBJECTS, answers.ranked_from_objects, check_ranked)


def _costs(
    way: Callable[[Asked], Any],
    check: Callable[[Asked, Any], None],
    asked: list[Asked],
    meter: Meter,
    *,
    repeats: int,
    seconds: float,
) -> list[Cost]:
    from tests.benchmarks.measuring import median_cost

    gc.collect()
    check(asked[0], way(asked[0]))  # caches are warm for everyone
    costs: list[Cost] = []
    for one in asked:
        if len(costs) >= FEWEST and repeats * sum(cost.wall for cost in costs) > seconds * 1000:
            break
        measured = [meter.cost_of(partial(way, one)) for _ in range(repeats)]
        for answer, _ in measured:
            check(one, answer)
        costs.append(median_cost(cost for _, cost in measured))
    return costs


def _point_select(database: Any) -> Cost:
    """One row of one therapist by primary key, by psycopg alone: the smallest thing one can ask a database."""
    from directory.models import SearchRow
    from tests.benchmarks.measuring import Meter, median_cost

    pks = list(SearchRow.objects.order_by("pk").values_list("pk", flat=True))
    chance = Random("point select")
    with database.plain_connection() as connection, connection.cursor() as cursor:
        meter = Meter(connection.info.backend_pid)

        def select(pk: int) -> Any:
            return cursor.execute("SELECT id, slug, name FROM directory_therapist WHERE id = %s", [pk]).fetchone()

        chosen = chance.choices(pks, k=POINT_SELECTS)
        for pk in chosen[:50]:
            select(pk)
        measured = [(pk, *meter.cost_of(partial(select, pk))) for pk in chosen]
    if any(row is None or row[0] != pk for pk, row, _ in measured):
        raise AssertionError("a point select found another row")
    return median_cost(cost for _, _, cost in measured)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--therapists", type=int, default=20_000, metavar="N")
    parser.add_argument("--questions", type=int, default=20, help="in each class")
    parser.add_argument("--seconds", type=float, default=15, help="for each slow way and class; at least 3 questions")
    parser.add_argument("--json", type=Path, default=BUILD / "bench.json", metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
