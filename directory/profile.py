"""A therapist's public page in words: every dated fact with its date, nothing that is not stated made up."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format

from directory.boards import register_url
from directory.browse import NOT_STATED, accepting_words, fee_words
from directory.lifetimes import AVAILABILITY, FEES, INSURANCE, SPECIALTIES, Lifetime
from directory.models import CompactPrivilege, License, Method, Picture, PracticeLocation, Therapist, TherapistApproach


@dataclass(frozen=True, kw_only=True)
class Fact:
    name: str
    words: str
    as_of: dt.date | None = None
    counts: bool = True  # whether it was confirmed lately enough

    @property
    def is_stated(self) -> bool:
        return not self.words.startswith(NOT_STATED)


#: How a check was made, as a client reads it. What was noted before there was a log says nothing of it.
HOW: dict[str, str] = {
    Method.REGISTER: "We looked it up in the public register.",
    Method.LETTER: "The board wrote to us.",
    Method.NPPES: "We read it in the national list of providers.",
    Method.DOCUMENT: "We saw the paper itself.",
    Method.IMPORTED: "It was checked there before the profile came to us.",
    Method.INVENTED: "It is invented for this demo.",
}
NO_SUPERVISOR = "They work under supervision. We do not know who supervises them. You can ask."


@dataclass(frozen=True, kw_only=True)
class Check:
    """A license or privilege that counts, in words. An empty text has nothing to say; `register_url` may be empty."""

    what: str
    until: dt.date | None
    on: dt.date | None
    source: str
    how: str
    more: str
    register_url: str


def check_of_license(license: License) -> Check:
    """What was checked about a license. Reads `license_type` and `jurisdiction`."""
    more = ""
    if license.is_supervised:
        supervisor = ", ".join(part for part in (license.supervisor_name, license.supervisor_license) if part)
        more = f"Works under the supervision of {supervisor}." if license.supervisor_name else NO_SUPERVISOR
    return Check(
        what=f"{license.license_type.name} license {license.number}, {license.jurisdiction.name}",
        until=license.expires_on,
        on=license.verified_on,
        source=license.source,
        how=HOW.get(license.method, ""),
        more=more,
        register_url=register_url(license.jurisdiction.code, license.license_type.code),
    )


def check_of_privilege(privilege: CompactPrivilege) -> Check:
    """What was checked about a compact privilege. Reads `jurisdiction` and `compact`."""
    compact = privilege.compact
    under = f"the {compact.name}" if compact and " " in compact.name else compact.name if compact else ""
    return Check(
        what=f"May also see people in {privilege.jurisdiction.name} under {under or 'a compact between states'}",
        until=privilege.expires_on,
        on=privilege.verified_on,
        source=privilege.source,
        how=HOW.get(privilege.method, ""),
        more=compact.meaning if compact else "",
        register_url=compact.register_url if compact else "",
    )


class ProfilePage:
    """What therapist.html shows; the therapist comes from `with_profile()`, so nothing here runs a query."""

    def __init__(self, therapist: Therapist, *, on: dt.date) -> None:
        self.therapist, self._on = therapist, on
        self.licenses: list[License] = [license for license in therapist.licenses.all() if license.is_current(on)]
        self.privileges: list[CompactPrivilege] = [
            privilege for privilege in therapist.compact_privileges.all() if privilege.is_current(on)
        ]
        stated = sorted(therapist.stated_concerns.all(), key=lambda row: row.concern.name)
        self.focus = [row.concern.name for row in stated if row.focus]
        self.concerns = [row.concern.name for row in stated if not row.focus]
        self.populations = _names(therapist.populations)

    @property
    def checks(self) -> list[Check]:
        """What was checked, and by which source: licenses first."""
        return [check_of_license(x) for x in self.licenses] + [check_of_privilege(x) for x in self.privileges]

    @property
    def supervision(self) -> list[str]:
        """Who supervises an associate, once each; empty for all others."""
        return list(dict.fromkeys(check_of_license(x).more for x in self.licenses if x.is_supervised))

    @property
    def credentials(self) -> str:
        return ", ".join(dict.fromkeys(license.license_type.abbreviation for license in self.licenses))

    @property
    def tags(self) -> list[str]:
        return _names(self.therapist.session_formats) + _names(self.therapist.delivery_methods)

    @property
    def phone_link(self) -> str:
        return re.sub(r"[^0-9+]", "", self.therapist.phone)

    @property
    def approaches(self) -> list[dict[str, Any]]:
        """Trained ones first; each with its summary and what research found."""
        rows = sorted(self.therapist.stated_approaches.all(), key=lambda row: (not row.trained, row.approach.name))
        return [
            {
                "name": row.approach.name,
                "trained": row.trained,
                "training": training_words(row),
                "summary": row.approach.summary,
                "evidence": list(row.approach.evidence.all()),
            }
            for row in rows
        ]

    @property
    def picture(self) -> Picture | None:
        return getattr(self.therapist, "picture", None)

    @property
    def facts(self) -> list[Fact]:
        therapist = self.therapist
        return [
            Fact(
                name="New clients",
                words=accepting_words(therapist.accepting_clients, therapist.next_opening_on),
                **self._dated(AVAILABILITY),
            ),
            Fact(
                name="Fee",
                words=fee_words(therapist.fee_min, therapist.fee_max, therapist.sliding_scale),
                **self._dated(FEES),
            ),
            Fact(name="Insurance", words=_list(therapist.insurance_plans), **self._dated(INSURANCE)),
            Fact(name="Languages", words=_list(therapist.languages), **self._dated(SPECIALTIES)),
            Fact(name="Offices" if len(therapist.locations.all()) > 1 else "Office", words=self._places()),
            Fact(
                name="Years in practice",
                words=NOT_STATED if therapist.years_in_practice is None else str(therapist.years_in_practice),
            ),
        ]

    @property
    def specialties(self) -> Fact:
        """The day of all that is said about how and with whom they work."""
        return Fact(name="What they work with", words="", **self._dated(SPECIALTIES))

    def _dated(self, lifetime: Lifetime) -> dict[str, Any]:
        said_on = self.therapist.said_on(lifetime)
        return {"as_of": said_on, "counts": lifetime.counts(said_on, on=self._on)}

    def _places(self) -> str:
        return "; ".join(_address(place) for place in self.therapist.locations.all()) or NOT_STATED


def training_words(stated: TherapistApproach) -> str:
    """What is known of a completed training, and whether anybody has looked; empty without one."""
    if not stated.trained:
        return ""
    if not stated.training:
        return "They say they have completed training in this. We have not checked it."
    if stated.training_confirmed_on is None:
        return f"Trained: {stated.training}. They told us this. We have not checked it."
    day = date_format(stated.training_confirmed_on)
    return f"Trained: {stated.training}. We confirmed this on {day} with {stated.training_source}."


def _address(place: PracticeLocation) -> str:
    state = "" if place.jurisdiction is None else place.jurisdiction.code
    return ", ".join(part for part in (place.street, place.city, f"{state} {place.zip}".strip()) if part)


def _names(terms: Any) -> list[str]:
    return [term.name for term in terms.all()]


def _list(terms: Any) -> str:
    return ", ".join(_names(terms)) or NOT_STATED
