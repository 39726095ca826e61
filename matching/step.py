"""One page of questions about what a client needs: what every such page can do.

A page edits plain dicts, which the draft keeps: the intake in its JSON shape, and beside it who comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from matching.codes_of_today import in_codes_of_today
from matching.paths import Comers, sensible

Choices = list[tuple[str, str]]


def named(terms: Any) -> Choices:
    return [(term.code, term.name) for term in terms.objects.in_use().in_order()]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a page stands. `is_guess`: an answer still to come may add pages or leave some out."""

    number: int
    count: int
    is_guess: bool
    previous: str | None

    @classmethod
    def at(cls, page: type[Step], steps: Sequence[type[Step]]) -> Progress:
        place = steps.index(page)
        return cls(
            number=place + 1,
            count=len(steps),
            is_guess=any(step.opens_others for step in steps[place:]),
            previous=steps[place - 1].slug if place else None,
        )


class Step(forms.Form):
    """One page of questions. `intake` is the dict so far; `saved()` returns what this page changes in the draft."""

    slug: ClassVar[str]
    title: str  # the page's heading: a question
    hint: str = ""
    why: ClassVar[str] = ""  # "why we ask"
    is_needed: ClassVar[bool] = False  # matches cannot be found without it, so it cannot be skipped
    opens_others: ClassVar[bool] = False  # its answer decides which pages follow: until then their number is a guess
    follow_ups: ClassVar[tuple[str, ...]] = ()  # pages that a change of this one may make necessary, if not answered

    def __init__(self, intake: Mapping[str, Any], comers: Comers, data: QueryDict | None = None) -> None:
        self.intake = in_codes_of_today(intake)
        self.comers = comers
        super().__init__(data, initial=self.initial_from(self.intake), label_suffix="")
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the answers so far or on the database: choices, words."""

    @classmethod
    def is_asked(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        """Whether this page matters, given the answers so far."""
        return comers.asks(cls.slug)

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        """Whether this page has an answer, for a needed page the one that is needed."""
        return False

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
        return {"intake": sensible(self.intake | self.answers(), self.comers)}

    def musts(self, names: Iterable[str]) -> list[str]:
        """`must` with this page's names set anew: those ticked and given."""
        names = set(names)
        kept = [name for name in self.intake.get("must", []) if name not in names]
        ticked = [name for name in names if self.cleaned_data.get(f"must_{name}") and self.cleaned_data.get(name)]
        return sorted([*kept, *ticked])

    def initial_musts(self, *names: str) -> dict[str, bool]:
        return {f"must_{name}": name in self.intake.get("must", []) for name in names}


class SomeOrNoneStep(Step):
    """A page of checkboxes, the field `some`, with two answers that stand alone: none of them, and not sure."""

    some: ClassVar[str]
    none_of_these = forms.BooleanField(label="None of these", required=False)
    not_sure = forms.BooleanField(label="I’m not sure", required=False)

    @property
    def boxes(self) -> BoundField:
        return self[self.some]

    @property
    def alone(self) -> list[BoundField]:
        return [self["none_of_these"], self["not_sure"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if sum(bool(cleaned.get(name)) for name in (self.some, "none_of_these", "not_sure")) > 1:
            self.add_error(self.some, "Choose the ones that fit, or one answer below them, but not both.")
        return cleaned

    def chosen(self) -> list[str] | None:
        """The codes; empty for "none of these", and None when the client is not sure or said nothing."""
        chosen: list[str] = self.cleaned_data[self.some]
        return chosen if chosen or self.cleaned_data["none_of_these"] else None
