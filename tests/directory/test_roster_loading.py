"""Loading anew beside the answers: what changes meanwhile, what fails, and what a worker does when it starts."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from structlog.testing import capture_logs

from directory.models import License, Therapist
from directory.roster import current as roster
from directory.roster import store
from directory.roster.columns import Columns
from directory.roster.current import current, forget, load_ahead
from directory.roster.requirements import Requirements
from directory.roster.snapshot import Snapshot
from tests.directory.rosters import WAIT, beside, closing, hold_current, listed
from tests.factories import TODAY, LicenseFactory, TherapistFactory, see_individuals_by_telehealth

pytestmark = pytest.mark.usefixtures("committed")


class HeldLoads:
    """Every load beside the answers waits before it reads, until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began = threading.Semaphore(0)
        self.may_read = threading.Semaphore(0)
        self.fails: list[Exception] = []
        self.threads: list[threading.Thread] = []
        self.backends: list[int] = []
        read_columns = roster.read_columns

        def reading(cursor: Any, *therapist_ids: Any) -> Columns:
            thread = threading.current_thread()
            if thread.name == "roster":
                self.threads.append(thread)
                self.backends.append(cursor.connection.info.backend_pid)
                self.began.release()
                assert self.may_read.acquire(timeout=WAIT)
                if self.fails:
                    raise self.fails.pop()
            return read_columns(cursor, *therapist_ids)

        monkeypatch.setattr(roster, "read_columns", reading)

    def begun(self) -> None:
        assert self.began.acquire(timeout=WAIT)

    def finish(self) -> None:
        self.may_read.release()
        self.threads[-1].join(WAIT)
        assert not self.threads[-1].is_alive()


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldLoads]:
    """More than two changes at once are too many here."""
    monkeypatch.setattr(roster, "MOST_CHANGES_AT_ONCE", 2)
    held = HeldLoads(monkeypatch)
    yield held
    for _ in range(10):
        held.may_read.release()
    forget()


@pytest.fixture
def people() -> list[Therapist]:
    with transaction.atomic():
        made = [TherapistFactory(fee_min=100) for _ in range(6)]
    current()
    return made


def pks(people: list[Therapist]) -> list[int]:
    return [therapist.pk for therapist in people]


def fees() -> list[int]:
    return sorted(current().select(Requirements(on=TODAY)).numbers("fee_from").tolist())


def test_while_a_new_roster_loads_the_old_one_answers(loads: HeldLoads, people: list[Therapist]) -> None:
    Therapist.objects.update(fee_min=90)
    assert fees() == [100] * 6
    loads.begun()
    assert fees() == [100] * 6
    loads.finish()
    assert fees() == [90] * 6
    hold_current()


def test_the_first_load_waits_and_one_that_wrote_too_much_itself_reads_itself(loads: HeldLoads) -> None:
    with transaction.atomic():
        some = [TherapistFactory() for _ in range(4)]
        assert listed() == pks(some)
        more = [TherapistFactory() for _ in range(4)]
        assert listed() == pks(some + more)
    assert listed() == pks(some + more)
    assert not loads.threads


@pytest.mark.parametrize(
    ("description", "leave"),
    [
        ("suspended", lambda ids: Therapist.objects.filter(pk__in=ids).update(life="suspended")),
        ("deleted", lambda ids: Therapist.objects.filter(pk__in=ids).delete()),
        ("no license", lambda ids: License.objects.filter(therapist__in=ids).update(status="revoked")),
        (
            "facts of long ago",
            lambda ids: Therapist.objects.filter(pk__in=ids).update(attested_on=TODAY - dt.timedelta(days=200)),
        ),
    ],
)
def test_of_too_many_changes_those_who_left_are_out_at_once(
    description: str, leave: Any, loads: HeldLoads, people: list[Therapist]
) -> None:
    with transaction.atomic():
        Therapist.objects.update(fee_min=90)
        leave(pks(people[:2]))
    assert listed() == pks(people[2:])
    assert fees() == [100] * 4
    loads.begun()
    loads.finish()
    assert fees() == [90] * 4
    hold_current()


def test_what_is_committed_while_it_loads_is_in_the_next_answer_and_stays(
    loads: HeldLoads, people: list[Therapist]
) -> None:
    Therapist.objects.update(fee_min=90)
    current()
    loads.begun()
    beside(lambda: Therapist.objects.filter(pk=people[0].pk).update(life="suspended"))
    assert listed() == pks(people[1:])
    new = beside(lambda: TherapistFactory(fee_min=70).pk)
    assert listed() == [*pks(people[1:]), new]
    assert fees() == [70, *[100] * 5]
    loads.finish()
    assert fees() == [70, *[90] * 5]
    assert listed() == [*pks(people[1:]), new]
    hold_current()


def test_too_many_again_while_it_loads_are_loaded_once_more(loads: HeldLoads, people: list[Therapist]) -> None:
    Therapist.objects.update(fee_min=90)
    current()
    loads.begun()
    Therapist.objects.update(fee_min=80)
    Therapist.objects.filter(pk=people[0].pk).update(life="suspended")
    assert listed() == pks(people[1:])
    loads.finish()  # its snapshot is from before the second change
    assert listed() == pks(people[1:])
    loads.begun()
    assert fees() == [90] * 5
    loads.finish()
    assert fees() == [80] * 5
    hold_current()
    assert len(loads.threads) == 2


def test_the_number_of_a_state_stays_until_the_state_is_whole(loads: HeldLoads, people: list[Therapist]) -> None:
    whole = current().sequence
    Therapist.objects.update(fee_min=90)
    assert current().sequence == whole
    loads.begun()
    Therapist.objects.filter(pk=people[0].pk).update(fee_min=70)
    assert (current().sequence, min(fees())) == (whole, 70)
    loads.finish()
    assert current().sequence == whole + 7


def test_only_one_load_at_a_time(loads: HeldLoads, people: list[Therapist]) -> None:
    Therapist.objects.update(fee_min=90)
    for thread in [threading.Thread(target=closing(current)) for _ in range(4)]:
        thread.start()
        thread.join(WAIT)
    Therapist.objects.update(fee_min=80)
    current()
    loads.begun()
    assert len(loads.threads) == 1
    assert sum(thread.name == "roster" for thread in threading.enumerate()) == 1


def test_columns_without_room_are_loaded_anew(
    loads: HeldLoads, people: list[Therapist], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = current().columns
    monkeypatch.setattr(Columns, "is_full", property(lambda columns: columns is full))
    assert current().columns is full
    loads.begun()
    assert current().columns is full
    loads.finish()
    assert current().columns is not full
    hold_current()
    assert len(loads.threads) == 1


def test_a_load_that_fails_is_told_without_words_and_tried_again(
    loads: HeldLoads, people: list[Therapist], monkeypatch: pytest.MonkeyPatch
) -> None:
    loads.fails.append(OperationalError("server closed: canary"))
    Therapist.objects.update(fee_min=90)
    current()
    loads.begun()
    with capture_logs() as lines:
        loads.finish()
    assert [(line["logger"], line["exception"]) for line in lines] == [
        ("directory.roster.current", "django.db.utils.OperationalError")
    ]
    assert "canary" not in str(lines)
    Therapist.objects.filter(pk=people[0].pk).update(life="suspended")
    assert listed() == pks(people[1:])  # the old one stays, and stays current
    assert len(loads.threads) == 1  # not at once: the database may be in trouble
    monkeypatch.setattr(roster, "LOAD_AGAIN_AFTER", 0.0)
    current()
    loads.begun()
    loads.finish()
    assert fees() == [90] * 5


def test_a_new_roster_that_cannot_be_brought_up_to_date_waits(
    loads: HeldLoads, people: list[Therapist], monkeypatch: pytest.MonkeyPatch
) -> None:
    Therapist.objects.update(fee_min=90)
    current()
    loads.begun()
    loads.finish()

    def gone(*args: Any, **options: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(roster, "look", gone)
        with pytest.raises(OperationalError):
            current()
    assert fees() == [90] * 6
    assert len(loads.threads) == 1


def test_to_forget_waits_for_a_load_and_its_connection(loads: HeldLoads, people: list[Therapist]) -> None:
    Therapist.objects.update(fee_min=90)
    current()
    loads.begun()
    loads.may_read.release()
    forget()
    assert not loads.threads[0].is_alive()
    hold_gone(loads.backends[0])
    assert fees() == [90] * 6


def hold_gone(backend: int) -> None:
    with connection.cursor() as cursor:
        for _ in range(100 * WAIT):
            cursor.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend])
            if cursor.fetchone() is None:
                return
            time.sleep(0.01)
    raise AssertionError("the connection is still open")


# --- Many at once, but not too many ------------------------------------------------------------------------------
def test_ten_thousand_changes_at_once_are_read_without_loading_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 10_000
    assert listed() == []
    monkeypatch.setattr(roster, "_load", None)
    monkeypatch.setattr(roster, "_Loading", None)
    made = bulk(count)
    assert listed() == made
    assert fees() == [100] * count


def bulk(count: int) -> list[int]:
    """So many plain listed therapists in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL directory.defer_search = 'on'")
        made = Therapist.objects.bulk_create(
            Therapist(name="Ada", slug=f"ada-{n}", life="published", consented_on=TODAY, attested_on=TODAY, fee_min=100)
            for n in range(count)
        )
        like = LicenseFactory(therapist=made[0])
        License.objects.bulk_create(
            License(
                therapist=therapist,
                license_type=like.license_type,
                jurisdiction=like.jurisdiction,
                number=f"bulk-{therapist.pk}",
                status="active",
                expires_on=like.expires_on,
                verified_on=TODAY,
                source="Board",
            )
            for therapist in made[1:]
        )
        see_individuals_by_telehealth(made)
        cursor.execute("SELECT directory_refresh_search(%s::bigint[])", [pks(made)])
    return pks(made)


# --- Several servers --------------------------------------------------------------------------------------------------
class Replicas:
    """Looks as if they went to a server that stopped following at some moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._look = roster.look
        self.stopped_at: Snapshot | None = None
        monkeypatch.setattr(roster, "look", self.look)

    def look(self, cursor: Any, **options: Any) -> Any:
        seen = self._look(cursor, **options)
        if self.stopped_at is None:
            return seen
        return roster.replace(seen, snapshot=self.stopped_at, news=frozenset(), sequence=0)


def test_a_replica_that_is_behind_loses_no_change_and_brings_nobody_back(
    people: list[Therapist], monkeypatch: pytest.MonkeyPatch
) -> None:
    replica = Replicas(monkeypatch)
    with connection.cursor() as cursor:
        stopped_at = roster.look(cursor, since=None, most=0).snapshot
    Therapist.objects.filter(pk=people[0].pk).update(life="suspended")
    assert listed() == pks(people[1:])
    sequence = current().sequence
    for _ in range(3):
        replica.stopped_at = stopped_at
        Therapist.objects.filter(pk=people[1].pk).update(fee_min=80)
        assert listed() == pks(people[1:])
        assert current().sequence >= sequence
        replica.stopped_at = None
        assert min(fees()) == 80
        hold_current()
        Therapist.objects.filter(pk=people[1].pk).update(fee_min=100)


def test_a_server_that_stays_behind_has_lost_something_and_is_loaded_anew(
    people: list[Therapist], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failover to a replica that had not received everything, or a backup put back."""
    replica = Replicas(monkeypatch)
    replica.stopped_at = Snapshot(3)
    kept = current()
    assert current().columns is kept.columns
    monkeypatch.setattr(roster, "BEHIND_AT_MOST", 0.0)
    assert current().columns is not kept.columns
    replica.stopped_at = None
    hold_current()


# --- Starting ---------------------------------------------------------------------------------------------------------
def test_a_worker_that_starts_has_its_roster_before_the_first_request(
    people: list[Therapist], monkeypatch: pytest.MonkeyPatch, time_machine: Any
) -> None:
    time_machine.move_to(dt.datetime.combine(TODAY, dt.time(12), dt.UTC))  # the day that `listed` asks for
    backends: list[int] = []
    read_columns = roster.read_columns

    def reading(cursor: Any) -> Columns:
        backends.append(cursor.connection.info.backend_pid)
        return read_columns(cursor)

    monkeypatch.setattr(roster, "read_columns", reading)
    forget()
    load_ahead(at_most=WAIT)
    hold_gone(backends[0])
    monkeypatch.setattr(roster, "_load", None)
    with monkeypatch.context() as later:
        later.setattr(store, "Day", None)  # what holds today is known, too
        assert listed() == pks(people)
    assert len(backends) == 1


def test_a_database_that_is_down_keeps_no_worker_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection to 10.0.0.7 refused")

    with monkeypatch.context() as broken, capture_logs() as lines:
        broken.setattr(roster, "_load", refuse)
        load_ahead(at_most=WAIT)
    assert [line["exception"] for line in lines] == ["django.db.utils.OperationalError"]
    assert "10.0.0.7" not in str(lines)
    assert listed() == []


def test_a_database_that_does_not_answer_keeps_no_worker_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    load = roster._load

    def late() -> Any:
        assert answer.wait(WAIT)
        return load()

    monkeypatch.setattr(roster, "_load", late)
    load_ahead(at_most=0.01)
    answer.set()
    assert listed() == []
    for thread in threading.enumerate():
        if thread.name == "first roster":
            thread.join(WAIT)


def test_a_forked_worker_waits_for_no_thread_of_its_parent(loads: HeldLoads, people: list[Therapist]) -> None:
    Therapist.objects.update(fee_min=90)
    current()
    loads.begun()
    with roster._lock:
        pid = os.fork()
        if pid == 0:
            free = roster._lock.acquire(timeout=1) and roster._loading is None and roster._loaded is not None
            os._exit(0 if free else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
