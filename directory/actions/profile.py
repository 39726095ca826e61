"""What a profile says: confirmed, put back, given an office, a picture, a confirmed training."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from directory.actions.refusals import require_reason
from directory.curation.flags import refresh_flags
from directory.curation.pictures import remade
from directory.curation.plain_texts import plain_line
from directory.curation.reverting import put_back, version_put_back
from directory.curation.signature import sign
from directory.curation.versions import Difference, differences, version_of, version_today
from directory.models import (
    Jurisdiction,
    Picture,
    PracticeLocation,
    Therapist,
    TherapistApproach,
    ZipCentroid,
)
from directory.models.taxonomy import UnknownZip


class CannotConfirm(ValueError):
    """A training without a name, or nobody who confirmed it."""


@transaction.atomic
def attest(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date) -> None:
    """Record that all facts of a profile were confirmed on that day: each of them is as of that day."""
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    days = therapist.confirm(on)
    sign(therapist, by=by, reason="Facts confirmed")
    therapist.save(update_fields=[*days, "updated_at"])


@transaction.atomic
def renew_consent(*, therapist: Therapist, by: AbstractBaseUser | str, on: dt.date) -> None:
    """Record that the therapist agreed on that day to be listed."""
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    therapist.consented_on = on
    sign(therapist, by=by, reason="Agreed to be listed")
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
    require_reason(reason)
    if to.id != therapist.pk:
        raise ValueError("The version is one of another profile.")
    therapist.refresh_from_db(from_queryset=Therapist.objects.select_for_update())
    version = version_put_back(therapist, version_of(to))
    changes = differences(version_today(therapist), version)
    if changes:
        why = f"Put back the version of {to.history_date:%Y-%m-%d %H:%M}: {reason.strip()}"
        put_back(therapist, version, sign=lambda row: sign(row, by=by, reason=why))
        refresh_flags([therapist], on=on)
    return changes


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
    sign(stated, by=by, reason=reason)
    stated.save(update_fields=["training_confirmed_on", "training_source"])
    note_version(stated.therapist_id, by=by, reason=reason)


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
    sign(therapist, by=by, reason=f"Picture {picture.version} set")
    therapist.save(update_fields=["updated_at"])
    return picture


@transaction.atomic
def remove_picture(*, therapist: Therapist, by: AbstractBaseUser | str) -> None:
    """Take the picture off a profile. Without one nothing happens."""
    picture = Picture.objects.filter(therapist=therapist).first()
    if picture is not None:
        picture.delete()
        sign(therapist, by=by, reason=f"Picture {picture.version} removed")
        therapist.save(update_fields=["updated_at"])


def note_version(therapist_id: int, *, by: AbstractBaseUser | str, reason: str) -> None:
    """Give the history of the profile a version with the row that was just written."""
    therapist = Therapist.objects.select_for_update().get(pk=therapist_id)
    sign(therapist, by=by, reason=reason)
    therapist.save(update_fields=["updated_at"])
