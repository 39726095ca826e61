"""What waits for a curator about somebody who leaves for good: it waits no longer."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from directory.models import Correction, DuplicateCandidate, NppesProposal, Therapist


def close_what_waits(therapist: Therapist, *, by: str, at: dt.datetime) -> None:
    """Decline open corrections, and take away questions that nobody has to answer any more. Flags stay on record."""
    Correction.objects.filter(therapist=therapist, state=Correction.State.OPEN).update(
        state=Correction.State.DECLINED, reason="The profile was archived.", decided_by=by[:150], decided_at=at
    )
    NppesProposal.objects.waiting().filter(therapist=therapist).delete()
    DuplicateCandidate.objects.filter(Q(a=therapist) | Q(b=therapist), state=DuplicateCandidate.State.OPEN).delete()
