"""The directory as it was at an earlier change: the roster of today, with those who changed since put back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

import numpy as np

from directory.lifetimes import AGING, ATTESTATION, CONSENT
from directory.models import Change, ZipCentroid
from directory.models.change import PAST_CARDS_KEPT
from directory.roster.current import Roster, current
from directory.roster.records import facts_with_codes
from directory.roster.schema import DAY_ZERO

CARDS_AT_ONCE: Final = 5000
#: The lists of codes on a card, and the vocabulary of each.
VOCABULARY_OF: Final = {
    "approaches": "approaches",
    "concerns": "concerns",
    "populations": "populations",
    "session_formats": "session_formats",
    "delivery_methods": "delivery_methods",
    "languages": "languages",
    "insurance_plans": "insurance_plans",
}

Card = Mapping[str, Any]
Middles = Mapping[str, tuple[float, float]]


class UnknownSequence(LookupError):
    """The directory has not come to this change yet."""

    def __init__(self, sequence: int, latest: int) -> None:
        super().__init__(f"There is no change {sequence}: the directory stands at {latest}.")


class PastNotKept(LookupError):
    """Part of the directory as it was then is gone; `profiles` says how much."""

    def __init__(self, sequence: int, profiles: int) -> None:
        of = "1 profile" if profiles == 1 else f"{profiles} profiles"
        super().__init__(
            f"The directory at change {sequence} cannot be put together again: what {of} said then is no longer kept. "
            f"Past cards are deleted after {PAST_CARDS_KEPT.days} days, and together with a profile. A code or a ZIP "
            "may also have left its list."
        )
        self.profiles = profiles


def roster_at(sequence: int) -> Roster:
    """The directory as a roster of this `sequence` held it. Raises UnknownSequence, PastNotKept.

    It knows no order of names. Offices stand where the gazetteer of today places their ZIPs.
    """
    now = current()
    if not 0 <= sequence <= now.sequence:
        raise UnknownSequence(sequence, now.sequence)
    columns, lost = now.columns, 0
    # Those who change from here on come with the card of before, too: whichever `current` was, the answer is the same.
    changes = Change.objects.first_after(sequence).iterator(chunk_size=CARDS_AT_ONCE)
    while some := list(islice(changes, CARDS_AT_ONCE)):
        middles = _middles(change.card_before for change in some if change.card_before)
        records = []
        for change in some:
            if change.kind == Change.Kind.PUBLISHED:
                continue  # not there yet
            card = change.card_before
            if card is None or not _is_understood(card, middles, columns.codes):
                lost += 1
            else:
                records.append(_record(change.therapist_id, card, middles))
        changed = np.array([change.therapist_id for change in some], dtype=np.int64)
        columns = columns.replacing(changed, facts_with_codes(records, columns.codes))
    if lost:
        raise PastNotKept(sequence, lost)
    return Roster(columns.without_names(), sequence)


def _is_understood(card: Card, middles: Middles, codes: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether all that the card says has a place today: its ZIPs in the gazetteer, its codes in the vocabularies."""
    rights = [*card["licenses"], *card["compact_privileges"]]
    return (
        all(place["zip"] in middles for place in card["places"])
        and all(set(card[column]) <= codes[vocabulary].keys() for column, vocabulary in VOCABULARY_OF.items())
        and all(right["jurisdiction"] in codes["jurisdictions"] for right in rights)
        and all(held["license_type"] in codes["license_types"] for held in card["licenses"])
    )


def _middles(cards: Iterable[Card]) -> Middles:
    zips = {place["zip"] for card in cards for place in card["places"]}
    found = ZipCentroid.objects.filter(zip__in=zips).values_list("zip", "latitude", "longitude")
    return {zip: (latitude, longitude) for zip, latitude, longitude in found}


def _record(therapist_id: int, card: Card, middles: Middles) -> dict[str, Any]:
    """The search row that had this card, as Columns.from_records takes it: what the view of migration 0002 computes."""
    licenses = [(held["jurisdiction"], held["license_type"], _day(held["expires_on"])) for held in card["licenses"]]
    privileges = [(held["jurisdiction"], None, _day(held["expires_on"])) for held in card["compact_privileges"]]
    said_on = {kind: dt.date.fromisoformat(day) for kind, day in card["as_of"].items() if day}
    attested, consented = said_on["attested"], said_on["consented"]
    licensed_until = max(until for _, _, until in licenses if until)
    opening_on = _day(card["next_opening_on"])
    return {
        "id": therapist_id,
        "listed_until": min(ATTESTATION.counts_until(attested), CONSENT.counts_until(consented), licensed_until),
        **{f"{lifetime.code}_until": lifetime.counts_until(said_on.get(lifetime.code, attested)) for lifetime in AGING},
        "approaches": card["approaches"],
        "trained": card["trained_in"],
        "concerns": card["concerns"],
        "focus": card["focus_concerns"],
        "populations": card["populations"],
        "session_formats": card["session_formats"],
        "delivery_methods": card["delivery_methods"],
        "languages": card["languages"],
        "insurance_plans": card["insurance_plans"],
        "gender": card["gender"],
        "accepting": card["accepting_clients"],
        "sliding_scale": card["sliding_scale"],
        "years_in_practice": card["years_in_practice"],
        "fee_from": card["fee_max"] if card["fee_min"] is None else card["fee_min"],
        "opening_on": opening_on if opening_on and opening_on >= DAY_ZERO else None,
        "rights": [*licenses, *privileges],
        "places": [middles[place["zip"]] for place in card["places"]],
    }


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
