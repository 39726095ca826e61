"""The section of an audit's page about ranking effects. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from matching.audit.exposure import Exposure, GroupFigures
from matching.audit.outcome import Audit
from matching.audit.page import table, times
from matching.plots import Bar, Panel, bar_chart

GROUP_HEADINGS: Final = (
    "Group",
    "Listed",
    "Share of the listed",
    "Share of places by lot",
    "Share of places shown",
    "Ranking effect",
    "By rank",
    "Where not asked",
    "By chance",
)


def effects(audit: Audit) -> Iterator[str]:
    """The section, attribute by attribute: what is asked, a plot, a table."""
    yield "<h2>Ranking effects: who gets the places, among those who could</h2>"
    yield (
        "<p><strong>Ranking effect</strong>: the places that a group got, divided by those that it would get if places "
        "were drawn by lot among all who met the requirements of the same intakes. 1.00 is what lots give; 1.20 is a "
        "fifth more. In brackets: where 95 of 100 repeats with other intakes of the same mix would lie (bootstrap). "
        "<strong>By rank</strong>: the same, with a place at rank r counting 1 / log<sub>2</sub>(1 + r). "
        "<strong>Where not asked</strong>: only intakes that do not ask for the attribute. What a client asks for may "
        "and should move the order; what nobody asked for should not. <strong>By chance</strong>: where 95 of 100 "
        "groups of the same size lie when therapists are put into groups at random. A group <em>stands out</em> (*) "
        "when its interval excludes 1 and its effect lies outside of that range.</p>"
    )
    yield (
        "<p class='note'>The ranking reads gender, language and office only where a client asks, and never reads the "
        "type of license, the years or the state. An effect there is an effect of other facts that the group states "
        "more or less often, such as trained approaches.</p>"
    )
    for attribute in audit.exposure:
        yield f"<h3>{escape(attribute.name)}</h3>"
        yield f"<p>{escape(_about(attribute, audit))}</p>"
        yield f'<div class="wide">{_plot(attribute)}</div>'
        yield table("", GROUP_HEADINGS, (_group_row(group) for group in attribute.groups))


def _about(attribute: Exposure, audit: Audit) -> str:
    asked = f"{attribute.asked:,} of {audit.intakes:,} intakes ask for it."
    if attribute.code == "state":
        asked = (
            "Every intake asks for it: a license or compact privilege in the state is required. So an effect here "
            "only compares who is licensed in a state with who holds a privilege there; the rest is supply."
        )
    if attribute.code == "place":
        asked += (
            " Urban stands for an office with ten or more middles of ZIP areas within ten miles. That is a stand-in: "
            "no figures of population are used."
        )
    overlapping = " A therapist may be in several groups, so shares sum to more than 100 %." * attribute.overlapping
    return asked + overlapping


def _plot(attribute: Exposure) -> str:
    bars = [
        Bar(
            label=group.name,
            value=round(group.ranking.effect - 1, 2) or 0.0,  # no -0 %
            low=None if group.ranking.low is None else group.ranking.low - 1,
            high=None if group.ranking.high is None else group.ranking.high - 1,
            ours=group.stands_out,
        )
        for group in attribute.groups
        if group.ranking.effect is not None
    ]
    if not bars:
        return ""
    about = "Ranking effect less 1 by group, with 95 % intervals; the table below has the numbers."
    return bar_chart(f"More or fewer places than by lot: {attribute.name.lower()}", about, [_panel(bars)])


def _panel(bars: Sequence[Bar]) -> Panel:
    return Panel(name="fewer ← places than by lot → more (a dark bar stands out)", bars=bars, form="+.0%")


def _group_row(group: GroupFigures) -> tuple[str, ...]:
    chance = "–" if group.chance is None else f"{group.chance[0]:.2f} to {group.chance[1]:.2f}"
    return (
        group.name + " *" * group.stands_out,
        f"{group.therapists:,}",
        f"{group.listed_share:.1%}",
        f"{group.lot_share:.1%}",
        f"{group.shown_share:.1%}",
        times(group.ranking),
        times(group.weighted),
        times(group.not_asked),
        chance,
    )
