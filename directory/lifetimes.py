"""How long what a therapist says counts: one table for filters, roster, desk and /how-matching-works/. Pure.

A fact past its lifetime counts as not stated until it is confirmed again; past that of the consent or of the
confirmation of all facts, the whole profile leaves the directory by itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Lifetime:
    """`days` after the day on which it was said or confirmed a fact still counts. `facts` are fields of Therapist."""

    code: str
    name: str
    facts: tuple[str, ...]
    days: int
    why: str

    @property
    def as_of(self) -> str:
        """The field of Therapist with the day on which these facts were last said or confirmed."""
        return f"{self.code}_as_of"

    def counts(self, said_on: dt.date | None, *, on: dt.date) -> bool:
        """Whether what was said on that day still counts `on` another one. Said on no day: it does not."""
        return said_on is not None and said_on >= self.counts_from(on)

    def counts_from(self, on: dt.date) -> dt.date:
        """The earliest day of which what was said still counts `on` another one."""
        return on - dt.timedelta(days=self.days)

    def counts_until(self, said_on: dt.date) -> dt.date:
        """The last day on which what was said on that day counts."""
        return said_on + dt.timedelta(days=self.days)


AVAILABILITY: Final = Lifetime(
    code="availability",
    name="New clients and next opening",
    facts=("accepting_clients", "next_opening_on"),
    days=21,
    why="Openings fill within weeks. Somebody who calls on a bad day should not hear that there is no room.",
)
FEES: Final = Lifetime(
    code="fees",
    name="Fees and sliding scale",
    facts=("fee_min", "fee_max", "sliding_scale"),
    days=45,
    why="Prices change, and a wrong one costs somebody a first session.",
)
INSURANCE: Final = Lifetime(
    code="insurance",
    name="Insurance plans",
    facts=("insurance_plans",),
    days=45,
    why="Therapists join and leave plans, and the bill goes to who trusted the list.",
)
SPECIALTIES: Final = Lifetime(
    code="specialties",
    name="Ways of working, concerns, groups of people, formats and languages",
    facts=("session_formats", "delivery_methods", "approaches", "concerns", "populations", "languages"),
    days=180,
    why="What somebody is trained in changes slowly, but practices do change.",
)
ATTESTATION: Final = Lifetime(
    code="attestation",
    name="Confirmation of all facts",
    facts=("attested_on",),
    days=90,
    why="US law has health plans check their directories every 90 days (42 U.S.C. 300gg-115). We are no plan; "
    "we hold ourselves to the same.",
)
CONSENT: Final = Lifetime(
    code="consent",
    name="Consent to be listed",
    facts=("consented_on",),
    days=365,
    why="Nobody should stand in a directory because of a yes of long ago.",
)

#: Facts that count as not stated when they are older.
AGING: Final = (AVAILABILITY, FEES, INSURANCE, SPECIALTIES)
#: What the listing itself needs.
LISTING: Final = (ATTESTATION, CONSENT)
LIFETIMES: Final = (*AGING, *LISTING)
