"""The demo's invented people: listed, believable in numbers, the same for the same seed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from directory.curation.csv_cells import VOCABULARIES
from directory.curation.screening import screen
from directory.demo.loading import seed_demo
from directory.demo.people import CHUNK, MOST_FOCUS, People, draw, world
from directory.models import (
    Approach,
    Concern,
    InsurancePlan,
    Language,
    PracticeLocation,
    SearchCard,
    SearchRow,
    Therapist,
)
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def codes() -> dict[str, list[str]]:
    return {
        name: list(model.objects.order_by("bit").values_list("code", flat=True)) for name, model in VOCABULARIES.items()
    }


def people(chunk: int = 0, seed: int = 1) -> People:
    return draw(seed, chunk, codes())


def facts() -> list[dict[str, Any]]:
    """All that the demo says, without ids and times of loading."""
    cards = SearchCard.objects.order_by("card__slug").values_list("card", flat=True)
    texts = Therapist.objects.order_by("slug").values("slug", "bio", "email", "phone", "website", "external_id")
    return [*cards, *texts]


def test_all_are_listed_today() -> None:
    assert seed_demo(therapists=150, seed=3, on=TODAY) == 150
    assert Therapist.objects.published(on=TODAY).count() == 150
    assert Therapist.objects.published(on=TODAY + dt.timedelta(days=60)).count() == 150
    assert SearchRow.objects.filter(listed=True).count() == 150
    assert SearchCard.objects.count() == 150


def test_the_same_seed_gives_the_same_people() -> None:
    seed_demo(therapists=40, seed=3, on=TODAY)
    first = facts()
    Therapist.objects.all().delete()
    seed_demo(therapists=40, seed=3, on=TODAY)
    assert facts() == first


def test_running_it_again_adds_nothing_and_more_adds_the_rest() -> None:
    seed_demo(therapists=30, seed=3, on=TODAY)
    first = facts()
    assert seed_demo(therapists=30, seed=3, on=TODAY) == 0
    assert facts() == first
    assert seed_demo(therapists=50, seed=3, on=TODAY) == 20
    kept = [fact for fact in facts() if fact in first]
    assert len(kept) == len(first)


def test_a_larger_demo_begins_with_the_people_of_a_smaller_one() -> None:
    seed_demo(therapists=20, seed=3, on=TODAY)
    small = facts()
    Therapist.objects.all().delete()
    seed_demo(therapists=35, seed=3, on=TODAY)
    assert all(fact in facts() for fact in small)


def test_two_seeds_live_side_by_side() -> None:
    seed_demo(therapists=20, seed=3, on=TODAY)
    seed_demo(therapists=20, seed=4, on=TODAY)
    assert Therapist.objects.published(on=TODAY).count() == 40


def test_an_old_demo_is_confirmed_again() -> None:
    seed_demo(therapists=20, seed=3, on=TODAY)
    later = TODAY + dt.timedelta(days=300)
    assert not Therapist.objects.published(on=later).exists()
    assert seed_demo(therapists=20, seed=3, on=later) == 0
    assert Therapist.objects.published(on=later).count() == 20
    assert SearchRow.objects.filter(listed=True).count() == 20


def test_nobody_could_be_taken_for_real() -> None:
    seed_demo(therapists=100, seed=3, on=TODAY)
    for therapist in Therapist.objects.all():
        assert " Demo-" in therapist.name
        assert "invented" in therapist.bio
        assert therapist.npi is None
        assert therapist.email == "" or therapist.email.endswith("@example.org")
        assert therapist.phone == "" or therapist.phone.startswith("(555) 555-01")
        assert therapist.website == "" or therapist.website.startswith("https://example.org/")
        therapist.full_clean()


def test_offices_stand_in_the_state_of_the_license() -> None:
    seed_demo(therapists=100, seed=3, on=TODAY)
    offices = PracticeLocation.objects.select_related("jurisdiction", "therapist")
    assert offices.count() > 50
    for office in offices:
        home = office.therapist.licenses.get().jurisdiction
        spans = world()["states"][home.code][1]
        assert office.jurisdiction == home
        assert any(span[:3] <= office.zip[:3] <= span[4:] for span in spans)


def test_every_state_has_zips_to_live_in() -> None:
    from directory.demo.loading import zips_by_state

    zips = zips_by_state()
    assert len(zips) == 51
    assert min(len(places) for places in zips.values()) > 20


def test_no_text_of_the_demo_is_flagged() -> None:
    data = world()
    for text in [*data["headlines"], *data["openings"], *data["middles"], *data["closings"], data["invented"]]:
        assert screen(text) == []
        assert len(text) <= 160


def test_shares_are_skewed_as_in_life() -> None:
    drawn = people()
    states = Counter(drawn.states[i] for i in drawn.state)
    assert states["CA"] > 5 * states["OR"]
    plans = drawn.terms["insurance_plans"].sum(axis=0)
    assert plans[1] > 3 * plans[12]
    assert 0.25 < np.mean(drawn.fee_min < 0) < 0.42
    assert 0.25 < np.mean(drawn.years < 0) < 0.42
    assert 0.25 < np.mean(~drawn.terms["insurance_plans"].any(axis=1)) < 0.45
    assert 0.25 < np.mean(~drawn.terms["populations"].any(axis=1)) < 0.45
    assert {"yes", "waitlist", "no", ""} == set(drawn.accepting)
    opening = drawn.opening[drawn.opening >= 0]
    assert len(opening) > CHUNK / 4
    assert opening.max() <= 60
    assert np.median(drawn.fee_min[(drawn.fee_min > 0) & (drawn.state == drawn.states.index("NY"))]) > np.median(
        drawn.fee_min[(drawn.fee_min > 0) & (drawn.state == drawn.states.index("OH"))]
    )


def test_marks_are_on_stated_terms_only() -> None:
    drawn = people()
    assert not (drawn.trained & ~drawn.terms["approaches"]).any()
    assert not (drawn.focus & ~drawn.terms["concerns"]).any()
    assert drawn.focus.sum(axis=1).max() == MOST_FOCUS
    assert drawn.trained.any()
    assert drawn.terms["session_formats"].any(axis=1).all()
    assert drawn.terms["delivery_methods"].any(axis=1).all()


def test_chunks_and_seeds_differ() -> None:
    names = [people(0, 1).name, people(1, 1).name, people(0, 2).name]
    assert names[0] != names[1]
    assert names[0] != names[2]


def test_the_world_speaks_in_codes_of_the_taxonomy() -> None:
    data = world()
    for model, used in (
        (Approach, data["approaches"]),
        (Concern, data["concerns"]),
        (Language, data["languages"]),
        (InsurancePlan, data["plans_only_in"]),
    ):
        assert set(used) <= set(model.objects.values_list("code", flat=True))


@pytest.mark.parametrize("args", [["--therapists", "0"], ["--seed", "-1"]])
def test_what_the_command_refuses(args: list[str]) -> None:
    with pytest.raises(CommandError, match="takes a number"):
        call_command("seed_demo", *args)


def test_the_command_says_what_it_did() -> None:
    out = StringIO()
    call_command("seed_demo", "--therapists", "5", "--seed", "3", stdout=out)
    assert "5 invented therapists added" in out.getvalue()
