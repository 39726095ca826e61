"""A committed change is in the next answer of every other thread and process, whoever wrote it, in whatever order."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.actions import publish, suspend
from directory.curation.imports import import_therapists
from directory.models import License, PracticeLocation, ScreeningFlag, Therapist, TherapistApproach
from directory.roster import current as roster
from directory.roster import reading
from directory.roster.current import current, forget
from directory.roster.requirements import Requirements
from tests.conftest import empty_the_directory
from tests.directory.admin_forms import as_sent
from tests.directory.admin_people import curator, signed_in
from tests.directory.rosters import WAIT, Beside, beside, hold_current, listed, listed_by_sql
from tests.factories import TODAY, LicenseFactory, TherapistFactory, see_individuals_by_telehealth

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """The day of the tests, also where the admin asks the clock."""
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC), tick=True):
        yield


# --- Through every hand -----------------------------------------------------------------------------------------------
def by_admin_form(ada: Therapist) -> None:
    desk = signed_in(curator())
    try:
        page = reverse("admin:directory_therapist_change", args=[ada.pk])
        assert desk.post(page, as_sent(desk.get(page), fee_min="90", fee_max="90")).status_code == 302
    finally:
        User.objects.all().delete()
        Session.objects.all().delete()


def by_import(ada: Therapist) -> None:
    import_therapists(io.BytesIO(b"external_id,name,fee_min,fee_max\nada,Ada,90,90\n"), on=TODAY, by="Cora")


def by_raw_sql(ada: Therapist) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_therapist SET fee_min = 90, fee_max = 90 WHERE id = %s", [ada.pk])


def by_truncate(tables: str) -> Callable[[Therapist], None]:
    def truncate(ada: Therapist) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables} CASCADE")

    return truncate


def by_save(ada: Therapist) -> None:
    ada.fee_min = ada.fee_max = 90
    ada.save()


def more_people(ada: Therapist) -> None:
    first, *others = Therapist.objects.bulk_create(
        Therapist(
            name=name, slug=name, life="published", consented_on=TODAY, attested_on=TODAY, accepting_clients="yes"
        )
        for name in ("ben", "cleo")
    )
    for therapist in (first, *others):
        LicenseFactory(therapist=therapist)
    see_individuals_by_telehealth((first, *others))


HANDS: dict[str, Callable[[Therapist], object]] = {
    "a form of the admin": by_admin_form,
    "an import": by_import,
    "save()": by_save,
    "an action: suspended": lambda ada: suspend(therapist=ada, by="Cora", reason="On leave"),
    "update() of a whole table": lambda ada: Therapist.objects.update(fee_min=90, fee_max=90),
    "update() of licenses": lambda ada: License.objects.update(status="suspended"),
    "bulk_create()": more_people,
    "bulk_update()": lambda ada: Therapist.objects.bulk_update([_with_fee(ada)], ["fee_min", "fee_max"]),
    "a relation": lambda ada: ada.languages.add(Therapist.languages.field.remote_field.model.objects.get(code="es")),
    "raw SQL": by_raw_sql,
    "delete()": lambda ada: ada.delete(),
    "delete() of an approach": lambda ada: TherapistApproach.objects.all().delete(),
    "TRUNCATE of everybody": by_truncate("directory_therapist"),
    "TRUNCATE of licenses": by_truncate("directory_license"),
    "TRUNCATE of a relation": by_truncate("directory_therapist_session_formats"),
    "TRUNCATE of what the roster reads": by_truncate("directory_searchrow, directory_searchcard"),
    "everything gone, as flush does": lambda ada: empty_the_directory(),
}


def _with_fee(ada: Therapist) -> Therapist:
    ada.fee_min = ada.fee_max = 90
    return ada


@pytest.mark.parametrize("hand", HANDS)
def test_what_one_commits_is_in_the_next_answer_of_another(hand: str) -> None:
    with transaction.atomic():
        ada = TherapistFactory(
            name="Ada", slug="ada", external_id="ada", fee_min=120, fee_max=150, approaches=["gottman"]
        )
    before = current()
    assert listed() == [ada.pk]
    beside(lambda: HANDS[hand](ada))
    after = current()
    assert after.columns is not before.columns
    if "reads" not in hand:  # those rows are the database's own; without them nobody is listed
        hold_current()
    else:
        assert listed() == []


def test_a_screen_that_is_truncated_lists_whom_it_held() -> None:
    with transaction.atomic():
        ada = TherapistFactory()
        ScreeningFlag.objects.create(
            therapist=ada, tier="hold", term="holding", field="bio", sentence="…", found_on=TODAY
        )
    assert listed() == []
    beside(lambda: by_truncate("directory_screeningflag")(ada))
    assert listed() == [ada.pk]


# --- Other processes, and those that die ------------------------------------------------------------------------------
PROGRAM = """
import os, signal, sys
from django.conf import settings
import django
django.setup()
settings.DATABASES["default"]["NAME"] = {database!r}
from django.db import connection, transaction
from directory.models import Therapist
from directory.roster import current as roster
from directory.roster import reading
from tests.directory.rosters import listed
"""


def program(text: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(database=connection.settings_dict["NAME"]) + textwrap.dedent(text)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_another_process_answers_with_it_at_once() -> None:
    ada, ben = TherapistFactory(), TherapistFactory()
    worker = program("for _ in sys.stdin: print(listed(), flush=True)")
    assert worker.stdin is not None
    assert worker.stdout is not None
    with worker:

        def answer() -> str:
            worker.stdin.write("?\n")
            worker.stdin.flush()
            return worker.stdout.readline().strip()

        try:
            assert answer() == f"[{ada.pk}, {ben.pk}]"
            suspend(therapist=ada, by="Cora", reason="On leave")
            assert answer() == f"[{ben.pk}]"
            publish(therapist=ada, by="Cora", on=TODAY)
            assert answer() == f"[{ada.pk}, {ben.pk}]"
        finally:
            worker.stdin.close()


def test_who_is_killed_right_after_a_commit_has_told_everybody() -> None:
    ada, ben = TherapistFactory(), TherapistFactory()
    assert listed() == [ada.pk, ben.pk]
    with program(f"""
        Therapist.objects.filter(pk={ada.pk}).update(life="suspended")
        os.kill(os.getpid(), signal.SIGKILL)
    """) as writer:
        assert writer.wait(WAIT) == -signal.SIGKILL
    assert listed() == [ben.pk]


def test_who_is_killed_before_a_commit_has_changed_nothing() -> None:
    ada = TherapistFactory()
    assert listed() == [ada.pk]
    with program(f"""
        with transaction.atomic():
            Therapist.objects.filter(pk={ada.pk}).update(life="suspended")
            os.kill(os.getpid(), signal.SIGKILL)
    """) as writer:
        assert writer.wait(WAIT) == -signal.SIGKILL
    assert listed() == [ada.pk]
    hold_current()


def test_a_worker_killed_while_it_reads_leaves_nothing_behind() -> None:
    ada = TherapistFactory()
    with program("""
        roster.read_columns = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
        listed()
    """) as worker:
        assert worker.wait(WAIT) == -signal.SIGKILL
    suspend(therapist=ada, by="Cora", reason="On leave")
    assert listed() == []
    with program("print(listed())") as next_worker:
        assert next_worker.stdout is not None
        assert next_worker.stdout.read().strip() == "[]"


@pytest.mark.parametrize("step", ["look", "read_facts"])
def test_a_refresh_that_fails_half_way_is_caught_up_by_the_next_call(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben = TherapistFactory(), TherapistFactory()
    before = current()
    suspend(therapist=ada, by="Cora", reason="On leave")

    def gone(*args: Any, **options: Any) -> None:
        raise OSError("gone in the middle")

    with monkeypatch.context() as broken:
        broken.setattr(roster, step, gone)
        with pytest.raises(OSError, match="in the middle"):
            current()
    Therapist.objects.filter(pk=ben.pk).update(fee_min=80)
    assert before.select(Requirements(on=TODAY)).total == 2  # who had it keeps it as it was
    assert listed() == [ben.pk]
    hold_current()


# --- In whatever order transactions commit ----------------------------------------------------------------------------
class Writer:
    """A transaction in steps: begun, written, ended, with looks in between."""

    def __init__(self, therapist: Therapist) -> None:
        self._therapist = therapist
        self._steps = [threading.Semaphore(0) for _ in range(3)]
        self._done = threading.Semaphore(0)
        self._taken = 0
        self._commits = True
        self._thread = Beside(self._work)

    def _work(self) -> None:
        with transaction.atomic():
            self._await(0)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")  # the order of numbers is that of beginnings
            self._await(1)
            with connection.cursor() as cursor:
                # As bulk loaders may: nothing of this waits for the transactions beside it.
                cursor.execute("UPDATE directory_therapist SET life = 'suspended' WHERE id = %s", [self._therapist.pk])
            self._await(2)
            transaction.set_rollback(not self._commits)
        self._done.release()

    def _await(self, step: int) -> None:
        if step:
            self._done.release()
        assert self._steps[step].acquire(timeout=WAIT)

    def step(self, *, commits: bool = True) -> None:
        self._commits = commits
        self._steps[self._taken].release()
        self._taken += 1
        assert self._done.acquire(timeout=WAIT)
        if self._taken == len(self._steps):
            self._thread.ended()


def interleaved(order: tuple[int, ...], *, looks: list[bool], commits: list[bool]) -> None:
    people = [TherapistFactory() for _ in commits]
    forget()
    current()
    writers = [Writer(therapist) for therapist in people]
    for writer, look in zip(order, looks, strict=True):
        writers[writer].step(commits=commits[writer])
        if look:
            assert listed() == listed_by_sql()
    assert listed() == [one.pk for one, committed in zip(people, commits, strict=True) if not committed]


@pytest.mark.parametrize("last", list(itertools.permutations(range(3))), ids=str)
def test_transactions_that_commit_out_of_order_are_all_seen(last: tuple[int, ...]) -> None:
    """All have begun in order and written before any ends: with a look after each step."""
    interleaved((0, 1, 2, 0, 1, 2, *last), looks=[True] * 9, commits=[True] * 3)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.permutations([0, 0, 0, 1, 1, 1, 2, 2, 2]),
    st.lists(st.booleans(), min_size=9, max_size=9),
    st.lists(st.sampled_from([True, True, False]), min_size=3, max_size=3),
)
def test_any_interleaving_of_transactions_is_seen(order: list[int], looks: list[bool], commits: list[bool]) -> None:
    try:
        interleaved(tuple(order), looks=looks, commits=commits)
    finally:
        empty_the_directory()


def test_what_a_transaction_has_not_committed_only_itself_sees() -> None:
    ada = TherapistFactory()
    assert listed() == [ada.pk]
    with transaction.atomic():
        Therapist.objects.filter(pk=ada.pk).update(life="suspended")
        assert listed() == []
        assert beside(listed) == [ada.pk]
        assert listed() == []
        transaction.set_rollback(True)
    assert listed() == [ada.pk]
    hold_current()


def test_a_long_transaction_makes_nobody_news_twice() -> None:
    ada = TherapistFactory()
    writer = Writer(TherapistFactory())
    writer.step()
    Therapist.objects.filter(pk=ada.pk).update(fee_min=80)
    current()
    kept = current().columns
    assert current().columns is kept
    writer.step()
    assert current().columns is kept
    writer.step()
    assert listed() == [ada.pk]


def test_an_office_that_moves_is_read_again() -> None:
    ada = TherapistFactory(zips=["90012"])
    current()
    beside(lambda: PracticeLocation.objects.filter(therapist=ada).update(latitude=1.0))
    hold_current()


def test_who_comes_while_a_transaction_reads_comes_with_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a snapshot of its own, a transaction sees a later state with each statement."""
    with transaction.atomic():
        ada = TherapistFactory(zips=["90012"])
        ben = TherapistFactory(zips=["10001"], licenses=[{"jurisdiction": "NY"}])
    suspend(therapist=ben, by="Cora", reason="On leave")
    current()
    Therapist.objects.update(fee_min=90)
    copy, read = reading._copy, []

    def somebody_comes(*args: Any) -> Any:
        if len(read) == 1:
            beside(lambda: Therapist.objects.filter(pk=ben.pk).update(life="published"))
        read.append(args)
        return copy(*args)

    monkeypatch.setattr(reading, "_copy", somebody_comes)
    with transaction.atomic():
        assert listed() == [ada.pk]
        monkeypatch.undo()
        assert listed() == [ada.pk, ben.pk]
    hold_current()
