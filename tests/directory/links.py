"""Therapists who come by a link, for tests."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core import mail
from django.urls import reverse

from directory.curation.links import keep_link, new_secret
from directory.listing_form import ListingForm
from directory.models import Therapist
from tests.factories import TODAY

NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)


def link_to(therapist: Therapist, *, at: dt.datetime = NOON) -> str:
    """The address of a therapist's new link."""
    secret = new_secret()
    keep_link(therapist=therapist, secret=secret, by="a test", at=at)
    return reverse("directory:listing", args=[secret])


def as_shown(therapist: Therapist, **changes: Any) -> dict[str, Any]:
    """What a browser sends when nothing but these fields is changed; a field set to None is left out."""
    form = ListingForm(therapist=therapist, on=TODAY)
    data: dict[str, Any] = {"do": "save"}
    for field in form:
        value = field.value()
        if value not in (None, "", [], False):
            data[field.html_name] = value
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def link_in(letter: mail.EmailMessage) -> str:
    """The path of the link in a letter."""
    found = re.search(r"https?://[^/\s]+(/listing/\S+)", str(letter.body))
    assert found is not None, letter.body
    return found[1]
