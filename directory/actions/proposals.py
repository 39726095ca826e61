"""Proposals from NPPES, accepted or declined."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from directory.actions.life import Life, suspend
from directory.actions.refusals import require_reason
from directory.curation.flags import refresh_flags
from directory.curation.nppes_decisions import CannotAccept, ProposalDecided, record_decision, write_proposal
from directory.curation.signature import sign
from directory.models import (
    NppesProposal,
    Therapist,
)


@transaction.atomic
def accept_proposal(
    *,
    proposal: NppesProposal,
    by: AbstractBaseUser | str,
    at: dt.datetime,
    reason: str = "",
    with_street: bool = False,
) -> None:
    """Take over what a row of NPPES says. Raises CannotAccept: the profile has changed, or an NPI has to come first.

    An office comes without its street unless `with_street`; a license comes unverified. When an NPI is accepted, other
    open proposals for it, or of another one for this therapist, are declined in the same breath.
    """
    _lock_open(proposal)
    therapist = Therapist.objects.select_for_update().get(pk=proposal.therapist_id)
    sign = partial(_signed, by=by)
    write_proposal(proposal, therapist, sign=sign, with_street=with_street)
    refresh_flags([therapist], on=at.date())
    if proposal.kind == NppesProposal.Kind.DEACTIVATED and therapist.life in (Life.PUBLISHED, Life.SUSPENDED):
        suspend(therapist=therapist, by=by, reason=f"NPPES: NPI {proposal.npi} {proposal.theirs}. {reason}".strip())
    record_decision(proposal, decision=NppesProposal.Decision.ACCEPTED, by=str(by), reason=reason, at=at)
    for rival in NppesProposal.objects.rivals_of(proposal).select_for_update():
        why = f"NPI {proposal.npi} was accepted for {therapist.name}."
        record_decision(rival, decision=NppesProposal.Decision.DECLINED, by=str(by), reason=why, at=at)


@transaction.atomic
def decline_proposal(*, proposal: NppesProposal, by: AbstractBaseUser | str, at: dt.datetime, reason: str) -> None:
    """Leave the profile as it is; the same values are not proposed again. Raises ReasonMissing, ProposalDecided."""
    require_reason(reason)
    _lock_open(proposal)
    record_decision(proposal, decision=NppesProposal.Decision.DECLINED, by=str(by), reason=reason, at=at)


def _lock_open(proposal: NppesProposal) -> None:
    try:
        proposal.refresh_from_db(from_queryset=NppesProposal.objects.select_for_update())
    except NppesProposal.DoesNotExist:  # a newer file no longer says it
        raise CannotAccept("A newer file no longer proposes it.") from None
    if proposal.decision != NppesProposal.Decision.OPEN:
        raise ProposalDecided(proposal)


def _signed(row: Any, reason: str, *, by: AbstractBaseUser | str) -> None:
    sign(row, by=by, reason=reason)
