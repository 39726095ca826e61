"""What therapists and visitors ask for: corrections and reports, and what curators decide."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from directory.actions.refusals import AlreadyDecided, require_reason
from directory.curation.flags import refresh_flags
from directory.curation.signature import sign
from directory.models import (
    Correction,
    ProblemReport,
    Therapist,
)


@transaction.atomic
def ask_correction(
    *, therapist: Therapist, field: str, old: str = "", new: str = "", note: str = "", on: dt.date
) -> Correction:
    """Put a correction that the therapist asks for before the curators. A later one takes the place of an open one."""
    correction, _ = Correction.objects.update_or_create(
        therapist=therapist,
        field=field,
        state=Correction.State.OPEN,
        defaults={"old": old, "new": new, "note": note, "asked_on": on},
    )
    return correction


@transaction.atomic
def decide_correction(
    *, correction: Correction, by: AbstractBaseUser | str, accept: bool, reason: str, at: dt.datetime
) -> None:
    """Accept or decline what a therapist asked to correct. Raises ReasonMissing, AlreadyDecided.

    Accepting writes a name or an email address to the profile. A license is corrected on the profile by hand, because
    what was verified has to be verified again.
    """
    require_reason(reason)
    correction.refresh_from_db(from_queryset=Correction.objects.select_for_update())
    if correction.state != Correction.State.OPEN:
        raise AlreadyDecided
    if accept and correction.field in (Correction.Field.NAME, Correction.Field.EMAIL):
        therapist = Therapist.objects.select_for_update().get(pk=correction.therapist_id)
        setattr(therapist, correction.field, correction.new)
        sign(therapist, by=by, reason=f"Correction accepted: {reason.strip()}")
        therapist.save(update_fields=[correction.field, "updated_at"])
        refresh_flags([therapist], on=at.date())
    correction.state = Correction.State.ACCEPTED if accept else Correction.State.DECLINED
    correction.reason, correction.decided_by, correction.decided_at = reason.strip(), str(by), at
    correction.save(update_fields=["state", "reason", "decided_by", "decided_at"])


@transaction.atomic
def report_problem(*, therapist: Therapist, kind: str, text: str, on: dt.date) -> None:
    """Put what a visitor says is wrong with a listing before the curators. Nothing tells who said it."""
    ProblemReport.objects.create(therapist=therapist, kind=kind, text=text, received_on=on)


@transaction.atomic
def resolve_report(*, report: ProblemReport, by: AbstractBaseUser | str, reason: str, at: dt.datetime) -> None:
    """Close a report with what came of it. Raises ReasonMissing, AlreadyDecided."""
    require_reason(reason)
    report.refresh_from_db(from_queryset=ProblemReport.objects.select_for_update())
    if report.state != ProblemReport.State.OPEN:
        raise AlreadyDecided
    report.state, report.reason = ProblemReport.State.RESOLVED, reason.strip()
    report.decided_by, report.decided_at = str(by), at
    report.save(update_fields=["state", "reason", "decided_by", "decided_at"])
