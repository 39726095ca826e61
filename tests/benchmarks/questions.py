"""What is asked: five classes of questions, drawn from fixed seeds, about as popular as the facts in the directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final, TypeVar

from directory.demo.people import world
from directory.models import InsurancePlan, PracticeLocation
from directory.vocabulary import names
from matching.intake import Intake, Near, Scores

CLASSES: Final = {
    "S": "state, telehealth, plan, format, language, fee",
    "M": "state, telehealth, plan, format",
    "G": "25 miles, in person, plan",
    "B": "one of four big states, telehealth",
    "A": "accepting only",
}
BIG_STATES: Final = ("CA", "TX", "FL", "NY")
MILES: Final = 25
Value = TypeVar("Value")
Parameters = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question in the two ways one can ask: `parameters` of the list of therapists, and an intake.

    Both require the same, except that an intake always names a state and a format: `intake_parameters` says what this
    one requires, or is None where no intake can ask the question (class A). All ask for accepting therapists.
    """

    kind: str
    parameters: Parameters
    intake: Intake
    intake_parameters: Parameters | None


def draw(kind: str, count: int) -> list[Question]:
    """The same questions for the same directory."""
    return [_question(kind, _cast(), Random(f"{kind} {number}")) for number in range(count)]


class _Cast:
    """What can be asked for, from the directory's own books."""

    def __init__(self) -> None:
        books = names()
        # No violence at home: it turns a couple's intake into another question, for safety's sake.
        self.concerns = sorted(set(books["concerns"]) - {"domestic-violence", "abuse-survivor"})
        self.approaches = sorted(books["approaches"])
        self.populations = sorted(books["populations"])
        plans = InsurancePlan.objects.order_by("bit").values_list("code", flat=True)
        everywhere = [code for code in plans if code not in world()["plans_only_in"]]
        self.plans = {code: place**-0.75 for place, code in enumerate(everywhere, start=1)}
        self.states = {code: facts[0] for code, facts in world()["states"].items()}
        others = world()["languages"]
        self.languages = {"en": 1 - sum(others.values()), **others}
        self.formats = {"individual": 0.5, "couple": 0.3, "family": 0.2}
        self.offices = list(PracticeLocation.objects.order_by("id").values_list("zip", "jurisdiction__code"))
        self.crowd = Counter(zip_code[:3] for zip_code, _ in self.offices)

    def place(self, chance: Random) -> tuple[str, str]:
        """ZIP and state of a client: most live in towns. The demo spreads its offices over whole states."""
        return max(chance.choices(self.offices, k=10), key=lambda office: self.crowd[office[0][:3]])


@cache
def _cast() -> _Cast:
    return _Cast()


def _question(kind: str, cast: _Cast, chance: Random) -> Question:
    state = chance.choice(BIG_STATES) if kind == "B" else _by_weight(cast.states, chance)
    zip_code, state_of_zip = cast.place(chance)
    plan, language = _by_weight(cast.plans, chance), _by_weight(cast.languages, chance)
    session_format = _by_weight(cast.formats, chance)
    fee_max = chance.randrange(140, 260, 10)
    wishes = _wishes(cast, chance) | {"insurance": (plan,), "languages": (language,), "fee_max": fee_max}

    here = {"state": state, "delivery": "telehealth", "accepting": "true"}
    match kind:
        case "S":
            exact = here | {"insurance": plan, "session_format": session_format, "language": language}
            exact |= {"fee_max": str(fee_max)}
            wishes |= {"must": ("insurance", "languages", "fee_max")}
            return _both(kind, exact, exact, wishes)
        case "M":
            exact = here | {"insurance": plan, "session_format": session_format}
            return _both(kind, exact, exact, wishes | {"must": ("insurance",)})
        case "G":
            near = {"zip": zip_code, "within": str(MILES), "delivery": "in_person", "insurance": plan}
            near |= {"accepting": "true"}
            wishes |= {"must": ("insurance",), "near": Near(zip=zip_code, within=MILES)}
            return _both(kind, near, near | {"state": state_of_zip, "session_format": session_format}, wishes)
        case "B":
            return _both(kind, here, here | {"session_format": session_format}, wishes)
        case "A":
            asked = here | {"session_format": session_format}
            anyone = {"accepting": "true"}
            return Question(kind=kind, parameters=anyone, intake=_intake(asked, wishes), intake_parameters=None)
    raise ValueError(f"{kind!r} is none of the classes {', '.join(CLASSES)}")


def _wishes(cast: _Cast, chance: Random) -> dict[str, Any]:
    """What orders: every criterion that telehealth allows is asked; couples and families add one more."""
    concerns = chance.sample(cast.concerns, chance.randint(3, 6))
    return {
        "concerns": {code: chance.randint(1, 3) for code in concerns},
        "approaches": tuple(chance.sample(cast.approaches, 2)),
        "populations": tuple(chance.sample(cast.populations, chance.randint(1, 2))),
        "genders": (chance.choice(("woman", "man")),),
        "opening_within_days": chance.choice((7, 14, 30)),
        "trauma": True,
        "attachment": Scores(
            anxiety=chance.uniform(5, 6.5),
            avoidance=chance.uniform(1.5, 6.5),
            range=(1, 7),
            standard_error={"anxiety": 0.3, "avoidance": 0.3},
        ),
    }


def _both(kind: str, parameters: Parameters, intake_parameters: Parameters, wishes: Mapping[str, Any]) -> Question:
    return Question(
        kind=kind,
        parameters=parameters,
        intake=_intake(intake_parameters, wishes),
        intake_parameters=intake_parameters,
    )


def _intake(asked: Parameters, wishes: Mapping[str, Any]) -> Intake:
    return Intake(
        state=asked["state"],
        delivery=(asked["delivery"],),
        session_format=asked["session_format"],
        facets=True,
        limit=20,
        **wishes,
    )


def _by_weight(weights: Mapping[Value, float], chance: Random) -> Value:
    values: Sequence[Value] = list(weights)
    return chance.choices(values, weights=list(weights.values()))[0]
