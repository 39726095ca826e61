"""Cards as they read on a day. The database writes them when a profile changes; what runs out does so by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Protocol

from directory.lifetimes import AGING, AVAILABILITY, FEES, INSURANCE, SPECIALTIES, Lifetime
from directory.models import Change, SearchCard
from directory.vocabulary import abbreviations

Card = dict[str, Any]
#: What a card says of each kind of facts, and how it says nothing.
NOT_STATED: Final[Mapping[Lifetime, Card]] = {
    AVAILABILITY: {"accepting_clients": None, "next_opening_on": None},
    FEES: {"fee_min": None, "fee_max": None, "sliding_scale": None},
    INSURANCE: {"insurance_plans": []},
    SPECIALTIES: {
        "approaches": [],
        "trained_in": [],
        "concerns": [],
        "focus_concerns": [],
        "populations": [],
        "session_formats": [],
        "delivery_methods": [],
        "languages": [],
    },
}


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
    """The card without what ran out before that day: facts past their lifetime, licenses, and what they stood for.

    `stale` names the kinds of facts that were said too long ago to count; `as_of` still tells when.
    """

    today = day.isoformat()

    def holds(right: Card) -> bool:
        return right["expires_on"] is None or right["expires_on"] >= today

    said_on = card["as_of"]
    # Compared as text: reading four dates of twenty cards would cost more than the cards.
    stale = [one for one in AGING if (said_on[one.code] or said_on["attested"]) < _counts_from(one, day)]
    for lifetime in stale:
        card = card | NOT_STATED[lifetime]
    if stale:
        card["stale"] = [lifetime.code for lifetime in stale]
    licenses = [held for held in card["licenses"] if holds(held)]
    privileges = [held for held in card["compact_privileges"] if holds(held)]
    if len(licenses) == len(card["licenses"]) and len(privileges) == len(card["compact_privileges"]):
        return card
    known = abbreviations()
    credentials = ", ".join(sorted({known[held["license_type"]] for held in licenses}))
    return card | {"licenses": licenses, "compact_privileges": privileges, "credentials": credentials}


@lru_cache(maxsize=2 * len(AGING))  # of today, and of tomorrow when it comes
def _counts_from(lifetime: Lifetime, day: dt.date) -> str:
    return lifetime.counts_from(day).isoformat()
