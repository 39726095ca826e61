"""The harmful-practice screen: texts screened, flags decided, the question of the two EFTs answered."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from directory.actions.profile import note_version
from directory.actions.refusals import AlreadyDecided, require_reason
from directory.curation.flags import refresh_flags
from directory.curation.signature import sign
from directory.models import (
    Approach,
    ScreeningFlag,
    Therapist,
    TherapistApproach,
)


class NotAsked(ValueError):
    """An answer to a question that the flag does not ask, or asks no longer."""


@transaction.atomic
def screen_texts(*, therapist: Therapist, on: dt.date) -> int:
    """Screen all texts of a profile as they stand in the database, write the flags, and return how many are new."""
    return refresh_flags(list(Therapist.objects.select_for_update().filter(pk=therapist.pk)), on=on)


@transaction.atomic
def decide_flag(
    *, flag: ScreeningFlag, by: AbstractBaseUser | str, decision: str, reason: str, at: dt.datetime
) -> None:
    """Clear or uphold a flag of the screen, reason on record. Raises ReasonMissing, ValueError, AlreadyDecided.

    What was upheld is changed only by who may publish, so that nobody lists alone what a lead has kept out.
    """
    flag.refresh_from_db(from_queryset=ScreeningFlag.objects.select_for_update())
    may_overrule = isinstance(by, str) or by.has_perm("directory.publish_therapist")  # type: ignore[attr-defined]
    if flag.decision == ScreeningFlag.Decision.UPHELD and not may_overrule:
        raise AlreadyDecided
    if decision not in (ScreeningFlag.Decision.CLEARED, ScreeningFlag.Decision.UPHELD):
        raise ValueError(f"{decision!r} is no decision: clear the flag or uphold it.")
    require_reason(reason)
    flag.decision, flag.reason, flag.decided_by, flag.decided_at = decision, reason.strip(), str(by), at
    flag.save(update_fields=["decision", "reason", "decided_by", "decided_at"])


@transaction.atomic
def answer_eft(*, flag: ScreeningFlag, by: AbstractBaseUser | str, meant: str, at: dt.datetime) -> None:
    """Record which of the two a therapist means by "EFT": one of ScreeningFlag.Eft. Clears the flag. Raises NotAsked.

    Emotionally focused therapy is stated among their approaches from then on. Emotional Freedom Techniques are not
    listed: the approach goes if it came from that word in an import, and the same import does not bring it back.
    """
    flag.refresh_from_db(from_queryset=ScreeningFlag.objects.select_for_update())
    if meant not in ScreeningFlag.Eft.values or not flag.asks_which_eft():
        raise NotAsked("This flag does not ask, or no longer asks, which EFT is meant.")
    reason = ScreeningFlag.Eft(meant).label
    focused = Approach.objects.get(code="emotionally-focused")
    if meant == ScreeningFlag.Eft.FOCUSED:
        if not TherapistApproach.objects.filter(therapist=flag.therapist_id, approach=focused).exists():
            stated = TherapistApproach(therapist_id=flag.therapist_id, approach=focused)
            sign(stated, by=by, reason=reason)
            stated.save()
    elif flag.field == "approaches":
        for stated in TherapistApproach.objects.filter(therapist=flag.therapist_id, approach=focused):
            sign(stated, by=by, reason=reason)
            stated.delete()
    note_version(flag.therapist_id, by=by, reason=reason)
    decide_flag(flag=flag, by=by, decision=ScreeningFlag.Decision.CLEARED, reason=reason, at=at)
