"""The browse page in words: filters in use, facets with counts, cards. Everything it shows stands in the URL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format

from directory.cards import cards_by_id
from directory.models import Therapist
from directory.roster.requirements import Requirements
from directory.roster.selection import Selection
from directory.vocabulary import names

PAGE_SIZE: Final = 20
NOT_STATED: Final = "Not stated"

# Facet → its heading and the vocabulary whose names it shows; the order of the page.
FACETS: Final[dict[str, tuple[str, str]]] = {
    "state": ("You are in", "jurisdictions"),
    "delivery": ("How you meet", "delivery_methods"),
    "session_format": ("Who goes to the sessions", "session_formats"),
    "concern": ("What brings you", "concerns"),
    "approach": ("Way of working", "approaches"),
    "population": ("Knows the life of", "populations"),
    "insurance": ("Insurance", "insurance_plans"),
    "language": ("Language", "languages"),
    "gender": ("Gender", ""),
    "license_type": ("License", "license_types"),
    "accepting": ("New clients", ""),
    "sliding_scale": ("Lower fees", ""),
}
OWN_NAMES: Final[dict[str, Mapping[str, str]]] = {
    "gender": dict(Therapist.Gender.choices),
    "accepting": {"true": "Takes new clients now"},
    "sliding_scale": {"true": "Offers a sliding scale"},
}
ORDERINGS: Final = {
    "rotation": "Changes every day",
    "name": "By name",
    "distance": "Nearest first (needs a ZIP code)",
    "next_opening": "Soonest opening first",
    "fee": "Lowest fee first",
}


@dataclass(frozen=True, kw_only=True)
class Option:
    code: str
    name: str
    count: int
    chosen: bool

    @property
    def shown(self) -> str:
        return f"{self.count:,}"


@dataclass(frozen=True, kw_only=True)
class Facet:
    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)

    @property
    def open(self) -> bool:
        return self.chosen > 0 or self.name in {"state", "delivery", "session_format"}


@dataclass(frozen=True, kw_only=True)
class Link:
    """A step to another view of the directory: what it says, where it leads, how many therapists wait there."""

    words: str
    url: str
    count: int = 0

    @property
    def found(self) -> str:
        return people(self.count)


class BrowsePage:
    """What browse.html shows for a query string and the roster's answer to it."""

    def __init__(
        self, query: QueryDict, requirements: Requirements, selection: Selection, *, ordering: str, number: int
    ) -> None:
        self.query = query
        self.requirements = requirements
        self.selection = selection
        self.ordering = ordering
        self.total = selection.total
        self.pages = max(1, -(-selection.total // PAGE_SIZE))
        self.number = min(number, self.pages)  # a list may have shrunk since its last page was linked
        self.text = query.get("q", "")
        self.zip = query.get("zip", "")
        self.within = query.get("within", "")
        self.fee_max = query.get("fee_max", "")
        self.orderings = ORDERINGS.items()

    @cached_property
    def cards(self) -> list[dict[str, Any]]:
        ids = self.selection.page(self.ordering, offset=(self.number - 1) * PAGE_SIZE, limit=PAGE_SIZE).tolist()
        cards, miles = cards_by_id(ids, on=self.requirements.on), self._miles(ids)
        return [in_words(cards[id]) | {"distance": miles.get(id, "")} for id in ids if id in cards]

    def _miles(self, ids: list[int]) -> dict[int, str]:
        """How far the nearest office of each is, in words; empty when no ZIP code was asked."""
        near = self.requirements.near
        if near is None:
            return {}
        miles = dict(zip(self.selection.ids.tolist(), self.selection.miles(near).tolist(), strict=True))
        return {id: miles_words(miles[id]) for id in ids}

    @cached_property
    def facets(self) -> list[Facet]:
        counts = self.selection.facets()
        return [self._facet(name, label, counts[name]) for name, (label, _) in FACETS.items()]

    def _facet(self, name: str, label: str, counts: Mapping[str, int]) -> Facet:
        chosen = set(self.query.getlist(name))
        words = _names_of(name)
        return Facet(
            name=name,
            label=label,
            options=[
                Option(code=code, name=words[code], count=counts.get(code, 0), chosen=code in chosen)
                for code in words  # by name: an option stays where it is when the counts change
                if counts.get(code, 0) or code in chosen
            ],
        )

    @property
    def found(self) -> str:
        return people(self.total)

    @property
    def url(self) -> str:
        """The address of this page, without what the form sends empty or as it is anyway."""
        query = self.query.copy()
        if self.ordering == "rotation":
            query.pop("ordering", None)
        if self.number == 1:
            query.pop("page", None)
        if not self.zip:
            query.pop("within", None)
        return _browse(query)

    @property
    def parts_that_change(self) -> str:
        """What htmx takes from an answer beside the results; each part stays, so that focus and scrolling do."""
        facets = [f"#{part}-{name}" for name in FACETS for part in ("options", "chosen")]
        return ",".join(f"{part}:innerHTML" for part in ["#announcement", "#show", *facets])

    @property
    def chips(self) -> list[Link]:
        """One link for each filter in use, which leads to the same page without it."""
        return [
            Link(words=self._words(name, value), url=self._without(name, value))
            for name, values in self.query.lists()
            for value in dict.fromkeys(values)
            if value and name not in {"ordering", "page", "within"}
        ]

    @property
    def relaxations(self) -> list[Link]:
        """Which single filter stands most in the way, with how many therapists its removal brings."""
        gains = sorted(self.selection.relaxations.items(), key=lambda item: -item[1])
        names_in_url = {"within": "zip"}
        return [
            Link(words=self._words_of_all(names_in_url.get(name, name)), url=self._without_all(name), count=count)
            for name, count in gains
            if count
        ][:3]

    @property
    def previous_url(self) -> str | None:
        return self._on_page(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return self._on_page(self.number + 1) if self.number < self.pages else None

    def _words(self, name: str, value: str) -> str:
        if name in FACETS:
            return _names_of(name).get(value, value)
        within = self.query.get("within") or "25"
        return {
            "q": f"“{value}”",
            "zip": f"within {within} miles of {value}",
            "fee_max": f"${value} or less",
            "opening_within_days": f"an opening within {value} days",
        }.get(name, value)

    def _words_of_all(self, name: str) -> str:
        return " or ".join(self._words(name, value) for value in self.query.getlist(name)) or name.replace("_", " ")

    def _without(self, name: str, value: str) -> str:
        query = self._unpaged()
        query.setlist(name, [kept for kept in query.getlist(name) if kept != value])
        if name == "zip":
            query.pop("within", None)
        return _browse(query)

    def _without_all(self, name: str) -> str:
        query = self._unpaged()
        for gone in {"within": ("within", "zip")}.get(name, (name,)):
            query.pop(gone, None)
        return _browse(query)

    def _on_page(self, number: int) -> str:
        query = self._unpaged()
        query["page"] = str(number)
        return _browse(query)

    def _unpaged(self) -> QueryDict:
        query = self.query.copy()
        query.pop("page", None)
        return query


def _browse(query: QueryDict) -> str:
    pairs = QueryDict(mutable=True)
    for name, values in query.lists():
        if kept := [value for value in values if value]:
            pairs.setlist(name, kept)
    return reverse("directory:browse") + (f"?{pairs.urlencode()}" if pairs else "")


def _names_of(facet: str) -> Mapping[str, str]:
    vocabulary = FACETS[facet][1]
    return names()[vocabulary] if vocabulary else OWN_NAMES[facet]


def people(count: int) -> str:
    """ "1 therapist", "2,000 therapists"."""
    return f"{count:,} therapist{'' if count == 1 else 's'}"


def miles_words(miles: float) -> str:
    """ "less than a mile", "about 12 miles"; measured between the middles of two ZIP codes."""
    return "less than a mile" if miles < 1 else f"about {miles:.0f} mile{'' if round(miles) == 1 else 's'}"


def fee_words(fee_min: int | None, fee_max: int | None, sliding_scale: bool | None) -> str:
    """A fee as people say it; "Not stated" when it is not."""
    lowest, highest = fee_min if fee_min is not None else fee_max, fee_max if fee_max is not None else fee_min
    if lowest is None:
        words = NOT_STATED
    elif lowest == highest:
        words = f"${lowest} a session"
    else:
        words = f"${lowest} to ${highest} a session"
    return words + (", sliding scale" if sliding_scale else "")


def accepting_words(accepting: str | None, next_opening_on: dt.date | None) -> str:
    """Whether they take new clients, as people say it."""
    words = {"yes": "Takes new clients", "waitlist": "Has a waiting list", "no": "Full at the moment"}.get(
        accepting or "", NOT_STATED
    )
    return words if next_opening_on is None else f"{words}, next opening {date_format(next_opening_on)}"


def in_words(card: Mapping[str, Any]) -> dict[str, Any]:
    """A card with its codes in words, for the templates."""
    words, stale = names(), card["stale"]
    opening = card["next_opening_on"] and dt.date.fromisoformat(card["next_opening_on"])

    def named(vocabulary: str, field: str) -> list[str]:
        return [words[vocabulary].get(code, code) for code in card[field]]

    def too_old(kind: str) -> str:
        said_on = card["as_of"][kind] or card["as_of"]["attested"]
        return f"Last confirmed on {date_format(dt.date.fromisoformat(said_on))}. Please ask." if kind in stale else ""

    return dict(card) | {
        "tags": named("session_formats", "session_formats") + named("delivery_methods", "delivery_methods"),
        "best_at": named("concerns", "focus_concerns"),
        "trained": named("approaches", "trained_in"),
        "fee_words": too_old("fees") or fee_words(card["fee_min"], card["fee_max"], card["sliding_scale"]),
        "accepting_words": too_old("availability") or accepting_words(card["accepting_clients"], opening),
    }
