"""python -m tests.benchmarks --therapists N …: prepare a directory of each size, check that all ways agree, measure."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from subprocess import run

BUILD = Path(__file__).resolve().parents[2] / "build"


def main() -> None:
    options = _options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    if options.markdown or len(options.therapists) > 1:
        os.environ.setdefault("BENCH_DATABASE", "unused")
        if not options.markdown:
            _each_size(options.therapists)
        _report(markdown=options.markdown, plot=options.plot)
        return
    os.environ["BENCH_DATABASE"] = f"therapist_bench_{options.therapists[0]}"
    import django

    django.setup()
    from tests.benchmarks import database
    from tests.benchmarks.run import run as measure

    database.prepare(options.therapists[0])
    measure(options, BUILD).write(BUILD)
    if not options.no_report:
        _report(markdown=False, plot=options.plot)


def _each_size(sizes: list[int]) -> None:
    """A process for each: its settings name its database."""
    position = sys.argv.index("--therapists")
    others = [*sys.argv[1:position], *sys.argv[position + 1 + len(sizes) :]]
    for size in sizes:
        command = [sys.executable, "-m", "tests.benchmarks", "--no-report", *others, "--therapists", str(size)]
        run(command, check=True)


def _report(*, markdown: bool, plot: Path) -> None:
    """All sizes that were measured of the newest commit on the same machine."""
    import django

    django.setup()
    from rich.console import Console

    from tests.benchmarks import drawing, report
    from tests.benchmarks.figures import read

    runs = read(BUILD)
    if not runs:
        raise SystemExit("There are no figures yet: make bench")
    if any(one.costs for one in runs):
        plot.parent.mkdir(parents=True, exist_ok=True)
        plot.write_text(drawing.drawing(runs), encoding="utf-8")
    if markdown:
        sys.stdout.write(report.markdown(runs))
    else:
        report.show(runs, Console(width=max(Console().width, 120)))
        sys.stdout.write(f"Figures in {BUILD}/bench-*.json, plot in {plot}.\n")


def _options() -> argparse.Namespace:
    parts = ("queries", "worker", "upkeep", "http")
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--therapists", type=int, nargs="+", default=[10_000], metavar="N", help="one size or more")
    parser.add_argument("--questions", type=int, default=20, help="in each class")
    parser.add_argument("--seconds", type=float, default=10, help="for each way and class; at least 3 questions")
    parser.add_argument("--http-seconds", type=float, default=3, help="for each of three rounds and kinds of request")
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts, help="all, if none is named")
    parser.add_argument("--plot", type=Path, default=BUILD / "bench.svg", metavar="FILE")
    parser.add_argument("--markdown", action="store_true", help="print the tables of earlier runs; measure nothing")
    parser.add_argument("--no-report", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
