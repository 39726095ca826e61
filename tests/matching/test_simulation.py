"""The simulation: it is fair to every order, hides skill from all of them, and can say no to ours."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from directory.roster.requirements import Requirements
from matching.management.commands.simulate_matching import read_ground
from matching.ranking import rank
from matching.simulation.assumptions import Assumptions, Ground
from matching.simulation.experiment import compare_policies, figure, leave_out, t_quantile
from matching.simulation.outcome import BEST_POSSIBLE, KEPT, MEASURES, compare, gini, orders, place
from matching.simulation.policies import POLICIES
from matching.simulation.report import Report, drawings, tables
from matching.simulation.visits import SKILLED, Visit, skilled, visits
from matching.simulation.world import World, draw_world, free_places

SMALL = Assumptions(therapists=120, clients=150)
ROOMY = replace(SMALL, tightness=0.001)  # everybody has a place for everybody
SEEDS = range(1, 5)


@functools.cache
def ground() -> Ground:
    return read_ground(None)


@functools.cache
def a_world(assumptions: Assumptions = SMALL, seed: int = 1) -> World:
    return draw_world(assumptions, ground(), seed=seed)


@functools.cache
def its_visits(assumptions: Assumptions = SMALL, seed: int = 1) -> tuple[Visit, ...]:
    return tuple(visits(a_world(assumptions, seed)))


def same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


# --- The world --------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_figures() -> None:
    first, again = (compare_policies(SMALL, ground(), seeds=[3]).to_json() for _ in range(2))
    assert first == again
    assert compare_policies(SMALL, ground(), seeds=[4]).to_json() != first


def test_worlds_that_differ_in_noise_share_their_clients_and_their_skill() -> None:
    clear, noisy = a_world(replace(SMALL, noise=0.0)), a_world(replace(SMALL, noise=1.0))
    assert clear.clients == noisy.clients
    assert np.array_equal(clear.skill["concerns"], noisy.skill["concerns"])
    assert np.array_equal(clear.places, noisy.places)


def boxes_and_skill(noise: float, vocabulary: str, skill: str) -> float:
    """Correlation of a box with skill, over all therapists who filled in the list and all codes that some tick."""
    world = a_world(Assumptions(therapists=1000, clients=10, noise=noise))
    codes = world.codes[skill]
    everyone = world.columns.select(Requirements(on=ground().on))
    ticked = np.column_stack([everyone.has(vocabulary, code) for code in codes])
    whole = np.column_stack([everyone.has(skill, code) for code in codes])
    filled = ticked.any(axis=1) & whole.any(axis=1)
    some = ticked[filled].mean(axis=0) > 0.02
    boxes, true = ticked[filled][:, some], world.skill[skill][filled][:, some]
    return fmean(np.corrcoef(boxes[:, n], true[:, n])[0, 1] for n in range(boxes.shape[1]))


@pytest.mark.parametrize(
    ("vocabulary", "skill"),
    [("concerns", "concerns"), ("focus", "concerns"), ("approaches", "approaches"), ("trained", "approaches")],
)
def test_boxes_tell_of_skill_and_in_pure_noise_they_tell_nothing(vocabulary: str, skill: str) -> None:
    assert boxes_and_skill(1.0, vocabulary, skill) == pytest.approx(0, abs=0.02)
    assert boxes_and_skill(0.5, vocabulary, skill) > 0.08
    assert boxes_and_skill(0.0, vocabulary, skill) > boxes_and_skill(0.5, vocabulary, skill) + 0.05


def test_some_tick_nearly_everything_and_some_hardly_anything() -> None:
    world = a_world(Assumptions(therapists=1000, clients=10))
    masks = world.columns.facts.words("concerns", ground().on)
    counts = np.sum([np.bitwise_count(mask) for mask in masks], axis=0)
    assert np.quantile(counts[counts > 0], 0.95) > 3 * np.quantile(counts[counts > 0], 0.05)


def test_there_are_as_many_places_as_tightness_says() -> None:
    taking = [{"accepting": "yes"}] * 240 + [{"accepting": None}] * 160
    for tightness in (0.4, 0.7, 1.0, 1.3):
        assumptions = Assumptions(clients=3000, weeks=52, stay=12.0, tightness=tightness)
        places = free_places(assumptions, taking, np.random.default_rng(1))
        assert 3000 * 12 / 52 / places.sum() == pytest.approx(tightness, rel=0.05)


def test_who_does_not_take_clients_has_no_place_and_who_does_has_one_at_least() -> None:
    world = a_world()
    accepting = world.columns.facts.numbers["accepting"] == 2
    assert np.array_equal(world.places > 0, accepting)


# --- What is true -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(0, 5))
def test_the_truly_skilled_are_the_best_quarter_and_one_at_least(count: int, seed: int) -> None:
    skill = np.random.default_rng(seed).standard_normal((count, 2))
    best = skilled(skill)
    assert best.sum(axis=0).tolist() == [math.ceil(SKILLED * count)] * 2
    assert all(skill[best[:, n], n].min() >= skill[~best[:, n], n].max(initial=-9) for n in (0, 1))


def test_where_evidence_holds_who_does_the_supported_approach_well_is_better() -> None:
    as_found, as_said = its_visits(), tuple(visits(a_world(), evidence_holds=1.0))
    assert not same([visit.met for visit in as_found], [visit.met for visit in as_said])
    for visit in as_said:
        helped = {row.approach for row in visit.client.needs.evidence}
        lists_one = np.any([visit.selection.has("approaches", code) for code in helped], axis=0)
        if 0 < lists_one.mean() < 1:
            assert visit.worth[lists_one].max() >= visit.worth[~lists_one].max()


# --- The orders -------------------------------------------------------------------------------------------------------


def test_no_order_sees_hidden_skill() -> None:
    world, seen = a_world(), its_visits()
    luck = np.random.default_rng(0)
    other = replace(world, skill={name: luck.permutation(skill) for name, skill in world.skill.items()})
    seen_otherwise = tuple(visits(other))
    assert not same([visit.met for visit in seen], [visit.met for visit in seen_otherwise])
    for policy in POLICIES.values():
        assert same(orders(world, seen, policy), orders(other, seen_otherwise, policy))


def test_ours_is_the_ranking_of_the_site() -> None:
    for visit, places in zip(its_visits(), orders(a_world(), its_visits(), POLICIES["ours"]), strict=True):
        client = visit.client
        ranked = rank(visit.selection, client.needs, seed=client.seed, limit=KEPT)
        assert visit.selection.ids[places].tolist() == [one.therapist_id for one in ranked]


def test_every_order_lists_therapists_who_meet_the_requirements_once_each() -> None:
    for policy in POLICIES.values():
        for visit, places in zip(its_visits(), orders(a_world(), its_visits(), policy), strict=True):
            assert len(set(places.tolist())) == min(KEPT, len(visit.selection)) == len(places)


def test_the_orders_are_what_their_names_say() -> None:
    world = a_world()
    counted = np.sum(
        [
            np.bitwise_count(mask)
            for name in ("concerns", "approaches")
            for mask in world.columns.facts.words(name, ground().on)
        ],
        axis=0,
    )
    for visit, by_name, near, most in zip(
        its_visits(),
        *(orders(world, its_visits(), POLICIES[name]) for name in ("alphabetical", "nearest", "most boxes")),
        strict=True,
    ):
        ids = visit.rows + 1
        assert world.columns.first_by_name(ids, 1) == ids[by_name[0]]
        assert np.nan_to_num(visit.miles, nan=np.inf)[near[0]] == np.nan_to_num(visit.miles, nan=np.inf).min()
        assert counted[visit.rows[most[0]]] == counted[visit.rows].max()


# --- Places and waiting -----------------------------------------------------------------------------------------------

PLACES = [
    {
        "description": "the second of the list takes who finds the first full",
        "lists": [[0, 1], [0, 1]],
        "weeks": [0, 0],
        "stays": [5, 5],
        "taken": [0, 1],
        "waits": [0, 0],
    },
    {
        "description": "a place is free again in the week after the last session",
        "lists": [[0], [0]],
        "weeks": [0, 1],
        "stays": [3, 1],
        "taken": [0, 0],
        "waits": [0, 2],
    },
    {
        "description": "who came first is asked first",
        "lists": [[0], [0], [0]],
        "weeks": [0, 1, 1],
        "stays": [2, 2, 9],
        "taken": [0, 0, 0],
        "waits": [0, 1, 3],
    },
    {
        "description": "after the weeks of patience they give up",
        "lists": [[0], [0]],
        "weeks": [0, 0],
        "stays": [9, 9],
        "taken": [0, -1],
        "waits": [0, 4],
    },
    {
        "description": "a therapist without places takes nobody",
        "lists": [[2]],
        "weeks": [0],
        "stays": [1],
        "taken": [-1],
        "waits": [4],
    },
]


@pytest.mark.parametrize("case", PLACES, ids=lambda case: case["description"])
def test_clients_wait_for_a_place(case: dict[str, Any]) -> None:
    found = place(case["lists"], weeks=case["weeks"], stays=case["stays"], places=np.array([1, 1, 0]), patience=4)
    assert found == (case["taken"], case["waits"])


@given(st.data())
def test_nobody_ever_has_more_clients_than_places(data: st.DataObject) -> None:
    places = np.array(data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=4)))
    count = data.draw(st.integers(0, 25))
    rows = st.lists(st.integers(0, len(places) - 1), unique=True, max_size=3)
    lists = data.draw(st.lists(rows, min_size=count, max_size=count))
    weeks = sorted(data.draw(st.lists(st.integers(0, 6), min_size=count, max_size=count)))
    stays = data.draw(st.lists(st.integers(1, 5), min_size=count, max_size=count))
    patience = data.draw(st.integers(1, 4))
    taken, waits = place(lists, weeks=weeks, stays=stays, places=places, patience=patience)
    for week in range(20):
        busy = np.zeros(len(places), dtype=int)
        for client, choice in enumerate(taken):
            start = weeks[client] + waits[client]
            if choice >= 0 and start <= week < start + stays[client]:
                busy[lists[client][choice]] += 1
        assert (busy <= places).all()
    assert all(wait < patience if choice >= 0 else wait == patience for choice, wait in zip(taken, waits, strict=True))


@pytest.mark.parametrize(
    ("loads", "expected", "description"),
    [
        ([1, 1, 1, 1], 0.0, "all equal"),
        ([0, 0, 0, 4], 0.75, "one has all of four"),
        ([0, 1], 0.5, "one of two"),
        ([1, 3], 0.25, "by hand"),
        ([0, 0], 0.0, "nobody has anything"),
    ],
)
def test_gini(loads: list[float], expected: float, description: str) -> None:
    assert gini(np.array(loads, dtype=float)) == pytest.approx(expected)


# --- Figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (19, 2.093), (120, 1.980)]
)
def test_students_t_is_as_in_the_tables(freedom: int, expected: float) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(expected, abs=0.01)


def test_one_world_has_no_interval() -> None:
    assert figure([0.5]).low is None
    assert "0.5" in json.dumps(figure([0.5]).to_json())


def test_a_random_order_does_as_arithmetic_says_where_places_abound() -> None:
    differences = []
    for seed in SEEDS:
        world, seen = a_world(ROOMY, seed), its_visits(ROOMY, seed)
        found = compare(world, seen, contacts=5, patience=8, policies={"random": POLICIES["random"]})["random"]
        expected = fmean(float(visit.main.mean()) for visit in seen)
        one_need = [visit for visit in seen if len(visit.client.needs.concerns) == 1]
        assert fmean(float(visit.main.mean()) for visit in one_need) == pytest.approx(
            fmean(math.ceil(SKILLED * len(visit.rows)) / len(visit.rows) for visit in one_need)
        )
        assert (found.measures["wait"], found.measures["found nobody"]) == (0, 0)
        differences.append(found.measures["main need"] - expected)
    interval = figure(differences)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low <= 0 <= interval.high
    assert interval.high - interval.low < 0.15


def test_the_simulation_can_say_no_where_boxes_are_pure_noise() -> None:
    noise = replace(ROOMY, therapists=200, clients=250, noise=1.0)
    ahead = compare_policies(noise, ground(), seeds=SEEDS).ahead["random"]["first listed"]
    assert ahead.low is not None
    assert ahead.low <= 0
    assert ahead.value < 0.05


def test_and_yes_where_boxes_tell_the_truth() -> None:
    clear = replace(ROOMY, therapists=200, clients=250, noise=0.0)
    ahead = compare_policies(clear, ground(), seeds=SEEDS).ahead["random"]["first listed"]
    assert ahead.low is not None
    assert ahead.low > 0


def test_nobody_does_better_than_who_knows_skill_where_places_abound() -> None:
    found = compare(a_world(ROOMY), its_visits(ROOMY), contacts=5, patience=8)
    assert all(found[BEST_POSSIBLE].measures["needs met"] >= one.measures["needs met"] for one in found.values())


def test_a_criterion_that_is_left_out_changes_only_who_was_asked_about_it() -> None:
    found = {one.criterion: one for one in leave_out(SMALL, ground(), seeds=[1, 2])}
    assert list(found) == list(ground().ruleset.weights)
    assert found["approach_evidence"].asked.value == 1
    assert 0 < found["language"].asked.value < 1
    assert found["concerns"].first_changes.value > 0.1
    assert found["concerns"].overlap.value < 1


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_writes_tables_figures_and_drawings_without_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "simulate_matching",
        therapists=60,
        clients=60,
        replications=2,
        ablation=True,
        json=tmp_path / "figures.json",
        svg=tmp_path / "drawings",
    )
    table = capsys.readouterr().out
    assert "2 worlds of 60 therapists" in table
    for words in (*POLICIES, *MEASURES, BEST_POSSIBLE, *ground().ruleset.weights):
        assert words in table
    document = json.loads((tmp_path / "figures.json").read_text())
    assert document["ruleset"] == ground().ruleset.code
    assert set(document["comparison"]["policies"]) == {*POLICIES, BEST_POSSIBLE}
    assert sorted(path.name for path in (tmp_path / "drawings").iterdir()) == [
        "simulation-ablation.svg",
        "simulation-load.svg",
        "simulation-policies.svg",
    ]


def test_a_grid_is_a_table_and_a_drawing_of_its_own() -> None:
    grid = [compare_policies(replace(SMALL, noise=noise), ground(), seeds=[1, 2]) for noise in (0.0, 1.0)]
    report = Report(comparison=grid[0], grids={"noise": grid})
    assert "needs met, noise" in "\n".join(tables(report))
    assert "noise" in dict(drawings(report))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"therapists": 1}, "10 or more"),
        ({"replications": 0}, "1 or more"),
        ({"noise": 1.5}, "from 0 to 1"),
        ({"evidence_holds": -0.1}, "from 0 to 1"),
        ({"tightness": 0.0}, "more than 0"),
        ({"ruleset": "1999.1"}, "no ruleset"),
    ],
)
def test_what_cannot_be_simulated_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("simulate_matching", **wrong)
