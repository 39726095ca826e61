"""Who has to be asked again, and the letters that ask. Both may run twice, one by one or side by side.

A letter goes out while its reminders are locked, and then they are marked as sent. If the machine stops between the
two, the letter goes out a second time: at least once, never not at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from directory.curation.letters import letter
from directory.curation.links import address_of, keep_link, new_secret
from directory.lifetimes import ATTESTATION, AVAILABILITY, CONSENT
from directory.models import License, Reminder, Therapist
from directory.models.therapist import TherapistQuerySet

Kind = Reminder.Kind
ATTESTATION_BEFORE: Final = (14, 3)  # days before the confirmation lapses
CONSENT_BEFORE: Final = (30,)
LICENSE_BEFORE: Final = (60, 14)
OPENINGS_EVERY: Final = 21  # days between two letters about openings
FIRST_WAIT: Final = dt.timedelta(minutes=15)  # doubled with each failure
LONGEST_WAIT: Final = dt.timedelta(days=1)
QUEUEING, SENDING = 0x71A1, 0x71A2  # names of our advisory locks
GIVEN_UP_AFTER: Final = 3  # letters in a row that the mail server did not take
BATCH: Final = 1000


class NotAllSent(Exception):
    """Some letters were not taken by the mail server; they are tried again later. The others went out."""

    def __init__(self, *, sent: int, failed: int) -> None:
        super().__init__(f"{failed} letters were not taken by the mail server, {sent} were. They are tried again.")
        self.sent, self.failed = sent, failed


def due_of(therapist: Therapist, *, on: dt.date) -> set[tuple[str, dt.date]]:
    """What there is to ask a therapist about on that day: kinds, and the day on which each fell due.

    For somebody who is listed. Reads `licenses`: prefetch them when you ask about many.
    """
    found: set[tuple[str, dt.date]] = set()

    def ask(kind: str, last_day: dt.date, before: tuple[int, ...]) -> None:
        passed = [day for days in before if (day := last_day - dt.timedelta(days=days)) <= on]
        if passed and on <= last_day:
            found.add((kind, max(passed)))

    if therapist.attested_on:
        ask(Kind.ATTESTATION, therapist.attested_on + dt.timedelta(days=ATTESTATION.days), ATTESTATION_BEFORE)
    if therapist.consented_on:
        ask(Kind.CONSENT, therapist.consented_on + dt.timedelta(days=CONSENT.days), CONSENT_BEFORE)
    for license in therapist.licenses.all():
        if license.expires_on and license.is_current(on):
            ask(Kind.LICENSE, license.expires_on, LICENSE_BEFORE)
    said_on = therapist.said_on(AVAILABILITY)
    if said_on and therapist.accepting_clients:
        stale = AVAILABILITY.counts_until(said_on) + dt.timedelta(days=1)
        if stale <= on:
            rounds = (on - stale).days // OPENINGS_EVERY
            found.add((Kind.OPENINGS, stale + dt.timedelta(days=rounds * OPENINGS_EVERY)))
    return found


def queue_reminders(on: dt.date) -> int:
    """Queue what fell due by that day for everybody who is listed and has an email address; return how many are new."""
    made = 0
    with transaction.atomic():
        if not _alone(QUEUEING):
            return 0  # another run is at it, and does the same
        batch: list[Reminder] = []
        for therapist in _to_ask(on).iterator(chunk_size=BATCH):
            batch += [
                Reminder(therapist=therapist, kind=kind, due_on=day) for kind, day in sorted(due_of(therapist, on=on))
            ]
            if len(batch) >= BATCH:
                made += _queue(batch)
                batch = []
        return made + _queue(batch)


def ask_for_link(*, therapist: Therapist, by: str, at: dt.datetime) -> None:
    """Queue a letter with a new link. Asked for again while one waits, or within an hour of one: that one counts."""
    reminder, is_new = Reminder.objects.get_or_create(
        therapist=therapist, kind=Kind.ASKED, due_on=at.date(), defaults={"asked_by": by}
    )
    long_sent = reminder.sent_at is not None and reminder.sent_at <= at - dt.timedelta(hours=1)
    if not is_new and (long_sent or reminder.dropped_at is not None):
        Reminder.objects.filter(pk=reminder.pk).update(
            sent_at=None, dropped_at=None, attempts=0, next_try_at=None, last_error="", asked_by=by
        )


def send_reminders(on: dt.date) -> int:
    """Send what waits, one letter for each therapist, and return how many letters went out.

    Raises NotAllSent after the last one, when the mail server refused some.
    """
    sent = failed = in_a_row = 0
    for pk in _whose_turn_it_is():
        outcome = send_letter(pk, on=on)
        sent, failed = sent + (outcome is True), failed + (outcome is False)
        in_a_row = in_a_row + 1 if outcome is False else 0
        if in_a_row == GIVEN_UP_AFTER:
            break  # the server is down: the others wait for the next run instead of for the same answer
    if failed:
        raise NotAllSent(sent=sent, failed=failed)
    return sent


@transaction.atomic
def send_letter(therapist_id: int, *, on: dt.date) -> bool | None:
    """Send one therapist one letter about all that waits and is still due.

    True: sent. False: the mail server did not take it, and it is tried again later. None: there was nothing to send.
    """
    at = timezone.now()
    if not _alone(SENDING, therapist_id):
        return None  # another run writes to them at this moment
    waiting = list(Reminder.objects.to_send(at=at).filter(therapist=therapist_id).select_for_update().order_by("pk"))
    if not waiting:
        return None
    therapist = Therapist.objects.prefetch_related("licenses").get(pk=therapist_id)
    due = _still_due(therapist, on)
    gone = [x for x in waiting if not (therapist.email and (x.kind == Kind.ASKED or (x.kind, x.due_on) in due))]
    if therapist.life == Therapist.Life.ARCHIVED:
        gone = waiting
    Reminder.objects.filter(pk__in=[x.pk for x in gone]).update(dropped_at=at)
    asked = [x for x in waiting if x not in gone]
    if not asked:
        return None
    secret = new_secret()
    text = letter(name=therapist.name, kinds=[x.kind for x in asked], link=address_of(secret))
    try:
        EmailMessage(text.subject, text.body, settings.DEFAULT_FROM_EMAIL, [therapist.email]).send()
    except Exception as error:  # whatever a mail backend may raise: the others shall get theirs
        for reminder in asked:
            reminder.attempts += 1
            reminder.next_try_at = at + min(FIRST_WAIT * 2 ** min(reminder.attempts - 1, 10), LONGEST_WAIT)
            reminder.last_error = type(error).__name__[:80]  # its words may hold the address
            reminder.save(update_fields=["attempts", "next_try_at", "last_error"])
        return False
    # Kept only now: no profile is locked while a mail server thinks, and a letter that did not go out ends no link.
    keep_link(therapist=therapist, secret=secret, by=asked[0].asked_by, at=at)
    Reminder.objects.filter(pk__in=[x.pk for x in asked]).update(sent_at=at, next_try_at=None, last_error="")
    return True


def _still_due(therapist: Therapist, on: dt.date) -> set[tuple[str, dt.date]]:
    """What is due on that day; nothing for who is not listed: a curator talks with them first."""
    is_listed = Therapist.objects.published(on=on).filter(pk=therapist.pk).exists()
    return due_of(therapist, on=on) if is_listed else set()


def _to_ask(on: dt.date) -> TherapistQuerySet:
    """Who is listed, has an email address, and may have something due: the days are looked at one by one afterwards."""

    def said_by(days: int) -> dt.date:
        return on - dt.timedelta(days=days)

    expiring = License.objects.current(on=on).filter(
        therapist=OuterRef("pk"), expires_on__lte=on + dt.timedelta(days=max(LICENSE_BEFORE))
    )
    return (
        Therapist.objects.published(on=on)
        .exclude(email="")
        .alias(_available=Coalesce("availability_as_of", "attested_on"))
        .filter(
            Q(attested_on__lte=said_by(ATTESTATION.days - max(ATTESTATION_BEFORE)))
            | Q(consented_on__lte=said_by(CONSENT.days - max(CONSENT_BEFORE)))
            | (Q(_available__lt=said_by(AVAILABILITY.days)) & ~Q(accepting_clients=""))
            | Exists(expiring)
        )
        .defer("search_document", "bio")
        .prefetch_related(Prefetch("licenses", License.objects.current(on=on)))
        .order_by("pk")
    )


def _queue(batch: list[Reminder]) -> int:
    known = set(
        Reminder.objects.filter(therapist__in={x.therapist_id for x in batch}).values_list(
            "therapist_id", "kind", "due_on"
        )
    )
    new = [x for x in batch if (x.therapist_id, x.kind, x.due_on) not in known]
    Reminder.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _whose_turn_it_is() -> Iterator[int]:
    """Therapists with letters that wait, a batch at a time. Nobody comes twice in one run."""
    last = 0
    while True:
        waiting = Reminder.objects.to_send(at=timezone.now()).filter(therapist_id__gt=last)
        batch = list(waiting.order_by("therapist_id").values_list("therapist_id", flat=True).distinct()[:BATCH])
        if not batch:
            return
        yield from batch
        last = batch[-1]


def _alone(lock: int, about: int = 0) -> bool:
    """Whether nobody else is at it; if so, nobody will be until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, about % 2**31])
        return bool(cursor.fetchone()[0])
