"""Supply: what intakes ask for and few or nobody can give. Pure. No order of the list can mend that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from directory.roster.schema import GENDERS
from matching.intake import Intake
from matching.relaxations import FEW_MATCHES


class Eligible(Protocol):
    """The part of directory.roster.selection.Selection that is asked here."""

    def __len__(self) -> int: ...

    @property
    def relaxations(self) -> dict[str, int]: ...

    def has(self, vocabulary: str, code: str) -> NDArray[np.bool_]: ...

    def numbers(self, column: str) -> NDArray[np.int32]: ...


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing that intakes ask for: how many do, and of these how many find nobody, or only a few, who give it.

    For a wish that is no must the eligible are counted who could meet it.
    """

    kind: str
    what: str
    name: str  # in words
    asked: int
    none: int
    few: int


class Supply:
    """Counts as intakes come."""

    def __init__(self) -> None:
        self._asked: Counter[tuple[str, str]] = Counter()
        self._none: Counter[tuple[str, str]] = Counter()
        self._few: Counter[tuple[str, str]] = Counter()
        self.intakes = self.none = self.few = self.no_choice = 0
        self.helped: Counter[str] = Counter()

    def add(self, intake: Intake, session_format: str, eligible: Eligible, places: int) -> None:
        """`session_format` is the one that is searched. `no_choice` counts intakes that show all who are eligible."""
        self.intakes += 1
        self.none += not len(eligible)
        self.few += len(eligible) < FEW_MATCHES
        self.no_choice += len(eligible) <= places
        if len(eligible) < FEW_MATCHES:
            # What alone would lead to FEW_MATCHES, were it not required: one intake may count under several.
            self.helped.update(
                name for name, more in eligible.relaxations.items() if len(eligible) + more >= FEW_MATCHES
            )
        for kind, what, able in _asks(intake, session_format, eligible):
            self._asked[kind, what] += 1
            self._none[kind, what] += able == 0
            self._few[kind, what] += able < FEW_MATCHES

    def gaps(self, names: Mapping[str, Mapping[str, str]]) -> tuple[Gap, ...]:
        """By kind, the most often thin first. `names` gives the words for codes."""
        found = (
            Gap(
                kind=kind,
                what=what,
                name=names.get(VOCABULARIES.get(kind, ""), {}).get(what, what.replace("_", " ")),
                asked=asked,
                none=self._none[kind, what],
                few=self._few[kind, what],
            )
            for (kind, what), asked in self._asked.items()
        )
        order = {kind: place for place, kind in enumerate(KINDS)}
        return tuple(sorted(found, key=lambda gap: (order[gap.kind], -gap.few, -gap.asked, gap.what)))


VOCABULARIES: Final = {"state": "jurisdictions", "insurance": "insurance_plans", "language": "languages"}
KINDS: Final = ("state", "session_format", "delivery", "distance", "insurance", "language", "gender")


def _asks(intake: Intake, session_format: str, eligible: Eligible) -> Iterator[tuple[str, str, int]]:
    total = len(eligible)
    yield "state", intake.state, total
    yield "session_format", session_format, total
    yield "delivery", " or ".join(intake.delivery), total
    if intake.near is not None and ("near" in intake.must or intake.delivery == ("in_person",)):
        yield "distance", f"within {intake.near.within} miles, in person", total
    for kind, vocabulary, codes in (
        ("insurance", "insurance_plans", intake.insurance),
        ("language", "languages", intake.languages),
    ):
        for code in codes:
            yield kind, code, int(np.count_nonzero(eligible.has(vocabulary, code)))
    if intake.genders:
        wanted = [GENDERS.index(code) for code in intake.genders]
        able = np.count_nonzero(np.isin(eligible.numbers("gender"), wanted))
        yield "gender", " or ".join(intake.genders), int(able)
