"""Cards as they read on a day. The database writes them when a profile changes; a license runs out without a write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from directory.models import Change, SearchCard
from directory.vocabulary import abbreviations

Card = dict[str, Any]


class ReadCards(Protocol):
    """`cards_by_id`, or the cards of an earlier day."""

    def __call__(self, therapist_ids: Iterable[int], *, on: dt.date) -> Mapping[int, Card]: ...


def cards_by_id(therapist_ids: Iterable[int], *, on: dt.date) -> dict[int, Card]:
    """The cards of those among these therapists who are listed, as of that day, by one query."""
    return {therapist_id: _on(on, card) for therapist_id, card in SearchCard.objects.by_id(therapist_ids).items()}


def cards_as_of(sequence: int) -> ReadCards:
    """Reads cards as they were when this was the last change, as far as they are kept."""

    def cards(therapist_ids: Iterable[int], *, on: dt.date) -> dict[int, Card]:
        ids = list(therapist_ids)
        now = cards_by_id(ids, on=on)  # first: whoever changes from here on comes with the card of before
        past = {
            change.therapist_id: _on(on, change.card_before)
            for change in Change.objects.first_after(sequence).filter(therapist_id__in=ids)
            if change.card_before is not None
        }
        return now | past

    return cards


def cards_in_order_of(therapist_ids: Iterable[int], *, on: dt.date) -> list[Card]:
    """The cards of these therapists in this order, as of that day. Who left the directory meanwhile is left out."""
    return [_on(on, card) for card in SearchCard.objects.in_order_of(therapist_ids)]


def _on(day: dt.date, card: Card) -> Card:
    """The card without the licenses and privileges that ran out before that day, and without what they stood for."""

    def holds(right: Card) -> bool:
        return right["expires_on"] is None or right["expires_on"] >= day.isoformat()

    licenses = [held for held in card["licenses"] if holds(held)]
    privileges = [held for held in card["compact_privileges"] if holds(held)]
    if len(licenses) == len(card["licenses"]) and len(privileges) == len(card["compact_privileges"]):
        return card
    known = abbreviations()
    credentials = ", ".join(sorted({known[held["license_type"]] for held in licenses}))
    return card | {"licenses": licenses, "compact_privileges": privileges, "credentials": credentials}
