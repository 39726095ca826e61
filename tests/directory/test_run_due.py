"""Letters to therapists: who gets which when, each once, whatever runs twice or breaks on the way."""

from __future__ import annotations

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection

from config.settings import site_url
from directory import actions, attesting
from directory.admin.queues import unreachable
from directory.curation import due
from directory.curation.due import Duty
from directory.curation.letters import REASONS, SUBJECTS, letter
from directory.curation.links import LinkClosed, open_link
from directory.curation.reminders import NotAllSent, due_of, queue_reminders, send_reminders
from directory.models import AttestationLink, Reminder, Therapist
from tests.directory.links import NOON, link_in, link_to
from tests.factories import TODAY, TherapistFactory
from tests.reading import grade


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def somebody(**facts: Any) -> Therapist:
    """A listed therapist to whom there is nothing to say, unless a fact says otherwise."""
    lasting = {"email": "ana@example.org", "attested_on": TODAY, "consented_on": TODAY, "availability_as_of": TODAY}
    therapist: Therapist = TherapistFactory(**(lasting | facts))
    return therapist


def run(*options: str, on: dt.date = TODAY) -> tuple[int, str]:
    """The exit code of the command, and what it printed."""
    out = io.StringIO()
    try:
        call_command("run_due", *options, on=on, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


class Refuses(EmailBackend):
    """A mail server that takes letters to nobody whose address begins with "no"."""

    def send_messages(self, messages: Any) -> int:
        if any(message.to[0].startswith("no") for message in messages):
            raise ConnectionRefusedError("no@example.org is not known here")
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refuses"


# --- The calendar -----------------------------------------------------------------------------------------------------
CALENDAR = [
    ("the confirmation lapses in 15 days", {"attested_on": TODAY - days(75)}, None),
    ("in 14", {"attested_on": TODAY - days(76)}, ("attestation", TODAY)),
    ("in 4", {"attested_on": TODAY - days(86)}, ("attestation", TODAY - days(10))),
    ("in 3", {"attested_on": TODAY - days(87)}, ("attestation", TODAY)),
    ("today", {"attested_on": TODAY - days(90)}, ("attestation", TODAY - days(3))),
    ("openings of three weeks ago", {"availability_as_of": TODAY - days(21)}, None),
    ("a day older", {"availability_as_of": TODAY - days(22)}, ("openings", TODAY)),
    ("still the same round", {"availability_as_of": TODAY - days(42)}, ("openings", TODAY - days(20))),
    ("the next round", {"availability_as_of": TODAY - days(43)}, ("openings", TODAY)),
    ("nothing said about openings", {"availability_as_of": TODAY - days(43), "accepting_clients": ""}, None),
    ("consent ends in 31 days", {"consented_on": TODAY - days(334)}, None),
    ("in 30", {"consented_on": TODAY - days(335)}, ("consent", TODAY)),
    ("a license ends in 61 days", {"licenses": [{"expires_on": TODAY + days(61)}]}, None),
    ("in 60", {"licenses": [{"expires_on": TODAY + days(60)}]}, ("license", TODAY)),
    ("in 14 days", {"licenses": [{"expires_on": TODAY + days(14)}]}, ("license", TODAY)),
    ("two licenses", {"licenses": [{"expires_on": TODAY + days(60)}, {}]}, ("license", TODAY)),
    ("one that nobody verified", {"licenses": [{"expires_on": TODAY + days(9), "verified_on": None}, {}]}, None),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("description", "facts", "expected"), CALENDAR, ids=[row[0] for row in CALENDAR])
def test_reminders_fall_due(description: str, facts: dict[str, Any], expected: tuple[str, dt.date] | None) -> None:
    therapist = somebody(**facts)
    assert due_of(therapist, on=TODAY) == ({expected} if expected else set())
    queue_reminders(TODAY)
    assert list(Reminder.objects.values_list("kind", "due_on")) == ([expected] if expected else [])


@pytest.mark.django_db
def test_nobody_is_reminded_who_is_not_listed_or_has_no_address() -> None:
    old = {"attested_on": TODAY - days(80)}
    for life in ("draft", "in_review", "suspended", "archived"):
        somebody(life=life, **old)
    somebody(licenses=[], **old)
    quiet = somebody(email="", **old)
    assert queue_reminders(TODAY) == 0
    assert list(unreachable(TODAY)) == [quiet]


# --- Each once --------------------------------------------------------------------------------------------------------
def counts(printed: str) -> dict[str, int]:
    return {name.strip(): int(count) for name, count in (line.rsplit("  ", 1) for line in printed.splitlines())}


@pytest.mark.django_db
def test_the_quick_part_leaves_out_what_looks_at_everybody() -> None:
    somebody(attested_on=TODAY - days(80))
    assert counts(run("--quick")[1]) == {"reminders queued": 1, "letters sent": 1}


@pytest.mark.django_db
def test_running_twice_does_nothing_twice() -> None:
    somebody(attested_on=TODAY - days(80))
    code, printed = run()
    assert code == 0
    assert counts(printed) == {
        "texts screened anew": 1,
        "reminders queued": 1,
        "letters sent": 1,
        "possible duplicates found": 0,
        "figures of the day kept": 1,
    }
    again = counts(run()[1])
    assert again.pop("figures of the day kept") == 1, "the newer count of the same day stays"
    assert set(again.values()) == {0}
    assert len(mail.outbox) == 1
    assert Reminder.objects.get().sent_at is not None


@pytest.mark.django_db
def test_one_letter_says_all_that_there_is_to_say() -> None:
    somebody(attested_on=TODAY - days(80), availability_as_of=TODAY - days(30), consented_on=TODAY - days(340))
    run()
    [sent] = mail.outbox
    assert sent.subject == SUBJECTS["consent"]
    for kind in ("consent", "attestation", "openings"):
        assert REASONS[kind] in str(sent.body)
    assert Reminder.objects.filter(sent_at__isnull=False).count() == 3


@pytest.mark.django_db
def test_the_link_of_a_letter_opens_the_listing_of_who_got_it(client: Any, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    somebody(name="Ana Demo", attested_on=TODAY - days(80))
    run()
    assert "Your listing, Ana Demo" in client.get(link_in(mail.outbox[0])).content.decode()


@pytest.mark.django_db
def test_who_confirmed_in_the_meantime_gets_no_letter() -> None:
    therapist = somebody(attested_on=TODAY - days(80))
    queue_reminders(TODAY)
    actions.attest(therapist=therapist, by="Ada", on=TODAY)
    assert send_reminders(TODAY) == 0
    assert mail.outbox == []
    assert Reminder.objects.get().dropped_at is not None
    assert not AttestationLink.objects.exists()


@pytest.mark.django_db
def test_a_later_stage_takes_the_place_of_one_that_was_not_sent() -> None:
    somebody(attested_on=TODAY - days(76))
    queue_reminders(TODAY)
    assert run(on=TODAY + days(11))[0] == 0
    assert len(mail.outbox) == 1
    assert Reminder.objects.filter(dropped_at__isnull=False).count() == 1


# --- What breaks ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_mail_server_that_refuses_one_gets_the_others_and_is_asked_again(refusing: None, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    late = somebody(email="no@example.org", attested_on=TODAY - days(80))
    before = link_to(late)
    for _ in range(2):
        somebody(attested_on=TODAY - days(80))
    code, printed = run()
    assert code == 1
    assert "1 letters were not taken by the mail server, 2 were" in printed
    assert len(mail.outbox) == 2
    failed = Reminder.objects.get(therapist=late)
    assert (failed.sent_at, failed.attempts, failed.last_error) == (None, 1, "ConnectionRefusedError")
    assert failed.next_try_at == NOON + dt.timedelta(minutes=15)
    assert open_link(before.strip("/").split("/")[1], at=NOON) is not None, "a letter that did not go out ends no link"

    assert run()[0] == 0, "it waits"
    for attempt, minutes in ((2, 30), (3, 60), (4, 120)):
        time_machine.move_to(failed.next_try_at, tick=False)
        assert run()[0] == 1
        failed.refresh_from_db()
        assert failed.attempts == attempt
        assert failed.next_try_at is not None
        assert failed.next_try_at - dt.timedelta(minutes=minutes) == dt.datetime.now(dt.UTC)

    Therapist.objects.filter(pk=late.pk).update(email="ana@example.org")
    time_machine.move_to(failed.next_try_at, tick=False)
    assert run()[0] == 0
    failed.refresh_from_db()
    assert (failed.sent_at is not None, failed.last_error) == (True, "")


@pytest.mark.django_db
def test_it_never_waits_longer_than_a_day(refusing: None, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    somebody(email="no@example.org", attested_on=TODAY - days(80))
    queue_reminders(TODAY)
    Reminder.objects.update(attempts=30)
    with pytest.raises(NotAllSent):
        send_reminders(TODAY)
    assert Reminder.objects.get().next_try_at == NOON + days(1)


@pytest.mark.django_db
def test_a_duty_that_fails_does_not_keep_the_others_from_being_done(monkeypatch: Any) -> None:
    done: list[dt.date] = []

    def breaks(on: dt.date) -> int:
        raise ValueError("ana@example.org")

    def does(on: dt.date) -> int:
        done.append(on)
        return 7

    duties = (Duty(name="first", do=breaks), Duty(name="second", do=does))
    monkeypatch.setattr("directory.management.commands.run_due.DUE", duties)
    code, printed = run()
    assert code == 1
    assert done == [TODAY]
    assert printed.splitlines() == ["first   failed: ValueError", "second  7"]


def test_the_day_is_read_or_refused() -> None:
    with pytest.raises(CommandError, match="is no day"):
        call_command("run_due", "--on", "tomorrow")


def test_every_duty_has_a_name_of_its_own() -> None:
    assert len({duty.name for duty in due.DUE}) == len(due.DUE)


# --- Side by side -----------------------------------------------------------------------------------------------------
def at_once(do: Any, times: int = 4) -> list[Any]:
    """What `do` returned in each of several threads that began together."""
    start = Barrier(times)

    def one(_: int) -> Any:
        try:
            start.wait()
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def test_runs_side_by_side_send_each_letter_once(committed: None) -> None:
    mail.outbox = []
    addresses = {f"t{number}@example.org" for number in range(12)}
    for address in addresses:
        somebody(email=address, attested_on=TODAY - days(80), availability_as_of=TODAY - days(30))
    assert sum(at_once(lambda: queue_reminders(TODAY))) == 24
    assert sum(at_once(lambda: send_reminders(TODAY))) == 12
    assert sorted(message.to[0] for message in mail.outbox) == sorted(addresses)
    assert Reminder.objects.filter(sent_at__isnull=False).count() == 24
    assert AttestationLink.objects.count() == 12


def test_of_those_who_use_a_link_at_once_one_wins(committed: None) -> None:
    ana = somebody()
    secret = link_to(ana).strip("/").split("/")[1]

    def confirm() -> str:
        link = open_link(secret, at=NOON)
        if link is None:
            return "closed"
        try:
            attesting.confirm(link=link, consents=False, on=TODAY, at=NOON)
        except LinkClosed:
            return "closed"
        return "confirmed"

    assert sorted(at_once(confirm)) == ["closed"] * 3 + ["confirmed"]
    assert ana.history.filter(history_change_reason="The therapist, by link: Facts confirmed").count() == 1


def test_links_made_at_once_leave_one_open(committed: None) -> None:
    ana = somebody()
    at_once(lambda: link_to(ana))
    assert AttestationLink.objects.filter(ended_at__isnull=True).count() == 1
    assert AttestationLink.objects.count() == 4


# --- Words ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kinds", [[kind] for kind in REASONS] + [list(REASONS)])
def test_letters_are_plain_and_name_the_link_once(kinds: list[str]) -> None:
    text = letter(name="Ana Demo", kinds=kinds, link="https://example.org/listing/x/")
    assert text.body.count("https://") == 1
    assert text.body.startswith("Hello Ana Demo,")
    assert "\n" not in text.subject
    words = [part for part in text.body.split("\n\n") if "https" not in part]
    assert grade(words) <= 8


def test_every_kind_of_reminder_has_words() -> None:
    assert set(REASONS) == set(SUBJECTS) == set(Reminder.Kind.values)


# --- Where links lead -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org:8443/", "https://example.org:8443"),
        ("", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_site_url_is_an_address(given: str, address: str) -> None:
    assert site_url(given, otherwise="http://127.0.0.1:8000") == address


@pytest.mark.parametrize(
    "given",
    ["example.org", "ftp://example.org", "https://", "https://example.org/path", "https://*", "https://a:b@example.org",
     "https://example.org:port", "https://example.org?x=1"],
)  # fmt: skip
def test_a_site_url_that_is_none_is_refused_in_plain_words(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SITE_URL is not the address of a site"):
        site_url(given, otherwise="http://127.0.0.1:8000")
