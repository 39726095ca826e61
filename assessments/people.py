"""The people whom the answers in a draft are about, each with answers of their own, at most two. Pure.

The draft keeps them in the order of answering: `data["people"]` is [{"about": code, "responses": {item id: answer or
None}}, …]. Pages name them by their place, 1 or 2, because whom somebody has in mind is an answer and stands in no
address.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

MOST_PEOPLE: Final = 2
"""Two show whether closeness differs between relationships; a third dozen statements is more than a bad day carries."""

PLACEHOLDER: Final = "this person"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """What a person is called: in the list to choose from, inside a statement, and when we speak to the visitor."""

    choice: str
    phrase: str
    addressed: str


# The statements are written so that any of these phrases fits.
PEOPLE: Final[Mapping[str, Words]] = {
    "partner": Words(
        choice="My partner, or the last partner I had",
        phrase="my partner",
        addressed="your partner",
    ),
    "mother": Words(choice="My mother", phrase="my mother", addressed="your mother"),
    "father": Words(choice="My father", phrase="my father", addressed="your father"),
    "friend": Words(choice="A close friend", phrase="my friend", addressed="your friend"),
    "other": Words(choice="Someone else", phrase=PLACEHOLDER, addressed="someone else"),
    "general": Words(
        choice="People I am close to, in general", phrase="people close to me", addressed="people close to you"
    ),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """One of the people in a draft. `responses` is the draft's own dict: a change to it is a change of the draft."""

    about: str
    responses: dict[str, int | None]

    @property
    def words(self) -> Words:
        return PEOPLE.get(self.about, PEOPLE["other"])

    @property
    def is_answered(self) -> bool:
        """Whether any statement has an answer that counts; "I'm not sure" does not."""
        return any(value is not None for value in self.responses.values())


def people_in(data: Mapping[str, Any]) -> list[Person]:
    """Everyone in the draft, in the order of answering."""
    return [Person(about=one["about"], responses=one["responses"]) for one in data.get("people", [])]


def choose_person(data: dict[str, Any], place: int, about: str) -> int:
    """Put a person at a place, and return the place where they ended up.

    Answers about another person that stood there are kept while there is room: the new one then comes after them.
    """
    people = data.setdefault("people", [])
    new = {"about": about, "responses": {}}
    if place > len(people):
        people.append(new)
        return len(people)
    if people[place - 1]["about"] == about:
        return place
    if people[place - 1]["responses"] and len(people) < MOST_PEOPLE:
        people.append(new)
        return len(people)
    people[place - 1] = new
    return place


def remove_person(data: dict[str, Any], place: int) -> None:
    """Forget a person and what was said about them; nobody at that place is fine."""
    data["people"] = [one for number, one in enumerate(data.get("people", []), start=1) if number != place]
