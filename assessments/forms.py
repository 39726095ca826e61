"""The questions of the pages: whom the answers are about, and one statement at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from django import forms

from assessments.instruments import Instrument, Item
from assessments.people import PEOPLE, PLACEHOLDER, Person

NOT_SURE = "not-sure"
NOT_SURE_WORDS = "I’m not sure"

WHY = {
    "anxiety": "Some people often wonder if they still matter to others. Others seldom do. Both are common. "
    "If your answers show a clear pattern, it may count a little in the order of your list. It hides nobody from you.",
    "avoidance": "Some people like to handle hard things alone. Others reach out first. Both are common. "
    "If your answers show a clear pattern, it may count a little in the order of your list. It hides nobody from you.",
}


class AboutForm(forms.Form):
    """Whom the visitor has in mind; `others` are the people whom they have answered about already."""

    about = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose who you have in mind.",
            "invalid_choice": "Choose one of the people in the list.",
        },
    )

    def __init__(self, *args: Any, others: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["about"])
        field.label = f"Who {'else ' if others else ''}do you have in mind for the next questions?"
        field.choices = [(code, words.choice) for code, words in PEOPLE.items() if code not in others]


class AnswerForm(forms.Form):
    """How much the person agrees with one statement; `saved()` is the number, or None for "I'm not sure"."""

    answer = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how much you agree, or choose “I’m not sure”.",
            "invalid_choice": "Choose one of the answers in the list.",
        },
    )

    def __init__(self, instrument: Instrument, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["answer"])
        field.choices = [
            *((str(answer), words) for answer, words in instrument.anchors.items()),
            (NOT_SURE, NOT_SURE_WORDS),
        ]

    def saved(self) -> int | None:
        answer = self.cleaned_data["answer"]
        return None if answer == NOT_SURE else int(answer)


def initial_answer(responses: Mapping[str, int | None], item: Item) -> str | None:
    """Return the choice that shows a stored response; None when the item was not answered."""
    if item.id not in responses:
        return None
    answer = responses[item.id]
    return NOT_SURE if answer is None else str(answer)


def statement(item: Item, person: Person) -> str:
    """Return the words of the item about a person."""
    return (item.text or "").replace(PLACEHOLDER, person.words.phrase)


def answer_words(instrument: Instrument, responses: Mapping[str, int | None], item: Item) -> str | None:
    """Return the stored answer in words; None when the item was not answered."""
    if item.id not in responses:
        return None
    answer = responses[item.id]
    return NOT_SURE_WORDS if answer is None else instrument.anchors[answer]
