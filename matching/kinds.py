"""Kinds: of many candidates, those who differ in nothing that a criterion asks for get its fit once, not one by one.

A fit is worked out for each candidate alone, from a few facts that are stated or not and a few small numbers. So in the
eyes of one criterion there are few kinds of candidates: its formula runs over a table of all of them, and each
candidate only needs to know its kind. It is the same formula, and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.requirements import Near
from directory.roster.schema import NOT_STATED
from matching.candidates import Bools, Candidates, Floats, Ints
from matching.needs import Needs

Fit = Callable[[Candidates, Needs], Floats]
Kinds = NDArray[np.uint16]
#: The name of a method of Candidates, and what it is asked about.
Question = tuple[Any, ...]

#: Below this, one by one is as fast.
MANY: Final = 10_000
#: With fewer candidates than this for each kind, the table costs more than it saves.
CANDIDATES_PER_KIND: Final = 4
MOST_KINDS: Final = 1 << 13


@dataclass(frozen=True, kw_only=True, eq=False)
class Fits:
    """The fits of one criterion. `kinds` gives each candidate's place in `values`; None: they have the same order."""

    values: Floats
    kinds: Kinds | None = None

    def of(self, rows: NDArray[np.intp]) -> Floats:
        """The fits of these candidates."""
        return self.values[rows if self.kinds is None else self.kinds[rows]]


def fits_of(fit: Fit, candidates: Candidates, needs: Needs, *, many: int = MANY) -> Fits:
    """What a criterion gives to each candidate: by kind where there are many candidates of few kinds."""
    by_kind = _by_kind(fit, candidates, needs) if len(candidates) >= many else None
    return Fits(values=fit(candidates, needs)) if by_kind is None else by_kind


def _by_kind(fit: Fit, candidates: Candidates, needs: Needs) -> Fits | None:
    most = min(len(candidates) // CANDIDATES_PER_KIND, MOST_KINDS)
    answers: dict[Question, NDArray[Any]] = {}
    kinds, count = np.zeros(len(candidates), dtype=np.uint16), 1
    for question in _asked(fit, needs):
        stated = _ask(candidates, question)
        if stated.dtype == np.float64:
            return None  # miles: nobody is like another
        lowest, highest = (False, True) if stated.dtype == np.bool_ else (int(stated.min()), int(stated.max()))
        possible = np.arange(lowest, highest + 1).astype(stated.dtype)
        count *= len(possible)
        if count > most:
            return None
        kinds *= np.uint16(len(possible))
        kinds += stated if stated.dtype == np.bool_ else (stated - lowest).astype(np.uint16)
        answers[question] = possible
    shape = [len(possible) for possible in answers.values()]
    for axis, (question, possible) in enumerate(answers.items()):
        beside = [-1 if place == axis else 1 for place in range(len(shape))]
        answers[question] = np.broadcast_to(possible.reshape(beside), shape).ravel()
    return Fits(values=fit(_Answering(count, answers.__getitem__), needs), kinds=kinds)


def _asked(fit: Fit, needs: Needs) -> list[Question]:
    """What a fit asks of its candidates, whoever they are."""
    questions: dict[Question, None] = {}

    def answer(question: Question) -> NDArray[Any]:
        questions[question] = None
        return {"numbers": np.array([NOT_STATED]), "miles": np.array([np.nan])}.get(question[0], np.array([False]))

    fit(_Answering(1, answer), needs)
    return list(questions)


def _ask(candidates: Candidates, question: Question) -> NDArray[Any]:
    method, *about = question
    column: NDArray[Any] = getattr(candidates, method)(*about)
    return column


class _Answering:
    """Candidates that answer each question with an array of their own making."""

    def __init__(self, count: int, answer: Callable[[Question], NDArray[Any]]) -> None:
        self.ids = np.arange(count)
        self._answer = answer

    def __len__(self) -> int:
        return len(self.ids)

    def has_each(self, vocabulary: str, groups: Iterable[Iterable[str]]) -> Bools:
        return np.array([self.has_any(vocabulary, codes) for codes in groups]).reshape(-1, len(self))

    def has_any(self, vocabulary: str, codes: Iterable[str]) -> Bools:
        return self._answer(("has_any", vocabulary, tuple(codes)))

    def stated(self, vocabulary: str) -> Bools:
        return self._answer(("stated", vocabulary))

    def numbers(self, column: str) -> Ints:
        return self._answer(("numbers", column))

    def miles(self, near: Near) -> Floats:
        return self._answer(("miles", near))
