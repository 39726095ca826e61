"""How the directory stands, on the desk's first page: four drawings over stored daily figures, each with its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from directory.admin.charts import Bar, bars, line
from directory.lifetimes import AGING, LISTING
from directory.models import DirectoryFigures, Therapist

DAYS_SHOWN = 365
STATES_SHOWN = 12
ROWS_SHOWN = 14
SHORT_NAMES = {
    "availability": "Openings",
    "fees": "Fees",
    "insurance": "Insurance",
    "specialties": "Ways of working",
    "attestation": "All facts",
    "consent": "Consent",
}


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing, a sentence about it, and its numbers: `columns` and `rows` of text."""

    title: str
    about: str
    drawing: SafeString
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def charts(*, on: dt.date) -> list[Chart]:
    """The drawings as of the newest count, from one query. Empty until `record_figures` has run once."""
    days = list(DirectoryFigures.objects.until(on, days=DAYS_SHOWN))
    if not days:
        return []
    newest = days[-1]
    return [_appointable(days), _freshness(newest), _by_life(newest), _by_state(newest)]


def _appointable(days: Sequence[DirectoryFigures]) -> Chart:
    counted = [(figures.day, figures.appointable_rate) for figures in days if figures.appointable_rate is not None]
    points = [(day, rate) for day, rate in counted if rate is not None]
    about = "Nobody is listed."
    if points:
        about = f"{points[-1][1]:.0%} on {points[-1][0].isoformat()}"
        about += f", {points[0][1]:.0%} on {points[0][0].isoformat()}." if len(points) > 1 else "."
    return Chart(
        title="Appointable rate",
        about=f"Takes new clients, said so within three weeks, and names an opening that is not past: {about}",
        drawing=line("appointable", title="Appointable rate", about=about, points=points),
        columns=("Day", "Rate", "With a fresh opening", "Listed"),
        rows=[
            (
                figures.day.isoformat(),
                "–" if figures.appointable_rate is None else f"{figures.appointable_rate:.1%}",
                f"{figures.accepting_fresh:,}",
                f"{figures.listed:,}",
            )
            for figures in reversed(days[-ROWS_SHOWN:])
        ],
    )


def _freshness(figures: DirectoryFigures) -> Chart:
    rows, table = [], []
    for lifetime in (*AGING, *LISTING):
        fresh, past = figures.fresh.get(lifetime.code, 0), figures.past.get(lifetime.code, 0)
        share = fresh / figures.listed if figures.listed else 0
        name = SHORT_NAMES.get(lifetime.code, lifetime.name)
        rows.append(Bar(name=name, written=f"{share:.0%}", parts=(("chart-bar", fresh), ("chart-bar-past", past))))
        never = figures.listed - fresh - past
        table.append((f"{lifetime.name} ({lifetime.days} days)", f"{fresh:,}", f"{past:,}", f"{never:,}"))
    about = "; ".join(f"{row.name} {row.written}" for row in rows) + "."
    return Chart(
        title="Freshness",
        about="Listings whose facts are within their lifetime (full color) or past it (pale); the rest never said.",
        drawing=bars("freshness", title="Listings with fresh facts", about=about, rows=rows, full=figures.listed * 1.0),
        columns=("Facts", "Fresh", "Past", "Never said"),
        rows=table,
    )


def _by_life(figures: DirectoryFigures) -> Chart:
    counts = [(str(life.label), int(figures.by_life.get(life.value, 0))) for life in Therapist.Life]
    return _counted("life", "Profiles by life", "All profiles, listed or not.", "Life", counts)


def _by_state(figures: DirectoryFigures) -> Chart:
    counts = sorted(figures.by_state.items(), key=lambda item: (-item[1], item[0]))
    return _counted(
        "states",
        "Listings by state",
        f"By current license: who has two counts twice. The {STATES_SHOWN} largest are drawn."
        if len(counts) > STATES_SHOWN
        else "By current license: who has two counts twice.",
        "State",
        counts,
    )


def _counted(code: str, title: str, about: str, column: str, counts: Sequence[tuple[str, int]]) -> Chart:
    drawn = counts[:STATES_SHOWN]
    rows = [Bar(name=name, written=f"{count:,}", parts=(("chart-bar", count),)) for name, count in drawn]
    return Chart(
        title=title,
        about=about,
        drawing=bars(
            code,
            title=title,
            about="; ".join(f"{row.name} {row.written}" for row in rows) or "None.",
            rows=rows,
            full=max((count for _, count in drawn), default=0),
        ),
        columns=(column, "Profiles"),
        rows=[(name, f"{count:,}") for name, count in counts],
    )
