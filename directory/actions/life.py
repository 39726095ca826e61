"""The life of a profile: handed in, returned, published, suspended, archived."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.actions.refusals import require_reason
from directory.curation.departure import close_what_waits
from directory.curation.licenses import why_associate_lacks
from directory.curation.listing import why_not_listed
from directory.curation.signature import sign
from directory.curation.slugs import free_slug, slug_of
from directory.models import (
    Therapist,
)

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


@transaction.atomic
def submit_for_review(*, therapist: Therapist, by: AbstractBaseUser | str) -> None:
    """Hand a draft to the curators. Raises CannotMove."""
    _lock(therapist, to=Life.IN_REVIEW)
    _move(therapist, to=Life.IN_REVIEW, reason="Submitted for review", by=by)


@transaction.atomic
def return_to_draft(*, therapist: Therapist, by: AbstractBaseUser | str, reason: str) -> None:
    """Give a profile that was handed in back for changes, saying which. Raises CannotMove, ReasonMissing."""
    require_reason(reason)
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
    require_reason(reason)
    _lock(therapist, to=Life.SUSPENDED)
    _move(therapist, to=Life.SUSPENDED, reason=reason, by=by)


@transaction.atomic
def archive(*, therapist: Therapist, by: AbstractBaseUser | str, reason: str) -> None:
    """Take a published or suspended profile out of the directory for good. Raises CannotMove, ReasonMissing."""
    require_reason(reason)
    _lock(therapist, to=Life.ARCHIVED)
    _move(therapist, to=Life.ARCHIVED, reason=reason, by=by)
    close_what_waits(therapist, by=str(by), at=timezone.now())


def _lock(therapist: Therapist, *, to: str) -> None:
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    if to not in TRANSITIONS[therapist.life]:
        raise CannotMove(life=therapist.life, to=to)


def _move(therapist: Therapist, *, to: str, reason: str, by: AbstractBaseUser | str) -> None:
    therapist.life, therapist.life_reason = to, reason.strip()[:300]
    sign(therapist, by=by, reason=reason.strip())
    therapist.save(update_fields=["life", "life_reason", "slug", "updated_at"])
