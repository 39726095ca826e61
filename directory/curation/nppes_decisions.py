"""What accepting a proposal from NPPES writes. Each is checked against the profile as it is now, not as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction

from directory.curation.nppes_comparison import office_text
from directory.models import (
    Jurisdiction,
    License,
    LicenseType,
    NppesProposal,
    PracticeLocation,
    Therapist,
    ZipCentroid,
)

Kind, Field, Decision = NppesProposal.Kind, NppesProposal.Field, NppesProposal.Decision
Sign = Callable[[object, str], None]  # tells the history of a row who changes it, and why


class CannotAccept(Exception):
    """A proposal that can no longer be taken over; the sentence says why."""


class ProposalDecided(CannotAccept):
    """Somebody has decided on the proposal."""

    def __init__(self, proposal: NppesProposal) -> None:
        super().__init__(f"It was {proposal.get_decision_display().lower()} by {proposal.decided_by} before.")


def write_proposal(proposal: NppesProposal, therapist: Therapist, *, sign: Sign, with_street: bool) -> None:
    """Take over what a proposal says, into a profile that is locked. Raises CannotAccept.

    A license comes without a verification: NPPES only repeats what people say of themselves.
    """
    own = therapist.npi or ""
    match proposal.field, proposal.kind:
        case Field.NPI, Kind.ADD | Kind.DIFFERS | Kind.NOT_FOUND:
            if own != proposal.ours:
                raise CannotAccept(f"The profile's NPI is {own or 'empty'} by now.")
            _write_npi(therapist, proposal.values["npi"] or None, sign=sign)
        case Field.NPI, Kind.DEACTIVATED:
            if own != proposal.npi:
                raise CannotAccept(f"The profile's NPI is {own or 'empty'} by now.")
        case _ if own != proposal.npi:
            raise CannotAccept(f"It is from the row of NPI {proposal.npi}: accept that NPI first.")
        case Field.NAME, _:
            if therapist.name != proposal.ours:
                raise CannotAccept(f"The profile's name is {therapist.name} by now.")
            therapist.name = proposal.values["name"]
            sign(therapist, _why("Name", proposal))
            therapist.save(update_fields=["name", "updated_at"])
        case Field.LICENSE, Kind.ADD:
            _add_license(proposal, therapist, sign=sign)
        case Field.LICENSE, _:
            _renumber_license(proposal, therapist, sign=sign)
        case Field.OFFICE, _:
            _write_office(proposal, therapist, sign=sign, with_street=with_street)


def record_decision(proposal: NppesProposal, *, decision: str, by: str, reason: str, at: dt.datetime) -> None:
    """Write down who decided. The street of a proposed office goes: it may be a home, and has done its service."""
    proposal.decision, proposal.decided_by, proposal.decided_at = decision, by[:150], at
    proposal.reason = reason.strip()[:300]
    proposal.values = {key: value for key, value in proposal.values.items() if key != "street"}
    proposal.save(update_fields=["decision", "decided_by", "decided_at", "reason", "values"])


def what_it_changes(proposal: NppesProposal) -> str:
    """In a sentence, what accepting does."""
    match proposal.field, proposal.kind:
        case _, Kind.DEACTIVATED:
            return "Suspends the profile, if it is published."
        case Field.NPI, Kind.NOT_FOUND:
            return "Takes the NPI off the profile."
        case Field.NPI, _:
            return "Sets the NPI." if proposal.values.get("npi") else "Takes the NPI off the profile."
        case Field.NAME, _:
            return "Changes the name; the address of the profile stays."
        case Field.LICENSE, Kind.ADD:
            return "Adds the license, not verified: it does not count until you verify it at the board."
        case Field.LICENSE, _:
            return "Changes the number. The license has to be verified again, and does not count until then."
    return f"{'Moves the office' if proposal.kind == Kind.DIFFERS else 'Adds an office'}: city and ZIP, without street."


def _write_npi(therapist: Therapist, npi: str | None, *, sign: Sign) -> None:
    holder = Therapist.objects.filter(npi=npi).exclude(pk=therapist.pk).first() if npi else None
    if holder is not None:
        raise CannotAccept(f"The NPI stands on the profile of {holder.name}.")
    therapist.npi = npi
    sign(therapist, f"NPI {'taken over from' if npi else 'taken off after'} NPPES")
    try:
        with transaction.atomic():
            therapist.save(update_fields=["npi", "updated_at"])
    except IntegrityError:
        raise CannotAccept("The NPI was just set on another profile.") from None


def _add_license(proposal: NppesProposal, therapist: Therapist, *, sign: Sign) -> None:
    values = proposal.values
    license = License(
        therapist=therapist,
        license_type=LicenseType.objects.get(code=values["type"]),
        jurisdiction=Jurisdiction.objects.get(code=values["jurisdiction"]),
        number=values["number"],
    )
    _save_license(license, _why("License", proposal), sign=sign)


def _renumber_license(proposal: NppesProposal, therapist: Therapist, *, sign: Sign) -> None:
    values = proposal.values
    license = therapist.licenses.select_for_update().filter(pk=values["license"]).first()
    if license is None or license.number != values["old"]:
        raise CannotAccept("The license was changed since.")
    license.number = values["number"]
    license.verified_on, license.source, license.method = None, "", ""
    _save_license(license, _why("Number", proposal), sign=sign)


def _save_license(license: License, why: str, *, sign: Sign) -> None:
    sign(license, why)
    try:
        with transaction.atomic():
            license.save()
    except IntegrityError:
        raise CannotAccept("A profile has a license of this type and number there already.") from None
    _note_version(license.therapist, why, sign=sign)


def _write_office(proposal: NppesProposal, therapist: Therapist, *, sign: Sign, with_street: bool) -> None:
    values = proposal.values
    middle = ZipCentroid.objects.filter(zip=values["zip"]).first()
    if middle is None:
        raise CannotAccept(f"{values['zip']} is not a ZIP code that we know.")
    offices = list(therapist.locations.select_for_update(of=("self",)).select_related("jurisdiction").order_by("id"))
    if any(office.zip == values["zip"] for office in offices):
        raise CannotAccept("The profile has an office in that ZIP area by now.")
    office = PracticeLocation(therapist=therapist)
    if proposal.kind == Kind.DIFFERS:
        if [x.pk for x in offices] != [values["office"]] or _office_text(offices[0]) != proposal.ours:
            raise CannotAccept("The offices of the profile were changed since.")
        office = offices[0]
    office.street = values.get("street", "") if with_street else ""
    office.city, office.zip = values["city"], values["zip"]
    office.jurisdiction = Jurisdiction.objects.filter(code=values["jurisdiction"]).first()
    office.latitude, office.longitude = middle.latitude, middle.longitude
    sign(office, _why("Office", proposal))
    office.save()
    _note_version(therapist, _why("Office", proposal), sign=sign)


def _note_version(therapist: Therapist, why: str, *, sign: Sign) -> None:
    """Give the history of the profile a version with the row that was just written."""
    sign(therapist, why)
    therapist.save(update_fields=["updated_at"])


def _office_text(office: PracticeLocation) -> str:
    return office_text(office.city, office.jurisdiction.code if office.jurisdiction else "", office.zip)


def _why(what: str, proposal: NppesProposal) -> str:
    return f"{what} taken over from NPPES ({proposal.file_date}), not verified"
