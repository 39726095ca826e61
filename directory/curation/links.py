"""The link by which a therapist confirms a listing: made, found, used up. The secret itself is kept nowhere here."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from directory.models import AttestationLink, Therapist
from directory.models.attestation import LINK_DAYS

SECRET_BYTES = 24  # 192 bits


class LinkClosed(Exception):
    """The link was used, has ended, or leads to a profile that is gone for good."""


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def address_of(secret: str) -> str:
    """The whole address of the page that the secret opens."""
    return settings.SITE_URL + reverse("directory:listing", args=[secret])


@transaction.atomic
def keep_link(*, therapist: Therapist, secret: str, by: str, at: dt.datetime) -> None:
    """From now on the secret opens this therapist's listing, and links made before end."""
    # Two that are made at once wait for each other here, so that one of them is the newest.
    Therapist.objects.select_for_update(no_key=True).only("pk").get(pk=therapist.pk)
    end_links(therapist, at=at)
    AttestationLink.objects.create(
        therapist=therapist,
        digest=digest_of(secret),
        made_at=at,
        made_by=by,
        expires_at=at + dt.timedelta(days=LINK_DAYS),
    )


def end_links(therapist: Therapist, *, at: dt.datetime) -> None:
    """No link that is out for this therapist opens anything from now on."""
    AttestationLink.objects.filter(therapist=therapist, used_at__isnull=True, ended_at__isnull=True).update(ended_at=at)


def open_link(secret: str, *, at: dt.datetime) -> AttestationLink | None:
    """The link with this secret, when it may be used at that moment. Looking it up uses nothing up."""
    digest = digest_of(secret)
    link = AttestationLink.objects.select_related("therapist").filter(digest=digest).first()
    if link is None or not hmac.compare_digest(bytes(link.digest), digest):
        return None
    return link if _leads_somewhere(link, at) else None


def use_up(link: AttestationLink, *, at: dt.datetime) -> Therapist:
    """Use the link, and return its therapist, locked. Of two who use it at once the second gets LinkClosed.

    Call it within a transaction: what is done with the link and that it is used stand or fall together.
    """
    # The therapist first, as keep_link does: nobody waits in a circle.
    therapist = Therapist.objects.select_for_update().get(pk=link.therapist_id)
    link.refresh_from_db(from_queryset=AttestationLink.objects.select_for_update())
    link.therapist = therapist
    if not _leads_somewhere(link, at):
        raise LinkClosed
    link.used_at = at
    link.save(update_fields=["used_at"])
    return therapist


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _leads_somewhere(link: AttestationLink, at: dt.datetime) -> bool:
    return link.is_open(at) and link.therapist.life != Therapist.Life.ARCHIVED
