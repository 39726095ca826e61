"""Links to therapists, queued or sent at once."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser

from directory.curation.reminders import ask_for_link, send_letter
from directory.models import (
    Therapist,
)


class CannotReach(Exception):
    """A therapist cannot be written to, or the letter was not taken."""


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
