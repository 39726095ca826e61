"""Servers are killed while people look: nobody notices a standby, and without the primary help is still shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.replicas.conftest import Setting
from tests.replicas.servers import wait_until
from tests.replicas.site import INTAKE, Answer

pytestmark = pytest.mark.xdist_group("replicas")  # the servers are started once


@contextmanager
def visitors(setting: Setting) -> Iterator[list[Answer]]:
    """Two people who look at the site all the time; their answers."""
    answers: list[Answer] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            answers.append(setting.site.get("/therapists/"))
            answers.append(setting.site.api("/matches/", INTAKE))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_a_standby_that_is_killed_costs_nobody_an_answer(setting: Setting) -> None:
    home = setting.home()
    with visitors(setting) as answers:
        wait_until(lambda: len(answers) > 10)
        home.kill()
        seen = len(answers)
        wait_until(lambda: len(answers) > seen + 20)
        assert setting.reads_from(setting.other_than(home))
        setting.other_than(home).kill()
        seen = len(answers)
        wait_until(lambda: len(answers) > seen + 20)
        assert setting.reads_from(setting.primary)
        home.start()
        wait_until(lambda: setting.reads_from(home))

    assert {answer.status for answer in answers} == {200}
    assert "replica left" in setting.site.log()


def test_a_statement_that_breaks_off_is_asked_elsewhere_within_the_same_request(setting: Setting) -> None:
    home = setting.home()
    answers: list[Answer] = []
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'site' AND wait_event_type = 'Lock'"

    def breaks_off() -> bool:
        with setting.primary.connect() as holder:
            holder.execute("BEGIN")
            holder.execute("LOCK TABLE directory_searchcard IN ACCESS EXCLUSIVE MODE")  # standbys hold it as well
            holder.execute("SELECT pg_switch_wal()")
            wait_until(lambda: home.ask("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") > 0)
            thread = threading.Thread(target=lambda: answers.append(setting.site.api("/matches/", INTAKE)))
            thread.start()
            wait_until(lambda: any(server.ask(waiting) for server in (setting.primary, *setting.standbys)))
            waited_at_home = home.ask(waiting) == 1  # elsewhere if the standby was not known to be fresh just then
            if waited_at_home:
                home.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                time.sleep(0.1)
            holder.execute("ROLLBACK")
        thread.join()
        return waited_at_home

    wait_until(breaks_off, seconds=60)

    assert {answer.status for answer in answers} == {200}


def test_without_the_primary_nothing_old_is_shown_only_where_help_is(setting: Setting) -> None:
    """Nobody could say how old a standby's answer is. docs/decisions/0010-replicas.md weighs this."""
    setting.primary.kill()
    wait_until(lambda: setting.site.get("/therapists/").status == 503)
    page = setting.site.get("/therapists/")
    assert page.status == 503
    assert "988" in page.text
    assert setting.site.api("/therapists/").status == 503
    assert setting.site.get("/crisis/").status == 200

    setting.primary.start()
    wait_until(lambda: setting.site.get("/therapists/").status == 200)
