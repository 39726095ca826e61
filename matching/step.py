"""One page of questions about what a client needs: what every such page can do.

A page edits a plain dict in the intake's JSON shape, which the draft keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from matching.safety import Link

Choices = list[tuple[str, str]]


def named(terms: Any) -> Choices:
    return [(term.code, term.name) for term in terms.objects.in_order()]


class Step(forms.Form):
    """One page of questions. `intake` is the dict so far; `saved()` returns it with this page's answers."""

    slug: ClassVar[str]
    title: ClassVar[str]  # the page's heading: a question
    hint: ClassVar[str] = ""
    why: ClassVar[str] = ""  # "why we ask"
    help: ClassVar[tuple[Link, ...]] = ()  # whom to reach after an urgent answer

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        self.intake = dict(intake)
        super().__init__(data, initial=self.initial_from(self.intake), label_suffix="")

    @classmethod
    def is_asked(cls, intake: Mapping[str, Any]) -> bool:
        """Whether this page matters, given the answers so far."""
        return True

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any]) -> bool:
        """Whether the required part of this page is there."""
        return True

    @classmethod
    def urgent(cls, intake: Mapping[str, Any]) -> frozenset[str]:
        """The answers to this page after which help comes before the next question."""
        return frozenset()

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def answers(self) -> dict[str, Any]:
        """This page's part of the intake; a value of None removes the name."""
        raise NotImplementedError

    def saved(self) -> dict[str, Any]:
        merged = self.intake | self.answers()
        return {name: value for name, value in merged.items() if value not in (None, [], {}, "") or name == "signs"}

    def musts(self, names: Iterable[str]) -> list[str]:
        """`must` with this page's names set anew: those ticked and given."""
        names = set(names)
        kept = [name for name in self.intake.get("must", []) if name not in names]
        ticked = [name for name in names if self.cleaned_data.get(f"must_{name}") and self.cleaned_data.get(name)]
        return sorted([*kept, *ticked])

    def initial_musts(self, *names: str) -> dict[str, bool]:
        return {f"must_{name}": name in self.intake.get("must", []) for name in names}
