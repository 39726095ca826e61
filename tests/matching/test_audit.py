"""The audit of the ranking: its arithmetic by hand, and that it finds a bias that somebody planted."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from directory.demo.loading import seed_demo
from directory.demo.people import world
from directory.roster.columns import Columns
from matching import criteria, rulebook
from matching.audit.concentration import Lotteries, concentration, gini, why_never_eligible
from matching.audit.exposure import Counting, Exposure, GroupFigures, discount
from matching.audit.groups import NEARBY, Attribute, areas_nearby, attributes
from matching.audit.outcome import Audit
from matching.audit.report import report_of
from matching.audit.running import audit_ranking
from matching.audit.supply import Supply
from matching.candidates import Candidates, Floats
from matching.intake import Intake, Near
from matching.needs import Needs
from tests.factories import TODAY
from tests.matching.drawing import CODES, needs

PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
NAMES = {"languages": {"en": "English", "es": "Spanish"}, "license_types": {"lmft": "LMFT", "lcsw": "LCSW"}}


def two_halves(therapists: int = 40) -> Attribute:
    first = np.arange(therapists) < therapists / 2
    return Attribute(
        code="half",
        name="Half",
        groups=("first", "second"),
        members=np.column_stack([first, ~first]),
        asked=lambda intake: intake.trauma is True,
    )


def figures(counting: Counting) -> dict[str, GroupFigures]:
    [attribute] = counting.figures()
    return {group.name: group for group in attribute.groups}


# --- Exposure ---------------------------------------------------------------------------------------------------------
def test_the_effect_is_the_places_over_those_by_lot() -> None:
    counting = Counting([two_halves()], 40, seed=1)
    for _ in range(30):  # three of the first half can be shown, and one of the second; the first half gets both places
        counting.add(PLAIN, np.array([0, 1, 2, 39]), np.array([0, 1]))
    found = figures(counting)
    assert found["first"].shown_share == 1
    assert found["first"].lot_share == pytest.approx(0.75)
    assert found["first"].ranking.effect == pytest.approx(1 / 0.75)
    assert found["second"].ranking.effect == 0
    assert found["first"].listed_share == 0.5


def test_a_place_at_the_top_counts_more_when_weighed_by_rank() -> None:
    counting = Counting([two_halves()], 40, seed=1)
    for _ in range(30):
        counting.add(PLAIN, np.array([0, 39]), np.array([0, 39]))
    found = figures(counting)
    assert found["first"].ranking.effect == found["second"].ranking.effect == 1
    above, below = discount(2)
    assert (above, below) == (1, pytest.approx(0.6309, abs=1e-4))
    assert found["first"].weighted.effect == pytest.approx(2 * above / (above + below))


def test_what_was_asked_for_can_be_left_out() -> None:
    counting = Counting([two_halves()], 40, seed=1)
    for _ in range(30):
        counting.add(replace(PLAIN, trauma=True), np.arange(40), np.array([0]))
        counting.add(PLAIN, np.arange(40), np.array([39]))
    found = figures(counting)
    assert found["first"].ranking.effect == 1
    assert found["first"].not_asked.effect == 0
    assert found["second"].not_asked.effect == 2
    [attribute] = counting.figures()
    assert attribute.asked == 30


def test_nothing_is_said_about_a_group_that_could_hardly_be_shown() -> None:
    counting = Counting([two_halves()], 40, seed=1)
    counting.add(PLAIN, np.array([], dtype=np.intp), np.array([], dtype=np.intp))
    for _ in range(9):
        counting.add(PLAIN, np.array([39]), np.array([39]))
    assert {group.ranking.effect for group in figures(counting).values()} == {None}


def shown_by(pick: Callable[[np.random.Generator], list[int]], intakes: int = 600) -> dict[str, GroupFigures]:
    counting, rng = Counting([two_halves()], 40, seed=2), np.random.default_rng(3)
    for _ in range(intakes):
        counting.add(PLAIN, np.arange(40), np.array(pick(rng)))
    return figures(counting)


def test_lots_give_an_interval_around_one_and_nobody_stands_out() -> None:
    for group in shown_by(lambda rng: rng.choice(40, 3, replace=False).tolist()).values():
        assert group.ranking.low is not None
        assert group.ranking.high is not None
        assert group.ranking.low < 1 < group.ranking.high
        assert not group.stands_out


def test_a_favored_half_stands_out_with_an_interval_that_excludes_one() -> None:
    weights = np.where(np.arange(40) < 20, 1.5, 1.0)
    found = shown_by(lambda rng: rng.choice(40, 3, replace=False, p=weights / weights.sum()).tolist())
    assert found["first"].ranking.low is not None
    assert found["first"].ranking.low > 1
    assert found["second"].ranking.high is not None
    assert found["second"].ranking.high < 1
    assert found["first"].stands_out
    assert found["second"].stands_out


def test_a_few_favored_therapists_do_not_make_their_group_stand_out() -> None:
    # Whoever is in the group by accident: two stars lift it, and so they would any other group of this size.
    [group] = [found for name, found in shown_by(lambda rng: [0, 1]).items() if name == "first"]
    assert group.ranking.excludes_one
    assert not group.stands_out


# --- Concentration ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("description", "loads", "expected"),
    [
        ("all the same", [3, 3, 3, 3], 0.0),
        ("one has all", [0, 0, 0, 8], 0.75),
        ("half have all", [0, 0, 1, 1], 0.5),
        ("in steps", [1, 2, 3], 2 / 9),
        ("nobody has any", [0, 0], 0.0),
        ("nobody is there", [], 0.0),
    ],
)
def test_gini_by_hand(description: str, loads: list[int], expected: float) -> None:
    assert gini(np.array(loads, dtype=np.int64)) == pytest.approx(expected), description


@given(st.lists(st.integers(0, 50), min_size=2, max_size=12).filter(any), st.integers(2, 9))
def test_gini_lies_between_0_and_1_and_knows_neither_unit_nor_order(loads: list[int], times: int) -> None:
    found = gini(np.array(loads))
    assert -1e-12 <= found < 1
    assert gini(np.array(loads[::-1]) * times) == pytest.approx(found)
    halves = [abs(one - other) for one in loads for other in loads]
    assert found == pytest.approx(sum(halves) / (2 * len(loads) * sum(loads)))


def test_lots_give_as_many_places_to_the_same_people() -> None:
    lotteries = Lotteries(6, seed=1)
    for _ in range(50):
        lotteries.add(np.array([0, 1, 2, 3]), 2)
    lotteries.add(np.array([], dtype=np.intp), 0)
    assert lotteries.places.sum(axis=1).tolist() == [100] * len(lotteries.places)
    assert not lotteries.places[:, 4:].any()
    found = concentration(np.array([100, 0, 0, 0, 0, 0]), lotteries)
    assert (found.eligible, found.gini, found.spared) == (4, 0.75, 3)
    assert found.gini_by_lot.high < 0.25
    assert found.spared_by_lot.mean == 0


def test_why_somebody_was_never_eligible() -> None:
    free = {"accepting": "yes", "session_formats": ["individual"], "delivery_methods": ["telehealth"]}
    columns = Columns.from_records(
        [
            free,
            free | {"accepting": "no", "session_formats": []},
            free | {"accepting": "waitlist"},
            free | {"accepting": None},
            free | {"session_formats": []},
            free | {"delivery_methods": []},
            free | {"session_formats": ["family"]},
        ],
        codes=CODES,
    )
    asked = {"session_formats": 1 << columns.bit("session_formats", "individual"), "delivery_methods": -1}
    reasons = [*why_never_eligible(columns.facts, np.ones(7, dtype=np.bool_), asked)]
    assert [reason.split()[0] for reason in reasons] == ["could", "takes", "has", "does", "states", "states", "offers"]


# --- Groups -----------------------------------------------------------------------------------------------------------
def test_groups_of_a_directory() -> None:
    middle = (39.0, -98.0)
    zips = np.array([middle] * 10 + [(45.0, -110.0)])
    records = [{"gender": "woman", "languages": ["en", "es"], "years_in_practice": 4, "places": [middle]}] * 10
    records += [{"gender": "man", "languages": ["en"], "years_in_practice": 5, "places": [(45.0, -110.0)]}] * 10
    records += [{"gender": "nonbinary", "languages": ["zh"], "places": []}] * 9 + [{}]
    columns = Columns.from_records(
        [record | {"jurisdictions": ["CA"], "license_types": ["lmft"]} for record in records], codes=CODES
    )
    found = {one.code: one for one in attributes(columns.facts, on=TODAY, names=NAMES, zips=zips)}
    counted = {
        code: dict(zip(one.groups, one.members.sum(axis=0).tolist(), strict=True)) for code, one in found.items()
    }
    assert counted == {
        "gender": {"woman": 10, "man": 10, "others": 9, "not stated": 1},
        "language": {"English": 20, "Spanish": 10, "others": 9, "not stated": 1},
        "license_type": {"LMFT": 30},
        "years": {"0 to 4": 10, "5 to 9": 10, "not stated": 10},
        "state": {"CA": 30},
        "place": {"rural": 10, "urban": 10, "no office stated": 10},
    }
    asked = replace(PLAIN, genders=("woman",), near=Near(zip="90012", within=5))
    assert [code for code, one in found.items() if one.asked(asked)] == ["gender", "state", "place"]


def test_who_left_the_directory_is_in_no_group() -> None:
    columns = Columns.from_records([{"gender": "woman"}, {"gender": "woman", "listed_until": dt.date(2026, 1, 1)}])
    found = attributes(columns.facts, on=TODAY, names=NAMES, zips=np.zeros((0, 2)))
    assert {len(one.members) for one in found} == {1}


def test_only_middles_within_ten_miles_count() -> None:
    degree = 69.09  # miles of a degree to the north on a sphere of the radius used
    zips = np.array([[40.0, -100.0], [40.0 + 9.9 / degree, -100.0], [40.0 - 10.1 / degree, -100.0], [40.0, -99.0]])
    assert NEARBY == 10
    assert areas_nearby(np.array([40.0, 41.5]), np.array([-100.0, -100.0]), zips) == [2, 0]


# --- Supply -----------------------------------------------------------------------------------------------------------
def test_supply_counts_what_is_asked_and_what_is_there() -> None:
    record = {
        "jurisdictions": ["CA"],
        "delivery_methods": ["telehealth"],
        "session_formats": ["individual"],
        "accepting": "yes",
        "languages": ["en"],
        "gender": "man",
    }
    columns = Columns.from_records([record] * 11 + [record | {"languages": ["es"]}], codes=CODES)
    supply = Supply()
    for intake in (
        PLAIN,
        replace(PLAIN, languages=("es",), genders=("woman",)),
        replace(PLAIN, languages=("es",), must=("languages",)),
        replace(PLAIN, state="NY", insurance=("aetna",)),
    ):
        selection = columns.select(needs(intake).requirements)
        supply.add(intake, "individual", selection, 3)
    assert (supply.intakes, supply.few, supply.none, supply.no_choice) == (4, 2, 1, 2)
    assert supply.helped == {"language": 1, "state": 1}
    gaps = {(gap.kind, gap.what): (gap.asked, gap.none, gap.few) for gap in supply.gaps({})}
    assert gaps["state", "CA"] == (3, 0, 1)
    assert gaps["state", "NY"] == (1, 1, 1)
    assert gaps["language", "es"] == (2, 0, 2)  # a wish counts those who could meet it
    assert gaps["gender", "woman"] == (1, 1, 1)
    assert gaps["insurance", "aetna"] == (1, 1, 1)
    assert gaps["delivery", "telehealth"] == (4, 1, 2)


# --- The whole way ----------------------------------------------------------------------------------------------------
@pytest.fixture
def california(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred of the demo's people, all of one state, so that there is something to choose from."""
    nobody_else = {code: [facts[0] * (code == "CA"), *facts[1:]] for code, facts in world()["states"].items()}
    monkeypatch.setitem(world(), "states", nobody_else)
    with connection.cursor() as cursor:
        # The turn of equals follows from the id: counted on, it would depend on the tests before.
        cursor.execute("SELECT setval(pg_get_serial_sequence('directory_therapist', 'id'), 800000)")
    seed_demo(therapists=300, seed=1, on=TODAY)


def only_criterion(monkeypatch: pytest.MonkeyPatch, fit: Callable[[Candidates, Needs], Floats]) -> None:
    [concerns] = [one for one in criteria.CRITERIA if one.code == "concerns"]
    monkeypatch.setattr(criteria, "CRITERIA", (replace(concerns, asked=lambda needs: True, fit=fit),))


def audit(intakes: int = 400) -> Audit:
    return audit_ranking(intakes=intakes, seed=1, places=3, on=TODAY, ruleset=rulebook.in_force(TODAY))


def of(found: Audit, code: str) -> Exposure:
    return next(one for one in found.exposure if one.code == code)


def test_a_planted_bias_is_found(california: None, monkeypatch: pytest.MonkeyPatch) -> None:
    only_criterion(monkeypatch, lambda candidates, _: np.where(candidates.numbers("gender") == 1, 0.6, 0.5))
    groups = {group.name: group for group in of(audit(), "gender").groups}
    men, women = groups["man"], groups["woman"]
    assert men.not_asked.low is not None
    assert men.not_asked.low > 1.5
    assert women.not_asked.high is not None
    assert women.not_asked.high < 0.7
    assert men.stands_out
    assert women.stands_out


def test_equals_take_turns_and_no_group_stands_out(california: None, monkeypatch: pytest.MonkeyPatch) -> None:
    only_criterion(monkeypatch, lambda candidates, _: np.full(len(candidates), 0.5))
    found = audit()
    assert not [group.name for one in found.exposure for group in one.groups if group.stands_out]
    # One interval in twenty leaves out the truth by chance: so that of most groups is asked for, and not of all.
    intervals = [group.ranking for one in found.exposure for group in one.groups if group.ranking.low is not None]
    around_one = [interval for interval in intervals if interval.low <= 1 <= interval.high]
    assert len(intervals) >= 20
    assert len(around_one) >= 0.8 * len(intervals), [interval for interval in intervals if interval not in around_one]
    assert found.concentration.gini == pytest.approx(found.concentration.gini_by_lot.mean, abs=0.05)


def test_everybody_is_counted_once(california: None) -> None:
    found = audit(150)
    assert found.listed == 300
    assert sum(found.never_eligible.values()) + found.concentration.eligible == 300
    assert found.concentration.loads.sum() == found.concentration.lot_loads.sum() == found.places_given <= 450
    for one in found.exposure:
        if not one.overlapping:
            assert sum(group.shown_share for group in one.groups) == pytest.approx(1)
            assert sum(group.lot_share for group in one.groups) == pytest.approx(1)
            assert sum(group.therapists for group in one.groups) == 300
    assert [gap.asked for gap in found.gaps if gap.kind == "state"] == [150]


def test_the_command_writes_figures_and_a_page_that_asks_nobody(california: None, tmp_path: Path) -> None:
    out = io.StringIO()
    figures_file, page = tmp_path / "audit.json", tmp_path / "audit.html"
    options: dict[str, Any] = {"intakes": 60, "on": TODAY, "json": figures_file, "html": page}
    call_command("audit_ranking", stdout=out, **options)
    data = json.loads(figures_file.read_text())
    assert (data["intakes"], data["seed"], data["on"], data["ruleset"]) == (60, 1, TODAY.isoformat(), "2026.1")
    assert {one["code"] for one in data["exposure"]} == {
        "gender",
        "language",
        "license_type",
        "years",
        "state",
        "place",
    }
    html = page.read_text()
    assert not re.search(r"<script|<link|<img|\ssrc=|\shref=|url\(|@import|\son[a-z]+=", html)
    assert re.findall(r"https?://[^\"]+", html) == ["http://www.w3.org/2000/svg"] * html.count("<svg")
    for heading in ("Supply gaps", "Ranking effects", "Concentration", "Never shown", "What cannot be concluded"):
        assert heading in html
    assert "Supply: " in out.getvalue()
    assert data["most_shown"][0]["slug"] in html
    again = tmp_path / "again.json"
    call_command("audit_ranking", verbosity=0, **(options | {"json": again, "html": None, "ruleset": "2026.1"}))
    assert again.read_bytes() == figures_file.read_bytes()


@pytest.mark.django_db
def test_with_nobody_listed_there_is_nothing_to_audit() -> None:
    with pytest.raises(CommandError, match="Nobody is listed"):
        call_command("audit_ranking", intakes=3, on=TODAY)


def test_a_ruleset_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CommandError, match=r"There is no ruleset '1999.1'.* A draft is named by its file"):
        call_command("audit_ranking", ruleset="1999.1")


@pytest.mark.parametrize("wrong", [{"intakes": 0}, {"seed": -1}, {"places": 0}, {"places": 101}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="--places one from 1 to 100"):
        call_command("audit_ranking", **wrong)


def test_a_page_of_an_audit_in_which_nobody_could_be_shown(california: None) -> None:
    found = replace(audit(1), places_given=0, gaps=(), most_shown=(), helped={})
    assert "What cannot be concluded" in report_of(found)
