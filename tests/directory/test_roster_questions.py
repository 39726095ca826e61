"""Many questions at once: the same answers as one by one, in however many parts they come."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from directory.roster import selection as selection_module
from directory.roster.columns import Columns
from directory.roster.requirements import Requirements
from directory.roster.selection import Selection

TODAY = dt.date(2026, 11, 24)
CODES = {
    "approaches": [f"approach-{number}" for number in range(40)],
    "concerns": [f"concern-{number}" for number in range(100)],  # more than one word has room for
}
QUESTIONS: list[tuple[str, tuple[str, ...] | None]] = [
    ("approaches", ("approach-1",)),
    ("approaches", ("approach-1", "approach-39")),
    ("trained", ("approach-1",)),
    ("trained", None),
    ("concerns", ("concern-2", "concern-98")),
    ("concerns", ("concern-98",)),
    ("focus", ("concern-2", "nobody-knows")),
    ("concerns", ("nobody-knows",)),
    ("concerns", ()),
    ("concerns", None),
    ("languages", None),
]


def everybody(count: int) -> Selection:
    random = np.random.default_rng(1)

    def some(vocabulary: str) -> list[str]:
        return [code for code in CODES[vocabulary] if random.random() < 0.1]

    people: list[dict[str, Any]] = []
    for number in range(count):
        approaches, concerns = some("approaches"), some("concerns") if number % 3 else []
        people.append(
            {"approaches": approaches, "trained": approaches[::2], "concerns": concerns, "focus": concerns[:2]}
        )
    return Columns.from_records(people, codes=CODES).select(Requirements(on=TODAY))


@pytest.mark.parametrize("count", [0, 1, 7, 20, 21])
def test_questions_asked_in_parts_are_answered_as_one_by_one(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection_module, "PART", 7)
    selection = everybody(count)
    parts = [*selection.answers(QUESTIONS)]
    rows = np.arange(count)
    assert [row for part, _ in parts for row in rows[part]] == [*rows]
    for place, (vocabulary, codes) in enumerate(QUESTIONS):
        answers = [answer for _, found in parts for answer in found[place].tolist()]
        expected = selection.stated(vocabulary) if codes is None else selection.has_any(vocabulary, codes)
        assert answers == expected.tolist(), (vocabulary, codes)


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [("concern-2",), ("concern-98",)],
        [("concern-2", "concern-3"), ("concern-2",)],
        [("concern-2", "concern-98"), ("concern-5",)],
        [("nobody-knows",), ("concern-5",)],
        [()],
    ],
)
def test_each_group_of_codes_has_a_row(groups: list[tuple[str, ...]]) -> None:
    selection = everybody(30)
    found = selection.has_each("concerns", groups)
    assert found.dtype == np.bool_
    assert found.shape == (len(groups), 30)
    assert [row.tolist() for row in found] == [selection.has_any("concerns", codes).tolist() for codes in groups]
