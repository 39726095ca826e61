"""Two profiles that may be of one person: merged, or told apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from directory.actions.refusals import AlreadyDecided, require_reason
from directory.curation.flags import refresh_flags
from directory.curation.merging import merge
from directory.models import (
    DuplicateCandidate,
    Therapist,
)


@transaction.atomic
def merge_therapists(
    *,
    keep: Therapist,
    gone: Therapist,
    choices: Mapping[str, str],
    by: AbstractBaseUser | str,
    reason: str,
    at: dt.datetime,
) -> DuplicateCandidate:
    """Make one profile of two of the same person; return the pair as it was decided.

    `keep` stays and gets the rows of `gone`, which is archived; both histories tell it. `choices` says by the code of a
    fact (directory.curation.merging.FACTS) whose value stays: "keep", "gone", or of lists "both"; a fact that is left
    out goes to whoever confirmed it later. Raises ReasonMissing, directory.curation.merging.CannotMerge, and
    AlreadyDecided where somebody has merged the two or called them two people.
    """
    require_reason(reason)
    a, b = sorted((keep.pk, gone.pk))
    known = DuplicateCandidate.objects.select_for_update().filter(a_id=a, b_id=b).first()
    if known is not None and known.state != DuplicateCandidate.State.OPEN:
        raise AlreadyDecided
    pair = merge(keep=keep, gone=gone, choices=choices, by=by, reason=reason.strip(), at=at)
    keep.refresh_from_db()
    gone.refresh_from_db()
    refresh_flags([keep], on=at.date())
    return pair


@transaction.atomic
def call_different(*, pair: DuplicateCandidate, by: AbstractBaseUser | str, reason: str, at: dt.datetime) -> None:
    """Record that two profiles are of two people: nobody is asked again. Raises ReasonMissing, AlreadyDecided."""
    require_reason(reason)
    pair.refresh_from_db(from_queryset=DuplicateCandidate.objects.select_for_update())
    if pair.state != DuplicateCandidate.State.OPEN:
        raise AlreadyDecided
    pair.state, pair.reason = DuplicateCandidate.State.DIFFERENT, reason.strip()[:300]
    pair.decided_by, pair.decided_at = str(by)[:150], at
    pair.save(update_fields=["state", "reason", "decided_by", "decided_at"])
