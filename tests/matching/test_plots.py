"""The plots say in words and numbers what they show, and nothing in them asks for more than a reader of SVG."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.plots import APART, SIDE, Bar, Line, Panel, bar_chart, line_chart, lorenz_chart

SVG = "{http://www.w3.org/2000/svg}"

BARS = bar_chart(
    "Needs met",
    "Ours meets more needs than chance.",
    [
        Panel(
            name="Needs met",
            bars=[Bar(label="ours", value=0.5, low=0.4, high=0.6, ours=True), Bar(label="chance", value=0.25)],
        ),
        Panel(name="Difference", bars=[Bar(label="change", value=-0.1, low=-0.2, high=0.05)], form="+.2f"),
    ],
)
LINES = line_chart(
    "By noise",
    "Ours falls with noise.",
    [
        Line(label="ours", xs=[0, 1], ys=[0.6, 0.3], lows=[0.5, 0.2], highs=[0.7, 0.4]),
        Line(label="chance", xs=[0, 1], ys=[0.3, 0.3]),
    ],
    x_name="noise",
    y_name="needs met",
)
CURVES = lorenz_chart("Load", "Half has it all.", {"ours": [0, 0, 5, 5]}, x_name="therapists", y_name="clients")


@pytest.mark.parametrize("drawing", [BARS, LINES, CURVES])
def test_a_plot_is_plain_svg_that_says_what_it_shows(drawing: str) -> None:
    root = ET.fromstring(drawing)
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "path", "text", "circle", "polyline", "polygon"}
    assert not [name for element in root.iter() for name in element.attrib if name == "style" or name.startswith("on")]


def test_every_bar_has_its_name_and_its_number_beside_it() -> None:
    words = [element.text for element in ET.fromstring(BARS).iter(f"{SVG}text")]
    for word in ("ours", "50%", "chance", "25%", "change", "-0.10"):
        assert word in words


def test_bars_of_a_panel_share_a_scale() -> None:
    ours, chance, _ = [float(bar.get("width", 0)) for bar in ET.fromstring(BARS).iter(f"{SVG}rect") if bar.get("x")][1:]
    assert ours == pytest.approx(2 * chance, abs=0.1)


def test_a_lorenz_curve_goes_through_the_shares() -> None:
    curve = next(iter(ET.fromstring(CURVES).iter(f"{SVG}polyline"))).get("points", "")
    assert curve.split()[2] == f"{SIDE / 2:.1f},{SIDE:.1f}"  # the less loaded half has nothing


def test_loads_of_nobody_at_all_can_be_drawn() -> None:
    assert "ours" in lorenz_chart("Load", "Nobody came.", {"ours": [0, 0]}, x_name="therapists", y_name="clients")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_names_of_lines_never_touch_nor_leave_the_plot(ends: list[float]) -> None:
    drawing = line_chart(
        "Lines",
        "Lines.",
        [Line(label=f"line {number}", xs=[0, 1], ys=[0, end]) for number, end in enumerate(ends)],
        x_name="x",
        y_name="y",
    )
    words = [one for one in ET.fromstring(drawing).iter(f"{SVG}text") if (one.text or "").startswith("line ")]
    heights = sorted(float(one.get("y", 0)) - 4 for one in words)
    assert all(-1 <= height <= SIDE + 1 for height in heights)
    assert all(below - above >= APART - 0.2 for above, below in itertools.pairwise(heights))
