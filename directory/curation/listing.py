"""The rules of being listed: what a profile lacks, said in plain sentences."""

from __future__ import annotations

import datetime as dt

from directory.lifetimes import ATTESTATION, CONSENT
from directory.models import License, ScreeningFlag, Therapist


def why_not_listed(therapist: Therapist, *, on: dt.date) -> list[str]:
    """What keeps a profile out of the directory on that day, its life aside; empty when nothing does.

    The same conditions as `TherapistQuerySet.published`. Reads `licenses`, `screening_flags`, `session_formats` and
    `delivery_methods`: prefetch them when you ask about many.
    """
    reasons = []
    if therapist.consented_on is None:
        reasons.append("The consent to be listed is not on record.")
    elif not CONSENT.counts(therapist.consented_on, on=on):
        reasons.append(f"The consent to be listed was given more than {CONSENT.days} days ago.")
    if not any(license.is_current(on) for license in therapist.licenses.all()):
        reasons.append(_no_current_license(list(therapist.licenses.all()), on))
    for flag in sorted(therapist.screening_flags.all(), key=lambda flag: flag.pk):
        if flag.tier != ScreeningFlag.Tier.HOLD or flag.decision == ScreeningFlag.Decision.CLEARED:
            continue
        if flag.decision == ScreeningFlag.Decision.UPHELD:
            reasons.append(f"A term of the harmful-practice screen was upheld: “{flag.term}” in {flag.field}.")
        else:
            reasons.append(
                f"A term of the harmful-practice screen waits for a decision: “{flag.term}” in {flag.field}."
            )
    if therapist.attested_on is None:
        reasons.append("The facts were never confirmed.")
    elif not ATTESTATION.counts(therapist.attested_on, on=on):
        reasons.append(f"The facts were last confirmed more than {ATTESTATION.days} days ago.")
    if not therapist.session_formats.all():
        reasons.append("No session format is stated (individual, couple, family or group).")
    if not therapist.delivery_methods.all():
        reasons.append("No delivery method is stated (in person or telehealth).")
    return reasons


def _no_current_license(licenses: list[License], on: dt.date) -> str:
    """Why none of the licenses counts, about the one that is nearest to counting."""
    if not licenses:
        return "No license is on record."
    active = [license for license in licenses if license.status == License.Status.ACTIVE]
    if not active:
        return "No license is active."
    verified = [license for license in active if license.verified_on is not None]
    if not verified:
        return "No current license was verified against a named source."
    dated = [license.expires_on for license in verified if license.expires_on is not None]
    if not dated:
        return "The verified license has no last day on record."
    return f"The verified license expired on {max(dated).isoformat()}."
