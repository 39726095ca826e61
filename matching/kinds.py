"""Kinds: of many candidates, those who differ in nothing that criteria ask for get their fits once, not one by one.

A fit is worked out for each candidate alone, from a few facts that are stated or not and a few small numbers. So in the
eyes of one criterion there are few kinds of candidates: its formula runs over a table of all of them, and each
candidate only needs to know its kind. It is the same formula, and gives the same numbers. Criteria that ask little, or
the same, share a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.roster.requirements import Near
from directory.roster.schema import NOT_STATED
from matching.candidates import Bools, Candidates, Eligible, Floats, Ints, Question
from matching.needs import Needs

Fit = Callable[[Candidates, Needs], Floats]
Kinds = NDArray[np.uint8] | NDArray[np.uint16]

#: Below this, one by one is as fast.
MANY: Final = 10_000
#: With fewer candidates than this for each kind, the table costs more than it saves.
CANDIDATES_PER_KIND: Final = 4
MOST_KINDS: Final = 1 << 13
#: The same for neighbors among the criteria that share a table.
CANDIDATES_PER_SHARED_KIND: Final = 64
MOST_KINDS_SHARED: Final = 1 << 9


@dataclass(frozen=True, kw_only=True, eq=False)
class Fits:
    """The fits of some criteria, a row of `values` each; `places` are their places among all criteria.

    `kinds` gives each candidate's column; None: the columns are the candidates.
    """

    places: Sequence[int]
    values: Floats
    kinds: Kinds | None = None

    def of(self, rows: NDArray[np.intp]) -> Floats:
        """The fits of these candidates."""
        return self.values.take(rows if self.kinds is None else self.kinds.take(rows), axis=1)


def fits_of(fits: Sequence[Fit], candidates: Eligible, needs: Needs, *, many: int = MANY) -> list[Fits]:
    """What criteria give to each candidate: by kind where there are many candidates of few kinds."""
    if len(candidates) < many:
        return [_one_by_one(range(len(fits)), fits, candidates, needs)]
    return [*_by_kind(fits, candidates, needs)]


def _one_by_one(places: Sequence[int], fits: Sequence[Fit], candidates: Candidates, needs: Needs) -> Fits:
    values = np.array([fits[place](candidates, needs) for place in places])
    return Fits(places=places, values=values.reshape(len(places), len(candidates)))


class _Column:
    """A column of numbers, and all that may stand in it: what is not stated comes last."""

    def __init__(self, numbers: Ints) -> None:
        highest = int(numbers.max())
        self._numbers = numbers.view(np.uint32)  # the -1 of what is not stated is the largest of all
        self._lowest = min(int(self._numbers.min()), highest + 1)
        self.possible = np.append(np.arange(self._lowest, highest + 1), NOT_STATED).astype(np.int32)

    def places(self, part: slice) -> NDArray[np.uint32]:
        """At which place of these the numbers of some candidates are."""
        places: NDArray[np.uint32] = self._numbers[part] - np.uint32(self._lowest)
        return np.minimum(places, np.uint32(len(self.possible) - 1), out=places)


class _Table:
    """What some criteria ask for. A kind is a number with a digit for each column, then one for each question."""

    def __init__(self) -> None:
        self.columns: dict[str, _Column] = {}
        self.questions: dict[Question, None] = {}
        self.places: list[int] = []
        self.size = 1

    def size_with(self, columns: Mapping[str, _Column], questions: Mapping[Question, None]) -> int:
        """How many kinds there are where these are asked for too."""
        more = prod(len(columns[name].possible) for name in columns.keys() - self.columns.keys())
        return self.size * more << len(questions.keys() - self.questions.keys())

    def add(self, place: int, columns: Mapping[str, _Column], questions: Mapping[Question, None]) -> None:
        """A criterion that asks for these."""
        self.size = self.size_with(columns, questions)
        self.columns |= columns
        self.questions |= questions
        self.places.append(place)

    def values(self, fits: Sequence[Fit], needs: Needs) -> Floats:
        """The fits of every kind."""
        kinds = np.arange(self.size)
        answers: dict[str | Question, NDArray[Any]] = {}
        for place, question in enumerate(reversed(self.questions)):
            answers[question] = kinds & 1 << place != 0
        kinds >>= len(self.questions)
        for name, column in reversed(self.columns.items()):
            kinds, places = np.divmod(kinds, len(column.possible))
            answers[name] = column.possible.take(places)
        everybody = _Answering(self.size, answers.__getitem__)
        return np.array([fits[place](everybody, needs) for place in self.places])

    def kinds(self, part: slice, answers: Mapping[Question, Bools], dtype: np.dtype[Any]) -> Kinds:
        """The kinds of some candidates."""
        kinds = np.zeros(1, dtype=dtype)
        for column in self.columns.values():
            kinds = kinds * dtype.type(len(column.possible)) + column.places(part).astype(dtype)
        asked = [answers[question].view(np.uint8) for question in self.questions]
        for start in range(0, len(asked), 8):  # up to eight make a small number, which is quick to count with
            first, *others = asked[start : start + 8]
            number = first.copy()
            for answer in others:
                number += number
                number += answer
            kinds = kinds * dtype.type(2 << len(others)) + number
        return kinds


def _by_kind(fits: Sequence[Fit], candidates: Eligible, needs: Needs) -> Iterator[Fits]:
    tables, others = _tables(fits, candidates, needs)
    kinds = [np.empty(len(candidates), dtype=np.min_scalar_type(table.size)) for table in tables]
    questions = [*dict.fromkeys(question for table in tables for question in table.questions)]
    for part, found in candidates.answers(questions):
        answers = dict(zip(questions, found, strict=True))
        for table, its_kinds in zip(tables, kinds, strict=True):
            its_kinds[part] = table.kinds(part, answers, its_kinds.dtype)
    for table, its_kinds in zip(tables, kinds, strict=True):
        yield Fits(places=table.places, values=table.values(fits, needs), kinds=its_kinds)
    if others:
        yield _one_by_one(others, fits, candidates, needs)


def _tables(fits: Sequence[Fit], candidates: Eligible, needs: Needs) -> tuple[list[_Table], list[int]]:
    """Criteria by what they ask for, and the places of those in whose eyes there are too many kinds."""
    most = min(len(candidates) // CANDIDATES_PER_KIND, MOST_KINDS)
    most_shared = min(len(candidates) // CANDIDATES_PER_SHARED_KIND, MOST_KINDS_SHARED)
    columns: dict[str, _Column] = {}
    tables: list[_Table] = []
    others = []
    for place, fit in enumerate(fits):
        asked = _Asked()
        fit(asked, needs)
        for name in asked.columns.keys() - columns.keys():
            columns[name] = _Column(candidates.numbers(name))
        asks = {name: columns[name] for name in asked.columns}, asked.questions
        if asked.miles_asked or _Table().size_with(*asks) > most:  # miles: nobody is like another
            others.append(place)
            continue
        if not tables or tables[-1].size_with(*asks) > most_shared:
            tables.append(_Table())
        tables[-1].add(place, *asks)
    return tables, others


class _Answering:
    """Candidates that answer each question, or with a column of numbers, out of an array of their own making."""

    def __init__(self, count: int, answer: Callable[[Any], NDArray[Any]]) -> None:
        self.ids = np.arange(count)
        self._answer = answer

    def __len__(self) -> int:
        return len(self.ids)

    def has_each(self, vocabulary: str, groups: Iterable[Iterable[str]]) -> Bools:
        return np.array([self.has_any(vocabulary, codes) for codes in groups], dtype=np.bool_).reshape(-1, len(self))

    def has_any(self, vocabulary: str, codes: Iterable[str]) -> Bools:
        return self._answer((vocabulary, tuple(codes)))

    def stated(self, vocabulary: str) -> Bools:
        return self._answer((vocabulary, None))

    def sweeping(self, vocabulary: str) -> Bools:
        return self._answer(("sweeping", (vocabulary,)))

    def numbers(self, column: str) -> Ints:
        return self._answer(column)

    def miles(self, near: Near) -> Floats:
        return self._answer(near)


class _Asked(_Answering):
    """One candidate who states nothing, and notes what a fit asks for."""

    def __init__(self) -> None:
        super().__init__(1, self._note)
        self.columns: dict[str, None] = {}
        self.questions: dict[Question, None] = {}
        self.miles_asked = False

    def has_each(self, vocabulary: str, groups: Iterable[Iterable[str]]) -> Bools:
        asked: list[Question] = [(vocabulary, tuple(codes)) for codes in groups]
        self.questions |= dict.fromkeys(asked)
        return np.zeros((len(asked), 1), dtype=np.bool_)

    def _note(self, question: Any) -> NDArray[Any]:
        if isinstance(question, Near):
            self.miles_asked = True
            return np.array([np.nan])
        if isinstance(question, str):
            self.columns[question] = None
            return np.array([NOT_STATED])
        self.questions[question] = None
        return np.array([False])
