"""What a therapist does by link: confirm, correct, pause, come back, leave. Each uses the link up, or changes nothing.

In the history each change is theirs: the reason begins with THERAPIST, and no account stands beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from directory import actions
from directory.curation.csv_cells import Lookup
from directory.curation.csv_import import Row
from directory.curation.links import use_up
from directory.curation.profile_writes import Difference, Writer
from directory.curation.profiles import Terms, changes_between, locked_profiles
from directory.models import AttestationLink, Correction, Jurisdiction, PracticeLocation, ScreeningFlag, Therapist
from directory.models.taxonomy import UnknownZip, ZipCentroid

THERAPIST: Final = "The therapist, by link"
PAUSED: Final = "Paused by the therapist"  # how the reason of such a suspension begins


@dataclass(frozen=True, kw_only=True)
class Office:
    """An office as the therapist states it. `id` is that of one that is there, None of a new one."""

    id: int | None
    street: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a therapist says on the page, clean.

    `values` has the names and shapes of the columns of the CSV (codes as tuples), without name, email, license and
    address. `name` and `email` differ from those on record when they ask for a correction.
    """

    values: Mapping[str, Any]
    offices: Sequence[Office]
    name: str
    email: str
    license_note: str = ""
    consents: bool = False


def is_paused(therapist: Therapist) -> bool:
    """Whether it was the therapist who took the listing out: then they may put it back."""
    return therapist.life == Therapist.Life.SUSPENDED and therapist.life_reason.startswith(f"{PAUSED}.")


@transaction.atomic
def confirm(*, link: AttestationLink, consents: bool, on: dt.date, at: dt.datetime) -> None:
    """All facts are right as they are on record. Raises LinkClosed."""
    therapist = use_up(link, at=at)
    _confirm(therapist, consents=consents, on=on)


@transaction.atomic
def correct(*, link: AttestationLink, answer: Answer, on: dt.date, at: dt.datetime) -> bool:
    """Write what the therapist says, confirm the rest, and say whether the screen holds the listing back now.

    A name, an email address or a license waits for a curator. Raises LinkClosed.
    """
    therapist = use_up(link, at=at)
    _write(therapist, answer.values, on=on)
    _write_offices(therapist, answer.offices)
    for field, old, new in (
        (Correction.Field.NAME, therapist.name, answer.name),
        (Correction.Field.EMAIL, therapist.email, answer.email),
    ):
        if new and new != old:
            actions.ask_correction(therapist=therapist, field=field, old=old, new=new, on=on)
    if answer.license_note:
        actions.ask_correction(therapist=therapist, field=Correction.Field.LICENSE, note=answer.license_note, on=on)
    _confirm(therapist, consents=answer.consents, on=on)
    actions.screen_texts(therapist=therapist, on=on)
    return therapist.screening_flags.filter(tier=ScreeningFlag.Tier.HOLD, decision=ScreeningFlag.Decision.OPEN).exists()


@transaction.atomic
def pause(*, link: AttestationLink, reason: str, at: dt.datetime) -> None:
    """Take the listing out until the therapist puts it back. Raises LinkClosed, CannotMove."""
    therapist = use_up(link, at=at)
    actions.suspend(therapist=therapist, by=THERAPIST, reason=f"{PAUSED}. {reason}".strip())


@transaction.atomic
def put_back(*, link: AttestationLink, consents: bool, on: dt.date, at: dt.datetime) -> None:
    """End a pause, with all facts confirmed. Raises LinkClosed, CannotMove, and CannotPublish when something lacks.

    The profile was reviewed and published before, and pausing was no curator's decision: nobody has to decide again.
    """
    therapist = use_up(link, at=at)
    if not is_paused(therapist):
        raise actions.CannotMove(life=therapist.life, to=Therapist.Life.PUBLISHED)
    _confirm(therapist, consents=consents, on=on)
    actions.publish(therapist=therapist, by=THERAPIST, on=on)


@transaction.atomic
def leave(*, link: AttestationLink, at: dt.datetime) -> None:
    """Take the listing out for good. Raises LinkClosed, CannotMove."""
    therapist = use_up(link, at=at)
    actions.archive(therapist=therapist, by=THERAPIST, reason="Left the directory")


def _confirm(therapist: Therapist, *, consents: bool, on: dt.date) -> None:
    actions.attest(therapist=therapist, by=THERAPIST, on=on)
    if consents:
        actions.renew_consent(therapist=therapist, by=THERAPIST, on=on)


def _write(therapist: Therapist, values: Mapping[str, Any], *, on: dt.date) -> None:
    """Through the writer of the import, so that dates, terms and history come out the same."""
    terms = Terms()
    [profile] = locked_profiles(Therapist.objects.filter(pk=therapist.pk), terms)
    row = Row(line=0, values=dict(values))
    changes = {change.column: change for change in changes_between(row, profile, terms)}
    if changes:
        reason = f"Changed {', '.join(changes).replace('_', ' ')}"
        writer = Writer(lookup=Lookup(words={}, zips={}, on=on), terms=terms, by=THERAPIST, reason=reason)
        writer.write([Difference(row=row, profile=profile, changes=changes)])
    therapist.refresh_from_db()


def _write_offices(therapist: Therapist, offices: Sequence[Office]) -> None:
    known = {office.pk: office for office in therapist.locations.all()}
    for gone in known.keys() - {office.id for office in offices}:
        _sign(known[gone], "Closed an office").delete()
    for stated in offices:
        if stated.id is not None and stated.id not in known:
            continue  # a curator has taken it away in the meantime
        office = known[stated.id] if stated.id is not None else PracticeLocation(therapist=therapist)
        state = Jurisdiction.objects.filter(code=stated.state).first() if stated.state else None
        said = (stated.street, stated.city, state and state.pk, stated.zip)
        if said == (office.street, office.city, office.jurisdiction_id, office.zip):
            continue
        middle = ZipCentroid.objects.filter(zip=stated.zip).first()
        if middle is None:
            raise UnknownZip(stated.zip)
        office.street, office.city, office.jurisdiction, office.zip = stated.street, stated.city, state, stated.zip
        office.latitude, office.longitude = middle.latitude, middle.longitude
        _sign(office, "Changed an office" if office.pk else "Opened an office").save()


def _sign(office: PracticeLocation, reason: str) -> Any:
    signed: Any = office
    signed._history_user, signed._change_reason = None, f"{THERAPIST}: {reason}"
    return signed
