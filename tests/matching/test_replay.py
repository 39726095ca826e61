"""An earlier answer comes again from its intake and what it carries, whatever has become of the directory."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from directory import actions
from directory.models import PastCard, Therapist, TherapistConcern
from directory.models.change import PAST_CARDS_KEPT
from directory.roster.current import current
from matching import rulebook
from matching.intake import Intake
from matching.management.commands.replay import DRAWN_ELSEWHERE, DRAWN_HERE
from matching.matches import Matches
from matching.matchmaking import find_matches
from matching.replay import Given, differences, replay
from tests.factories import TODAY, PartnerFactory, TherapistFactory

INTAKE = {
    "state": "CA",
    "delivery": ["telehealth", "in_person"],
    "near": {"zip": "90012", "within": 25},
    "session_format": "couple",
    "populations": ["couples"],
    "concerns": {"trust-and-abandonment": 3, "childhood-trauma": 2},
    "trauma": True,
    "safe_at_home": True,
    "fee_max": 150,
    "languages": ["es"],
    "limit": 20,
}
FITS = {
    "session_formats": ["couple"],
    "concerns": ["trust-and-abandonment"],
    "populations": ["couples"],
    "languages": ["es"],
}


@pytest.fixture
def directory(committed: None) -> list[Therapist]:
    """Four people who differ a little, and three who are equal and take turns."""
    with transaction.atomic():
        differing = [
            TherapistFactory(
                slug=f"differing-{place}",
                trained_in=["emotionally-focused"] if place % 2 else [],
                fee_min=100 + 20 * place,
                zips=["90012"] if place % 3 else [],
                **FITS,
            )
            for place in range(4)
        ]
        return differing + [TherapistFactory(slug=f"equal-{place}", **FITS) for place in range(3)]


def the_answer() -> tuple[Matches, Given]:
    found = find_matches(Intake.from_json(INTAKE), on=TODAY)
    return found, Given(ruleset=found.ruleset, seed=found.seed, sequence=found.sequence, on=found.on)


def slugs(matches: Matches) -> list[str]:
    return [match.card["slug"] for match in matches.matches]


def as_json(matches: Matches) -> str:
    return json.dumps(matches.to_json())


# --- The directory moves on -------------------------------------------------------------------------------------------
def nothing(first: Therapist) -> None:
    pass


def somebody_new_fits_better(first: Therapist) -> None:
    with transaction.atomic():
        TherapistFactory(
            slug="new",
            trained_in=["emotionally-focused", "trauma-informed"],
            focus_concerns=["trust-and-abandonment", "childhood-trauma"],
            fee_min=90,
            **{name: codes for name, codes in FITS.items() if name != "concerns"},
        )
    assert slugs(find_matches(Intake.from_json(INTAKE), on=TODAY))[0] == "new"


def the_first_is_suspended(first: Therapist) -> None:
    Therapist.objects.filter(pk=first.pk).update(life="suspended")


def the_first_raises_the_fee(first: Therapist) -> None:
    Therapist.objects.filter(pk=first.pk).update(fee_min=400, fee_max=500)


def the_first_says_less(first: Therapist) -> None:
    TherapistConcern.objects.filter(therapist=first).delete()
    first.languages.clear()


def the_first_moves_away_and_loses_the_license(first: Therapist) -> None:
    first.locations.all().delete()
    first.licenses.update(status="revoked")


def the_first_is_renamed(first: Therapist) -> None:
    Therapist.objects.filter(pk=first.pk).update(name="Zoe New", slug="zoe-new")


def everybody_changes_twice(first: Therapist) -> None:
    Therapist.objects.update(fee_min=99)
    Therapist.objects.update(fee_min=None, accepting_clients="no")


@pytest.mark.parametrize(
    "moves_on",
    [
        nothing,
        somebody_new_fits_better,
        the_first_is_suspended,
        the_first_raises_the_fee,
        the_first_says_less,
        the_first_moves_away_and_loses_the_license,
        the_first_is_renamed,
        everybody_changes_twice,
    ],
)
def test_the_answer_comes_again_to_the_last_word(
    directory: list[Therapist], moves_on: Callable[[Therapist], None]
) -> None:
    found, given = the_answer()
    first = Therapist.objects.get(pk=found.matches[0].ranked.therapist_id)
    moves_on(first)
    assert as_json(replay(Intake.from_json(INTAKE), given)) == as_json(found)
    if moves_on is not nothing:
        assert as_json(find_matches(Intake.from_json(INTAKE), on=TODAY)) != as_json(found)


def test_another_ruleset_gives_its_own_order(directory: list[Therapist], monkeypatch: pytest.MonkeyPatch) -> None:
    found, given = the_answer()
    rules = rulebook.in_force(TODAY)
    cheap = rules.with_weights(dict.fromkeys(rules.weights, 1) | {"cost": 50})
    monkeypatch.setattr(rulebook, "released", lambda: {rules.code: rules, "cheap": cheap})
    again = replay(Intake.from_json(INTAKE), Given(**vars(given) | {"ruleset": "cheap"}))
    assert again.ruleset == cheap.code
    assert slugs(again) != slugs(found)
    assert set(slugs(again)) == set(slugs(found))


def test_another_seed_shuffles_only_equals(directory: list[Therapist]) -> None:
    found, given = the_answer()
    orders = set()
    for seed in range(8):
        again = replay(Intake.from_json(INTAKE), Given(**vars(given) | {"seed": f"{seed << 16:016x}"}))
        assert [match.score for match in again.matches] == [match.score for match in found.matches]
        orders.add(tuple(slugs(again)))
    assert len(orders) > 1


# --- The command ------------------------------------------------------------------------------------------------------
@pytest.fixture
def saved(directory: list[Therapist], tmp_path: Path) -> tuple[str, str]:
    """An intake and its answer, as somebody kept them."""
    found, _ = the_answer()
    return written(tmp_path, "intake.json", INTAKE), written(tmp_path, "answer.json", found.to_json())


def written(folder: Path, name: str, document: Any) -> str:
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return str(file)


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("replay", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        said(*arguments)
    assert error.value.returncode == 1
    return str(error.value)


def test_a_saved_answer_is_held_against_the_replay(saved: tuple[str, str]) -> None:
    intake, answer = saved
    Therapist.objects.update(fee_min=99)
    lines = said(intake, "--answer", answer).splitlines()
    assert lines[0].startswith(f"7 match on {TODAY} (ruleset 2026.1, seed ")
    assert lines[1].split() == ["rank", "therapist", "score", "known"]
    document = json.loads(Path(answer).read_text())
    for line, match in zip(lines[2:9], document["matches"], strict=True):
        known = f"{match['confidence']:.0%}"
        assert line.split() == [str(match["rank"]), match["therapist"]["slug"], f"{match['score']:.2f}", known]
    assert lines[9:] == ["The same, all 7.", DRAWN_HERE]


def test_the_four_numbers_of_an_answer_are_enough(saved: tuple[str, str]) -> None:
    intake, answer = saved
    document = json.loads(Path(answer).read_text())
    Therapist.objects.update(fee_min=99)
    given = [f"--{name}={document[name]}" for name in ("ruleset", "seed", "sequence", "on")]
    assert json.loads(said(intake, *given, "--json")) == document
    assert len(json.loads(said(intake, *given, "--json", "--limit", "3"))["matches"]) == 3


def test_with_json_nothing_but_json_is_printed(saved: tuple[str, str]) -> None:
    intake, answer = saved
    assert json.loads(said(intake, "--answer", answer, "--json")) == json.loads(Path(answer).read_text())


def test_an_intake_may_come_from_standard_input(saved: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    intake, answer = saved
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(intake).read_bytes())))
    assert said("-", "--answer", answer).endswith(f"The same, all 7.\n{DRAWN_HERE}\n")


def test_nobody_is_the_same_as_nobody(committed: None, tmp_path: Path) -> None:
    found, _ = the_answer()
    intake, answer = written(tmp_path, "intake.json", INTAKE), written(tmp_path, "answer.json", found.to_json())
    assert said(intake, "--answer", answer).splitlines()[1:] == ["The same: nobody.", DRAWN_HERE]


def test_a_tampered_answer_is_told_from_a_true_one(saved: tuple[str, str], tmp_path: Path) -> None:
    intake, answer = saved
    document = json.loads(Path(answer).read_text())
    document["matches"][1]["score"] = 99.9
    message = refused(intake, "--answer", written(tmp_path, "tampered.json", document))
    assert message.startswith("Not the same. Rank 2, ")
    assert ": score 99.9 in the answer, " in message


def test_a_seed_that_somebody_chose_is_told(saved: tuple[str, str], tmp_path: Path) -> None:
    intake, answer = saved
    document = json.loads(Path(answer).read_text())
    chosen = f"--seed={(int(document['seed'], 16) + 3) % 2**64:016x}"
    others = [f"--{name}={document[name]}" for name in ("ruleset", "sequence", "on")]
    document = json.loads(said(intake, chosen, *others, "--json"))
    assert said(intake, "--answer", written(tmp_path, "chosen.json", document)).endswith(f"{DRAWN_ELSEWHERE}\n")


def test_a_finding_that_is_there_twice_is_told(saved: tuple[str, str], tmp_path: Path) -> None:
    intake, answer = saved
    document = json.loads(Path(answer).read_text())
    findings = document["matches"][0]["findings"]
    document["matches"][0]["findings"] = [findings[0] | {"points": 99.0}, *findings]
    assert "with 99.0 points in the answer" in refused(intake, "--answer", written(tmp_path, "twice.json", document))


def test_nothing_of_a_saved_answer_moves_the_cursor(saved: tuple[str, str], tmp_path: Path) -> None:
    intake, answer = saved
    document = json.loads(Path(answer).read_text())
    document["matches"][0]["therapist"]["slug"] = "ada\x1b[2K\rThe same, all 7."
    assert refused(intake, "--answer", written(tmp_path, "escape.json", document)).isprintable()


def match(rank: int, slug: str, **points: float) -> dict[str, Any]:
    findings = [{"criterion": criterion, "points": its} for criterion, its in points.items()]
    return {"rank": rank, "score": sum(points.values()), "therapist": {"slug": slug}, "findings": findings}


TRUE = {"total": 9, "matches": [match(1, "ada", cost=40.5, style_fit=20.25), match(2, "ben", cost=10.0)]}


@pytest.mark.parametrize(
    ("description", "answer", "told"),
    [
        ("the same", TRUE, []),
        (
            "two changed places",
            {"total": 9, "matches": [match(1, "ben", cost=10.0), match(2, "ada", cost=40.5, style_fit=20.25)]},
            ["rank 1: ben in the answer, ada in the replay", "rank 2: ada in the answer, ben in the replay"],
        ),
        (
            "more points for one criterion",
            {"total": 9, "matches": [match(1, "ada", cost=41.5, style_fit=20.25), TRUE["matches"][1]]},
            [
                "rank 1, ada: score 61.75 in the answer, 60.75 in the replay",
                "rank 1, ada: cost with 41.5 points in the answer, cost with 40.5 points in the replay",
            ],
        ),
        (
            "points of one criterion given to another",
            {"total": 9, "matches": [match(1, "ada", cost=20.25, paid=40.5), TRUE["matches"][1]]},
            [
                "rank 1, ada: cost with 20.25 points in the answer, cost with 40.5 points in the replay",
                "rank 1, ada: paid with 40.5 points in the answer, style_fit with 20.25 points in the replay",
            ],
        ),
        (
            "somebody left out",
            {"total": 9, "matches": [match(2, "ben", cost=10.0)]},
            [
                "place 1: rank 2 in the answer",
                "rank 1: ben in the answer, ada in the replay",
                "length: 1 in the answer, 2 in the replay",
            ],
        ),
        ("the end cut off", {"total": 9, "matches": TRUE["matches"][:1]}, ["length: 1 in the answer, 2 in the replay"]),
        ("a wrong total", TRUE | {"total": 8}, ["total: 8 in the answer, 9 in the replay"]),
    ],
)
def test_each_difference_is_told(description: str, answer: dict[str, Any], told: list[str]) -> None:
    assert list(differences(answer, TRUE)) == told, description


def test_another_intake_is_told(saved: tuple[str, str], tmp_path: Path) -> None:
    other = written(tmp_path, "other.json", INTAKE | {"fee_max": 90})
    assert refused(other, "--answer", saved[1]).startswith("Not the same. Rank 1")


# --- What cannot be replayed ------------------------------------------------------------------------------------------
def test_without_somebody_who_was_erased_there_is_no_replay(saved: tuple[str, str]) -> None:
    intake, answer = saved
    Therapist.objects.get(slug="equal-1").delete()
    assert "what 1 profile said then is no longer kept" in refused(intake, "--answer", answer)


def test_after_ninety_days_there_is_no_replay(saved: tuple[str, str]) -> None:
    intake, answer = saved
    Therapist.objects.update(fee_min=99)
    PastCard.objects.update(at=timezone.now() - PAST_CARDS_KEPT - dt.timedelta(hours=1))
    call_command("purge", verbosity=0)
    assert "what 7 profiles said then is no longer kept" in refused(intake, "--answer", answer)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ruleset": "1999.1"}, "ruleset: There is no ruleset '1999.1'. Released are: 2026.1."),
        ({"seed": "12"}, "- seed: Must be 16 hexadecimal digits, in small letters."),
        ({"seed": "0123456789ABCDEF"}, "- seed: Must be 16 hexadecimal digits, in small letters."),
        ({"sequence": "7"}, "sequence: There is no change 7: the directory stands at 0."),
        ({"sequence": "-1"}, "- sequence: Ensure this value is greater than or equal to 0."),
        ({"sequence": "many"}, "Error: argument --sequence: invalid int value: 'many'"),
        ({"on": "2026-02-30"}, "- on: Must be a date, as in 2026-11-24."),
        ({"on": "today"}, "- on: Must be a date, as in 2026-11-24."),
        ({"limit": "0"}, "- limit: Ensure this value is greater than or equal to 1."),
        ({"limit": "101"}, "- limit: Ensure this value is less than or equal to 100."),
    ],
)
def test_each_wrong_option_is_named(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    right = {"ruleset": "2026.1", "seed": "0123456789abcdef", "sequence": "0", "on": "2026-11-24"}
    intake = written(tmp_path, "intake.json", INTAKE)
    assert sentence in refused(intake, *(f"--{name}={value}" for name, value in (right | change).items()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("document", "sentences"),
    [
        ("", ["The intake cannot be used. The body cannot be used as JSON"]),
        ('{"state": "CA", "state": "NY"}', ["a key is given twice in one object"]),
        ([], ["The intake cannot be used.", "Invalid data. Expected a dictionary"]),
        ({}, ["- state: This field is required.", "- delivery: This field is required."]),
        (INTAKE | {"state": "XX"}, ["- state: "]),
        (INTAKE | {"near": {"zip": "00000", "within": 25}}, ["- near/zip: 00000 is not a ZIP code that we know."]),
        (INTAKE | {"near": {"zip": "90012", "within": 0}}, ["- near/within: "]),
        (INTAKE | {"concerns": {"nonsense": 3}}, ["- concerns"]),
        (INTAKE | {"unknown": 1}, ["- unknown: Unknown key."]),
        (INTAKE | {"must": ["insurance"]}, ["- must: "]),
        (
            INTAKE | {"attachment": {"instrument": "nonsense", "responses": {}}},
            ["- attachment/instrument: There is no instrument “nonsense”."],
        ),
    ],
)
def test_each_mistake_of_an_intake_is_named_as_the_api_does(
    tmp_path: Path, document: Any, sentences: list[str]
) -> None:
    given = ["--ruleset=2026.1", "--seed=0123456789abcdef", "--sequence=0", "--on=2026-11-24"]
    message = refused(written(tmp_path, "intake.json", document), *given)
    for sentence in sentences:
        assert sentence in message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("document", "sentences"),
    [
        ("{", ["The answer cannot be used. It is not JSON in UTF-8."]),
        ({}, ["- ruleset: This field is required.", "- matches: This field is required."]),
        ({"matches": [{"rank": 1}]}, ["- matches/0/score: ", "- matches/0/therapist: ", "- matches/0/findings: "]),
        ({"matches": 3}, ["- matches: Expected a list of items"]),
        ({"seed": 12, "sequence": "9", "on": None}, ["- seed: ", "- sequence: Must be a whole number.", "- on: "]),
    ],
)
def test_each_mistake_of_an_answer_is_named(tmp_path: Path, document: Any, sentences: list[str]) -> None:
    intake, answer = written(tmp_path, "intake.json", INTAKE), written(tmp_path, "answer.json", document)
    message = refused(intake, "--answer", answer)
    for sentence in sentences:
        assert sentence in message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Say --answer ANSWER.json, or also --ruleset, --seed, --sequence, --on."),
        (["--seed=0123456789abcdef", "--sequence=0"], "Say --answer ANSWER.json, or also --ruleset, --on."),
        (["--answer=answer.json", "--limit=3"], "With --answer, everything else is read from the answer"),
        (["--answer=answer.json", "--on=2026-11-24"], "With --answer, everything else is read from the answer"),
        (["--answer=/nowhere/answer.json"], "The answer cannot be read: /nowhere/answer.json: No such file"),
    ],
)
def test_a_call_that_says_too_little_or_too_much(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    assert sentence in refused(written(tmp_path, "intake.json", INTAKE), *arguments)


@pytest.mark.django_db
def test_standard_input_is_read_once() -> None:
    assert refused("-", "--answer", "-") == "Only one of the two can come from standard input."


@pytest.mark.django_db
def test_a_missing_intake_is_named() -> None:
    given = ["--ruleset=2026.1", "--seed=0123456789abcdef", "--sequence=0", "--on=2026-11-24"]
    assert refused("/nowhere/intake.json", *given).startswith("The intake cannot be read: /nowhere/intake.json")


# --- Through the API --------------------------------------------------------------------------------------------------
def test_a_partner_can_keep_an_answer_and_have_it_replayed(directory: list[Therapist], tmp_path: Path) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {actions.issue_key(partner=PartnerFactory())}")
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC)):
        response = client.post("/api/v1/matches/", INTAKE, format="json")
    assert response.status_code == 200, response.content
    intake, answer = written(tmp_path, "intake.json", INTAKE), tmp_path / "answer.json"
    answer.write_bytes(response.content)
    first = Therapist.objects.get(slug=response.json()["matches"][0]["therapist"]["slug"])
    the_first_is_suspended(first)
    somebody_new_fits_better(first)
    sequence = current().sequence
    assert said(intake, "--answer", str(answer)).endswith(f"The same, all 7.\n{DRAWN_HERE}\n")
    assert current().sequence == sequence
