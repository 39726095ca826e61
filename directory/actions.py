"""Writes with consequences: publish, suspend, verify, screen, issue a key. Keyword-only, each in one transaction.

`by` is the member of staff who acts, or the name of who does when there is no account ("import by Ada").
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from directory.curation.flags import refresh_flags
from directory.curation.listing import why_not_listed
from directory.curation.slugs import free_slug, slug_of
from directory.models import (
    Jurisdiction,
    License,
    Partner,
    PartnerKey,
    PracticeLocation,
    Scope,
    ScreeningFlag,
    Therapist,
    ZipCentroid,
)
from directory.models.taxonomy import UnknownZip

Life = Therapist.Life
TRANSITIONS: dict[str, frozenset[str]] = {
    Life.DRAFT: frozenset({Life.IN_REVIEW}),
    Life.IN_REVIEW: frozenset({Life.PUBLISHED}),
    Life.PUBLISHED: frozenset({Life.SUSPENDED, Life.ARCHIVED}),
    Life.SUSPENDED: frozenset({Life.PUBLISHED, Life.ARCHIVED}),
    Life.ARCHIVED: frozenset(),
}
LONGEST_CHANGE_REASON = 100  # simple_history's column


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


class CannotVerify(ValueError):
    """A verification needs a named source, and an active license."""


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
def publish(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date) -> None:
    """List a reviewed or suspended profile. Raises CannotMove, or CannotPublish when a condition is not met.

    The slug is made from the name the first time and stays, whatever the name becomes: links keep working.
    """
    _lock(therapist, to=Life.PUBLISHED)
    reasons = why_not_listed(therapist, on=on)
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
    """Take a published profile out of the directory for now. Raises CannotMove, ReasonMissing."""
    _require(reason)
    _lock(therapist, to=Life.SUSPENDED)
    _move(therapist, to=Life.SUSPENDED, reason=reason, by=by)


@transaction.atomic
def archive(*, therapist: Therapist, by: AbstractBaseUser | str, reason: str) -> None:
    """Take a published or suspended profile out of the directory for good. Raises CannotMove, ReasonMissing."""
    _require(reason)
    _lock(therapist, to=Life.ARCHIVED)
    _move(therapist, to=Life.ARCHIVED, reason=reason, by=by)


@transaction.atomic
def verify_license(*, license: License, by: AbstractBaseUser | str, source: str, on: dt.date) -> None:
    """Record that an active license was found in a named source on that day. Raises CannotVerify."""
    if not source.strip():
        raise CannotVerify("Name the source in which the license was verified.")
    license.refresh_from_db(from_queryset=License.objects.select_for_update())
    if license.status != License.Status.ACTIVE:
        raise CannotVerify(f"The license is {license.get_status_display().lower()}.")
    license.verified_on, license.source = on, source.strip()
    _sign(license, by=by, reason=f"Verified: {source.strip()}")
    license.save(update_fields=["verified_on", "source"])


@transaction.atomic
def attest(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date) -> None:
    """Record that all facts of a profile were confirmed on that day: each of them is as of that day."""
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    days = therapist.confirm(on)
    _sign(therapist, by=by, reason="Facts confirmed")
    therapist.save(update_fields=[*days, "updated_at"])


@transaction.atomic
def screen_texts(*, therapist: Therapist, on: dt.date) -> int:
    """Screen headline and bio as they stand, write the flags, and return how many are new."""
    return refresh_flags([therapist], on=on)


@transaction.atomic
def decide_flag(
    *, flag: ScreeningFlag, by: AbstractBaseUser | str, decision: str, reason: str, at: dt.datetime
) -> None:
    """Clear or uphold a flag of the screen, with the reason on record. Raises ReasonMissing, ValueError."""
    if decision not in (ScreeningFlag.Decision.CLEARED, ScreeningFlag.Decision.UPHELD):
        raise ValueError(f"{decision!r} is no decision: clear the flag or uphold it.")
    _require(reason)
    flag.decision, flag.reason, flag.decided_by, flag.decided_at = decision, reason.strip(), str(by), at
    flag.save(update_fields=["decision", "reason", "decided_by", "decided_at"])


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


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why: the reason stays on record.")


def _lock(therapist: Therapist, *, to: str) -> None:
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    if to not in TRANSITIONS[therapist.life]:
        raise CannotMove(life=therapist.life, to=to)


def _move(therapist: Therapist, *, to: str, reason: str, by: AbstractBaseUser | str) -> None:
    therapist.life, therapist.life_reason = to, reason.strip()[:300]
    _sign(therapist, by=by, reason=reason.strip())
    therapist.save(update_fields=["life", "life_reason", "slug", "updated_at"])


def _sign(row: Any, *, by: AbstractBaseUser | str, reason: str) -> None:
    """Tell the history who changed the row and why."""
    if isinstance(by, str):
        reason = f"{by}: {reason}"
    else:
        row._history_user = by
    row._change_reason = reason[:LONGEST_CHANGE_REASON]
