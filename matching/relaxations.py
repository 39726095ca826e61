"""Relaxations: the nearest changes of an intake that would bring more therapists, with exact numbers.

Every number comes from a search with the changed intake. How they are chosen: docs/matching.md, Few matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Final

from matching.intake import MOST_DOLLARS, MOST_MILES, Intake
from matching.safety import is_unsafe_together

#: Below this many matches, page and API say what would bring more.
FEW_MATCHES: Final = 10

MILES: Final = (5, 10, 25, 50, 100, 250, MOST_MILES)
DAYS: Final = (14, 30, 60, 90)
DOLLARS_MORE: Final = (25, 50, 100, 200)
WAYS_TO_MEET: Final = {"telehealth": "you also meet by telehealth", "in_person": "you also meet in person"}

# Must → its requirement, and what is then "not a must", but still a wish.
MUSTS: Final[Mapping[str, tuple[str, str]]] = {
    "near": ("within", "the distance is"),
    "opening_within_days": ("opening_within_days", "the time to wait is"),
    "fee_max": ("fee_max", "your price limit is"),
    "insurance": ("insurance", "your insurance is"),
    "languages": ("language", "the language is"),
    "genders": ("gender", "the gender is"),
    "approaches": ("approach", "the way of working is"),
    "populations": ("population", "the groups they know are"),
    "concerns": ("concern", "the concerns they list are"),
}


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """A change of the intake that would bring `more` therapists.

    `requirements` are those it eases, by filter name: one, or two that have to change together. `change` has the fields
    of the intake that change, as JSON. `text` says it all in a few words.
    """

    requirements: tuple[str, ...]
    change: Mapping[str, Any]
    more: int
    text: str

    def to_json(self) -> dict[str, Any]:
        return {
            "requirements": list(self.requirements),
            "change": dict(self.change),
            "more": self.more,
            "text": self.text,
        }


def relaxations_of(
    intake: Intake, *, session_format: str, total: int, total_of: Callable[[Intake], int]
) -> tuple[Relaxation, ...]:
    """What would bring more, the smallest changes first; nothing unless few match.

    `session_format` is the one that was searched, `total` how many match now, and `total_of` counts for an intake.
    """
    if total >= FEW_MATCHES:
        return ()
    trial = _Trial(intake, total=total, total_of=total_of)
    ladders = [ladder for ladder in _ladders(intake) if ladder]
    steps = [step for ladder in ladders if (step := trial.nearest(ladder)) is not None]
    if steps:
        steps.sort(key=lambda step: (bool(step.as_wish), -trial.more(step)))
        return tuple(trial.relaxation(step) for step in steps)
    last = [trial.best_pair(ladders), trial.other_sessions(session_format)]
    return tuple(relaxation for relaxation in last if relaxation is not None)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Step:
    """One answer changed: `fields` get other values, or the must `as_wish` becomes a wish. `words` follow an "if"."""

    requirement: str
    words: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    as_wish: str = ""


_Ladder = tuple[_Step, ...]
"""Steps that ease one requirement, the smallest first. Each finds all whom those before it find."""


class _Trial:
    """Searches with one intake changed in one way and another; none is done twice."""

    def __init__(self, intake: Intake, *, total: int, total_of: Callable[[Intake], int]) -> None:
        self._intake = intake
        self._total = total
        self._total_of = total_of
        self._tried: dict[tuple[_Step, ...], int] = {}

    def more(self, *steps: _Step) -> int:
        if steps not in self._tried:
            self._tried[steps] = self._total_of(self._changed(steps)) - self._total
        return self._tried[steps]

    def nearest(self, ladder: _Ladder, *beside: _Step) -> _Step | None:
        """The first step that brings anybody; None when the widest does not."""
        # The first mostly does, and costs least to search: a circle of 500 miles may hold half of the directory.
        if not self.more(*beside, ladder[0]) and not self.more(*beside, ladder[-1]):
            return None
        return next(step for step in ladder if self.more(*beside, step))

    def best_pair(self, ladders: Sequence[_Ladder]) -> Relaxation | None:
        """Of two requirements, those that bring the most when eased all the way; then each as little as is enough."""
        pairs = list(combinations(ladders, 2))
        if not pairs:
            return None
        one, other = max(pairs, key=lambda pair: self.more(pair[0][-1], pair[1][-1]))
        first = self.nearest(one, other[-1])
        second = None if first is None else self.nearest(other, first)
        return None if first is None or second is None else self.relaxation(first, second)

    def other_sessions(self, session_format: str) -> Relaxation | None:
        """A kind of session that needs nobody else to agree: never with a partner or the family, where it has to be
        asked first whether that is safe. Other people offer it, so the text says how many they are in all.
        """
        step = IN_A_GROUP if session_format == "individual" else ALONE
        relaxation = self.relaxation(step)
        in_all = f"{self._total + relaxation.more:,} in all if {step.words}"
        return replace(relaxation, text=in_all) if relaxation.more > 0 else None

    def relaxation(self, *steps: _Step) -> Relaxation:
        more = self.more(*steps)
        before, after = self._intake.to_json(), self._changed(steps).to_json()
        return Relaxation(
            requirements=tuple(step.requirement for step in steps),
            change={name: after.get(name, []) for name in before if after.get(name) != before[name]},
            more=more,
            text=f"{more:,} more if {' and '.join(step.words for step in steps)}",
        )

    def _changed(self, steps: Iterable[_Step]) -> Intake:
        changed = self._intake
        for step in steps:
            must = tuple(name for name in changed.must if name != step.as_wish)
            changed = replace(changed, must=must, **step.fields)
        return changed


ALONE: Final = _Step(
    requirement="session_format", words="one person comes alone", fields={"session_format": "individual"}
)
IN_A_GROUP: Final = _Step(
    requirement="session_format", words="the sessions are in a group", fields={"session_format": "group"}
)


def _ladders(intake: Intake) -> Iterator[_Ladder]:
    """All that can be eased. The state, and whether a therapist has a place, are not the client's to change.

    Who is not safe at home is not led to sessions at home: somebody may listen.
    """
    for way, words in WAYS_TO_MEET.items():
        if way not in intake.delivery and not (way == "telehealth" and is_unsafe_together(intake)):
            yield (_Step(requirement="delivery", words=words, fields={"delivery": (*intake.delivery, way)}),)
    if (near := intake.near) is not None:
        yield tuple(
            _Step(
                requirement="within", words=f"you go up to {miles} miles", fields={"near": replace(near, within=miles)}
            )
            for miles in MILES
            if miles > near.within
        )
    for name in MUSTS:
        if name in intake.must:
            yield (*_smaller_steps(name, intake), _as_wish(name))


def _smaller_steps(name: str, intake: Intake) -> Iterator[_Step]:
    """Steps before a must becomes a wish."""
    if name == "opening_within_days":
        for days in DAYS:
            if days > (intake.opening_within_days or 0):
                fields = {name: days}
                yield _Step(requirement=name, words=f"you can wait up to {days} days", fields=fields)
    if name == "fee_max":
        for dollars in ((intake.fee_max or 0) + more for more in DOLLARS_MORE):
            if dollars <= MOST_DOLLARS:
                yield _Step(requirement=name, words=f"you can pay up to ${dollars:,}", fields={name: dollars})


def _as_wish(must: str) -> _Step:
    requirement, it_is = MUSTS[must]
    return _Step(requirement=requirement, words=f"{it_is} not a must", as_wish=must)
