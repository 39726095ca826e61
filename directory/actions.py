"""Writes with consequences: publish, suspend, verify, screen, issue a key. Keyword-only, each in one transaction.

`by` is the member of staff who acts, or the name of who does when there is no account ("import by Ada").
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.curation.bulk_history import CHANGED, record
from directory.curation.departure import close_what_waits
from directory.curation.flags import refresh_flags
from directory.curation.licenses import hanging_on, why_associate_lacks, why_not_verifiable
from directory.curation.listing import why_not_listed
from directory.curation.merging import merge
from directory.curation.nppes_decisions import CannotAccept, ProposalDecided, record_decision, write_proposal
from directory.curation.pictures import remade
from directory.curation.plain_texts import plain_line
from directory.curation.reminders import ask_for_link, send_letter
from directory.curation.reverting import put_back, version_put_back
from directory.curation.signature import sign as _sign
from directory.curation.slugs import free_slug, slug_of
from directory.curation.terms import CannotRetire as CannotRetire
from directory.curation.terms import merge_terms as merge_terms
from directory.curation.terms import put_back_term as put_back_term
from directory.curation.terms import retire_term as retire_term
from directory.curation.verification_log import log_checks
from directory.curation.versions import Difference, differences, version_of, version_today
from directory.models import (
    Approach,
    CompactMembership,
    CompactPrivilege,
    Correction,
    DuplicateCandidate,
    Jurisdiction,
    License,
    Method,
    NppesProposal,
    Partner,
    PartnerKey,
    Picture,
    PracticeLocation,
    ProblemReport,
    Result,
    Scope,
    ScreeningFlag,
    Therapist,
    TherapistApproach,
    ZipCentroid,
)
from directory.models.taxonomy import UnknownZip

Life = Therapist.Life
TRANSITIONS: dict[str, frozenset[str]] = {
    Life.DRAFT: frozenset({Life.IN_REVIEW}),
    Life.IN_REVIEW: frozenset({Life.PUBLISHED, Life.DRAFT}),
    Life.PUBLISHED: frozenset({Life.SUSPENDED, Life.ARCHIVED}),
    Life.SUSPENDED: frozenset({Life.PUBLISHED, Life.SUSPENDED, Life.ARCHIVED}),  # a pause becomes a suspension
    Life.ARCHIVED: frozenset(),
}


class CannotPublish(Exception):
    """A profile lacks something; `reasons` says what, one plain sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class CannotMove(Exception):
    """A profile cannot go from the life it is in to the one that was asked for."""

    def __init__(self, *, life: str, to: str) -> None:
        super().__init__(f"A profile that is {Life(life).label.lower()} cannot become {Life(to).label.lower()}.")
        self.life, self.to = life, to


class ReasonMissing(ValueError):
    """A decision needs a reason on record."""


class AlreadyDecided(Exception):
    """Somebody else has decided in the meantime; the first decision stays."""

    def __init__(self) -> None:
        super().__init__("Somebody has decided on this already. Their decision stays.")


class CannotReach(Exception):
    """A therapist cannot be written to, or the letter was not taken."""


class CannotVerify(ValueError):
    """A check cannot be written down as it was given, or does not confirm what it says it does."""


class NotAsked(ValueError):
    """An answer to a question that the flag does not ask, or asks no longer."""


class CannotConfirm(ValueError):
    """A training without a name, or nobody who confirmed it."""


class UnknownScope(ValueError):
    """A scope that no view asks for; `scope` is what was named."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"{scope!r} is not a scope. The scopes are: {', '.join(Scope.values)}.")
        self.scope = scope


@transaction.atomic
def submit_for_review(*, therapist: Therapist, by: AbstractBaseUser | str) -> None:
    """Hand a draft to the curators. Raises CannotMove."""
    _lock(therapist, to=Life.IN_REVIEW)
    _move(therapist, to=Life.IN_REVIEW, reason="Submitted for review", by=by)


@transaction.atomic
def return_to_draft(*, therapist: Therapist, by: AbstractBaseUser | str, reason: str) -> None:
    """Give a profile that was handed in back for changes, saying which. Raises CannotMove, ReasonMissing."""
    _require(reason)
    _lock(therapist, to=Life.DRAFT)
    _move(therapist, to=Life.DRAFT, reason=reason, by=by)


def why_not_published(therapist: Therapist, *, on: dt.date) -> list[str]:
    """What a curator has to see to before a profile can be published: all that listing asks for, and supervision."""
    return why_not_listed(therapist, on=on) + why_associate_lacks(therapist, on=on)


def why_not_moved(therapist: Therapist, *, to: str, on: dt.date) -> list[str]:
    """What an action that leads to that life would refuse with; empty when it would do it. Writes nothing."""
    if to not in TRANSITIONS[therapist.life]:
        return [str(CannotMove(life=therapist.life, to=to))]
    return why_not_published(therapist, on=on) if to == Life.PUBLISHED else []


@transaction.atomic
def publish(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date) -> None:
    """List a reviewed or suspended profile. Raises CannotMove, or CannotPublish when a condition is not met.

    The slug is made from the name the first time and stays, whatever the name becomes: links keep working.
    """
    _lock(therapist, to=Life.PUBLISHED)
    reasons = why_not_published(therapist, on=on)
    if reasons:
        raise CannotPublish(reasons)
    reason = f"Published on {on.isoformat()}"
    if therapist.slug:
        _move(therapist, to=Life.PUBLISHED, reason=reason, by=by)
        return
    base = slug_of(therapist.name)
    taken = {slug or "" for slug in Therapist.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    for attempt in range(5):
        therapist.slug = free_slug(base, taken)
        try:
            with transaction.atomic():
                _move(therapist, to=Life.PUBLISHED, reason=reason, by=by)
            return
        except IntegrityError:  # somebody of the same name was published at the same moment
            if attempt == 4:
                raise
            taken.add(therapist.slug)


@transaction.atomic
def suspend(*, therapist: Therapist, by: AbstractBaseUser | str, reason: str) -> None:
    """Take a profile out of the directory for now, or say anew why it is out. Raises CannotMove, ReasonMissing.

    A therapist who paused can come back by their link; who was suspended by a curator cannot.
    """
    _require(reason)
    _lock(therapist, to=Life.SUSPENDED)
    _move(therapist, to=Life.SUSPENDED, reason=reason, by=by)


@transaction.atomic
def archive(*, therapist: Therapist, by: AbstractBaseUser | str, reason: str) -> None:
    """Take a published or suspended profile out of the directory for good. Raises CannotMove, ReasonMissing."""
    _require(reason)
    _lock(therapist, to=Life.ARCHIVED)
    _move(therapist, to=Life.ARCHIVED, reason=reason, by=by)
    close_what_waits(therapist, by=str(by), at=timezone.now())


@transaction.atomic
def verify_license(
    *,
    license: License,
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
    method: str = Method.REGISTER,
    result: str = Result.CONFIRMED,
    expires_on: dt.date | None = None,
    note: str = "",
) -> None:
    """Write down that a license was checked in a named source on that day, and what came of it. Raises CannotVerify.

    Only a confirmation lets it count; any other result takes the verification away, so that the profile leaves the
    directory the same day unless another license counts. `expires_on`: the last day the source showed, if it did.
    Disciplined: the license is suspended here as well, until a curator makes it active again.
    """
    _check_entry(license, License, source=source, method=method, result=result, on=on, expires_on=expires_on)
    if result == Result.CONFIRMED and license.status != License.Status.ACTIVE:
        raise CannotVerify(f"The license is {license.get_status_display().lower()}.")
    if expires_on is not None:
        license.expires_on = expires_on
    if result == Result.DISCIPLINED:
        license.status = License.Status.SUSPENDED
    _note_check(license, by=by, source=source, on=on, method=method, result=result, expires_on=expires_on, note=note)
    license.save(update_fields=["verified_on", "source", "method", "expires_on", "status"])


@transaction.atomic
def verify_privilege(
    *,
    privilege: CompactPrivilege,
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
    method: str = Method.REGISTER,
    result: str = Result.CONFIRMED,
    expires_on: dt.date | None = None,
    note: str = "",
) -> None:
    """Write down that a compact privilege was checked, and what came of it. Raises CannotVerify.

    It is confirmed only while both states are in operation and the holder has what the compact asks for.
    """
    _check_entry(privilege, CompactPrivilege, source=source, method=method, result=result, on=on, expires_on=expires_on)
    if result == Result.CONFIRMED and (reasons := why_not_verifiable(privilege, on=on)):
        raise CannotVerify(" ".join(reasons))
    if expires_on is not None:
        privilege.expires_on = expires_on
    _note_check(privilege, by=by, source=source, on=on, method=method, result=result, expires_on=expires_on, note=note)
    privilege.save(update_fields=["verified_on", "source", "method", "expires_on"])


@transaction.atomic
def leave_compact(*, membership: CompactMembership, by: AbstractBaseUser | str, on: dt.date) -> int:
    """Record that a state is out of a compact from that day on, and end what hangs on it the day before.

    Returns how many privileges were ended. They keep their history, and none comes back by itself.
    """
    membership.left_on = on
    _sign(membership, by=by, reason=f"Left the compact on {on.isoformat()}")
    membership.save(update_fields=["left_on"])
    last = on - dt.timedelta(days=1)
    ending = CompactPrivilege.objects.filter(pk__in=hanging_on(membership, on=on)).exclude(expires_on__lte=last)
    ids = list(ending.select_for_update().values_list("pk", flat=True))
    CompactPrivilege.objects.filter(pk__in=ids).update(expires_on=last)
    record(CompactPrivilege, ids, CHANGED, by=by, reason=f"{membership.jurisdiction.name} left {membership.compact}")
    return len(ids)


@transaction.atomic
def confirm_training(*, stated: TherapistApproach, by: AbstractBaseUser | str, source: str, on: dt.date) -> None:
    """Record that a named source confirmed the training on that day. Raises CannotConfirm."""
    source = plain_line(source)[:200]
    if not source:
        raise CannotConfirm("Name who or what confirmed the training.")
    stated.refresh_from_db(from_queryset=TherapistApproach.objects.select_for_update())
    if not stated.training:
        raise CannotConfirm("Nobody has named the training. Enter its name first.")
    stated.training_confirmed_on, stated.training_source = on, source
    reason = f"Training confirmed: {source}"
    _sign(stated, by=by, reason=reason)
    stated.save(update_fields=["training_confirmed_on", "training_source"])
    _note_version(stated.therapist_id, by=by, reason=reason)


@transaction.atomic
def set_picture(*, therapist: Therapist, data: bytes, by: AbstractBaseUser | str, at: dt.datetime) -> Picture:
    """Make the picture of a profile from a file that somebody sent, instead of any earlier one.

    The file itself is not kept. Raises directory.curation.pictures.BadPicture; its message says what is wrong.
    """
    made = remade(data)
    picture, _ = Picture.objects.update_or_create(
        therapist=therapist,
        defaults={
            "content": made.content,
            "width": made.width,
            "height": made.height,
            "sha256": made.sha256,
            "made_at": at,
        },
    )
    _sign(therapist, by=by, reason=f"Picture {picture.version} set")
    therapist.save(update_fields=["updated_at"])
    return picture


@transaction.atomic
def remove_picture(*, therapist: Therapist, by: AbstractBaseUser | str) -> None:
    """Take the picture off a profile. Without one nothing happens."""
    picture = Picture.objects.filter(therapist=therapist).first()
    if picture is not None:
        picture.delete()
        _sign(therapist, by=by, reason=f"Picture {picture.version} removed")
        therapist.save(update_fields=["updated_at"])


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
    _require(reason)
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
    _require(reason)
    pair.refresh_from_db(from_queryset=DuplicateCandidate.objects.select_for_update())
    if pair.state != DuplicateCandidate.State.OPEN:
        raise AlreadyDecided
    pair.state, pair.reason = DuplicateCandidate.State.DIFFERENT, reason.strip()[:300]
    pair.decided_by, pair.decided_at = str(by)[:150], at
    pair.save(update_fields=["state", "reason", "decided_by", "decided_at"])


@transaction.atomic
def attest(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date) -> None:
    """Record that all facts of a profile were confirmed on that day: each of them is as of that day."""
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    days = therapist.confirm(on)
    _sign(therapist, by=by, reason="Facts confirmed")
    therapist.save(update_fields=[*days, "updated_at"])


@transaction.atomic
def renew_consent(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date) -> None:
    """Record that the therapist agreed on that day to be listed."""
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    therapist.consented_on = on
    _sign(therapist, by=by, reason="Agreed to be listed")
    therapist.save(update_fields=["consented_on", "updated_at"])


@transaction.atomic
def revert_therapist(
    *, therapist: Therapist, to: Any, by: AbstractBaseUser | str, reason: str, on: dt.date
) -> list[Difference]:
    """Put back what a profile said at a record of its history, and return what that changed; nothing when it is so.

    Fields, terms and rows come back; life, address, consent and the status of licenses stay, and a license that says
    something else than today has lost its verification. The texts are screened again. Raises ReasonMissing, and
    ValidationError for what is no longer possible.
    """
    _require(reason)
    if to.id != therapist.pk:
        raise ValueError("The version is one of another profile.")
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    version = version_put_back(therapist, version_of(to))
    changes = differences(version_today(therapist), version)
    if changes:
        why = f"Put back the version of {to.history_date:%Y-%m-%d %H:%M}: {reason.strip()}"
        put_back(therapist, version, sign=lambda row: _sign(row, by=by, reason=why))
        refresh_flags([therapist], on=on)
    return changes


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
    _require(reason)
    flag.decision, flag.reason, flag.decided_by, flag.decided_at = decision, reason.strip(), str(by), at
    flag.save(update_fields=["decision", "reason", "decided_by", "decided_at"])


def queue_link(*, therapist: Therapist, by: AbstractBaseUser | str, at: dt.datetime) -> None:
    """Have the next run of `run_due` send the therapist a new link. Raises CannotReach without an email address."""
    if not therapist.email:
        raise CannotReach("No email address is on record.")
    ask_for_link(therapist=therapist, by=str(by), at=at)


def send_link(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date, at: dt.datetime) -> None:
    """Send the therapist a new link now. Raises CannotReach; `run_due` tries a letter again that was not taken."""
    queue_link(therapist=therapist, by=by, at=at)
    sent = send_letter(therapist.pk, on=on)
    if sent is False:
        raise CannotReach("The mail server did not take the letter. It is tried again by itself.")
    if sent is None:
        raise CannotReach("A link went out less than an hour ago, or waits to be tried again.")


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
    _require(reason)
    correction.refresh_from_db(from_queryset=Correction.objects.select_for_update())
    if correction.state != Correction.State.OPEN:
        raise AlreadyDecided
    if accept and correction.field in (Correction.Field.NAME, Correction.Field.EMAIL):
        therapist = Therapist.objects.select_for_update().get(pk=correction.therapist_id)
        setattr(therapist, correction.field, correction.new)
        _sign(therapist, by=by, reason=f"Correction accepted: {reason.strip()}")
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
    _require(reason)
    report.refresh_from_db(from_queryset=ProblemReport.objects.select_for_update())
    if report.state != ProblemReport.State.OPEN:
        raise AlreadyDecided
    report.state, report.reason = ProblemReport.State.RESOLVED, reason.strip()
    report.decided_by, report.decided_at = str(by), at
    report.save(update_fields=["state", "reason", "decided_by", "decided_at"])


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
            _sign(stated, by=by, reason=reason)
            stated.save()
    elif flag.field == "approaches":
        for stated in TherapistApproach.objects.filter(therapist=flag.therapist_id, approach=focused):
            _sign(stated, by=by, reason=reason)
            stated.delete()
    _note_version(flag.therapist_id, by=by, reason=reason)
    decide_flag(flag=flag, by=by, decision=ScreeningFlag.Decision.CLEARED, reason=reason, at=at)


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
    _require(reason)
    _lock_open(proposal)
    record_decision(proposal, decision=NppesProposal.Decision.DECLINED, by=str(by), reason=reason, at=at)


@transaction.atomic
def place(*, therapist: Therapist, street: str = "", city: str = "", state: str = "", zip: str) -> PracticeLocation:
    """Give a therapist an office, at the middle of its ZIP area. Raises UnknownZip, Jurisdiction.DoesNotExist."""
    middle = ZipCentroid.objects.filter(zip=zip).first()
    if middle is None:
        raise UnknownZip(zip)
    location, _ = PracticeLocation.objects.update_or_create(
        therapist=therapist,
        street=street,
        zip=zip,
        defaults={
            "city": city,
            "jurisdiction": Jurisdiction.objects.get(code=state) if state else None,
            "latitude": middle.latitude,
            "longitude": middle.longitude,
        },
    )
    return location


@transaction.atomic
def issue_key(*, partner: Partner, scopes: Iterable[str] = (), expires_at: dt.datetime | None = None) -> str:
    """Make a key for a partner and return it: this once, only its digest is kept. No scope named: all of them.

    Raises UnknownScope.
    """
    wanted = list(dict.fromkeys(scopes)) or list(Scope.values)
    for scope in wanted:
        if scope not in Scope.values:
            raise UnknownScope(scope)
    prefix = f"tmd_{secrets.token_urlsafe(6)}"
    key = f"{prefix}.{secrets.token_urlsafe(32)}"
    PartnerKey.objects.create(
        partner=partner,
        prefix=prefix,
        digest=hashlib.sha256(key.encode()).digest(),
        scopes=wanted,
        expires_at=expires_at,
    )
    return key


@transaction.atomic
def revoke_key(*, key: PartnerKey, at: dt.datetime) -> None:
    """Close a key from that moment on. A key that is already revoked keeps its first moment."""
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])


def _note_version(therapist_id: int, *, by: AbstractBaseUser | str, reason: str) -> None:
    """Give the history of the profile a version with the row that was just written."""
    therapist = Therapist.objects.select_for_update().get(pk=therapist_id)
    _sign(therapist, by=by, reason=reason)
    therapist.save(update_fields=["updated_at"])


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why: the reason stays on record.")


def _check_entry(
    right: License | CompactPrivilege,
    model: type[License] | type[CompactPrivilege],
    *,
    source: str,
    method: str,
    result: str,
    on: dt.date,
    expires_on: dt.date | None,
) -> None:
    """Lock the row, and refuse an entry that names nothing or is older than the newest one. Raises CannotVerify."""
    if not source.strip():
        raise CannotVerify("Name the source in which it was checked.")
    if method not in Method.values or result not in Result.values:
        raise CannotVerify(f"{method!r} and {result!r} must be a method and a result that we know.")
    if result == Result.CONFIRMED and expires_on is not None and expires_on < on:
        raise CannotVerify(f"The source shows that it ended on {expires_on.isoformat()}: it is expired.")
    rows: Any = model._default_manager
    right.refresh_from_db(from_queryset=rows.select_for_update())
    newest = right.verifications.order_by("-checked_on", "-pk").first()
    if newest is not None and newest.checked_on > on:
        raise CannotVerify(f"There is a newer entry, of {newest.checked_on.isoformat()}.")


def _note_check(
    right: License | CompactPrivilege,
    *,
    by: AbstractBaseUser | str,
    source: str,
    on: dt.date,
    method: str,
    result: str,
    expires_on: dt.date | None,
    note: str,
) -> None:
    """Write the entry, and set what stands in the row to what the entry says. The caller saves."""
    source = source.strip()
    confirmed = result == Result.CONFIRMED
    right.verified_on, right.source, right.method = (on, source, method) if confirmed else (None, "", "")
    log_checks(
        type(right),
        [right.pk],
        by=by,
        source=source,
        method=method,
        result=result,
        on=on,
        expires_on=expires_on,
        note=note.strip(),
    )
    _sign(right, by=by, reason=f"{'Verified' if confirmed else Result(result).label}: {source}")


def _lock_open(proposal: NppesProposal) -> None:
    try:
        proposal.refresh_from_db(from_queryset=NppesProposal.objects.select_for_update())
    except NppesProposal.DoesNotExist:  # a newer file no longer says it
        raise CannotAccept("A newer file no longer proposes it.") from None
    if proposal.decision != NppesProposal.Decision.OPEN:
        raise ProposalDecided(proposal)


def _lock(therapist: Therapist, *, to: str) -> None:
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    if to not in TRANSITIONS[therapist.life]:
        raise CannotMove(life=therapist.life, to=to)


def _move(therapist: Therapist, *, to: str, reason: str, by: AbstractBaseUser | str) -> None:
    therapist.life, therapist.life_reason = to, reason.strip()[:300]
    _sign(therapist, by=by, reason=reason.strip())
    therapist.save(update_fields=["life", "life_reason", "slug", "updated_at"])


def _signed(row: Any, reason: str, *, by: AbstractBaseUser | str) -> None:
    _sign(row, by=by, reason=reason)
