"""Reads of the directory come from streaming standbys, never more than a second old; whatever they do, nobody notices.

A real primary and two standbys (servers.py) under a real site (site.py). What a server was asked is read in its log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.replicas.conftest import Setting
from tests.replicas.servers import Server, wait_until
from tests.replicas.site import INTAKE, Answer, run

pytestmark = pytest.mark.xdist_group("replicas")  # the servers are started once

A_SECOND = 1.0


def asks_the_directory(statements: list[str]) -> bool:
    return any(f"directory_{table}" in text for text in statements for table in ("search", "therapist", "approach"))


def slug_of(server: Server, life: str = "published") -> str:
    return str(server.ask(f"SELECT slug FROM directory_therapist WHERE life = '{life}' ORDER BY id LIMIT 1"))


def suspend(primary: Server, slug: str) -> None:
    primary.ask(f"UPDATE directory_therapist SET life = 'suspended' WHERE slug = '{slug}'")


def publish(primary: Server, slug: str) -> None:
    primary.ask(f"UPDATE directory_therapist SET life = 'published' WHERE slug = '{slug}'")


@contextmanager
def suspended(setting: Setting) -> Iterator[str]:
    """Somebody who has just been suspended, and is listed again afterwards."""
    slug = sorted(setting.site.listed())[0]
    suspend(setting.primary, slug)
    try:
        yield slug
    finally:
        publish(setting.primary, slug)


# --- Who is asked -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("description", "ask"),
    [
        ("browsing", lambda site, slug: site.get("/therapists/?state=CA")),
        ("a profile", lambda site, slug: site.get(f"/therapists/{slug}/")),
        ("the list", lambda site, slug: site.api("/therapists/?facets=true&q=therapy")),
        ("one of the list", lambda site, slug: site.api(f"/therapists/{slug}/")),
        ("the codes", lambda site, slug: site.api("/taxonomy/")),
        ("matches, asked by POST", lambda site, slug: site.api("/matches/", INTAKE)),
    ],
)
def test_who_only_reads_the_directory_reads_from_a_standby(setting: Setting, description: str, ask: object) -> None:
    home = setting.home()
    with setting.primary.statements() as primary, home.statements() as standby:
        answer: Answer = ask(setting.site, sorted(setting.site.listed())[0])  # type: ignore[operator]

    assert answer.status == 200, description
    assert asks_the_directory(standby)
    assert not asks_the_directory(primary)


def test_keys_are_the_primarys_and_nothing_is_written_anywhere_else(setting: Setting) -> None:
    setting.primary.ask("UPDATE directory_partnerkey SET last_used_on = NULL")
    one, two = setting.standbys
    with setting.primary.statements() as primary, one.statements() as first, two.statements() as second:
        assert setting.site.api("/therapists/").status == 200

    assert any('UPDATE "directory_partnerkey"' in statement for statement in primary)
    assert not any("partnerkey" in statement for statement in first + second)


def test_staff_always_see_the_primary(setting: Setting) -> None:
    cookies = setting.site.sign_in()
    slug = sorted(setting.site.listed())[0]
    one, two = setting.standbys
    with setting.primary.statements() as primary, one.statements() as first, two.statements() as second:
        for path in ("/admin/directory/therapist/", "/therapists/", f"/therapists/{slug}/"):
            assert setting.site.get(path, Cookie=cookies).status == 200

    assert asks_the_directory(primary)
    assert not first + second


def test_check_says_of_each_replica_why_it_cannot_be_read(setting: Setting) -> None:
    one, two = setting.standbys
    nobody = "postgres://app:hunter2@127.0.0.1:1/postgres"
    urls = ",".join([one.url, nobody, setting.primary.url])
    environment = setting.site.environment | {"DATABASE_REPLICA_URLS": urls}
    ran = run("manage.py", "check", "--database", "default", **environment)

    assert ran.returncode == 0
    assert "replica_1" not in ran.stderr
    assert "(config.W003) replica_2 of DATABASE_REPLICA_URLS cannot be read: connection failed:" in ran.stderr
    assert "(config.W003) replica_3 of DATABASE_REPLICA_URLS cannot be read: it is no standby." in ran.stderr
    assert "hunter2" not in ran.stderr

    # The database of this clone is another server's.
    ran = run("manage.py", "check", "--database", "default", DATABASE_REPLICA_URLS=two.url, DEBUG="1")
    assert "replica_1 of DATABASE_REPLICA_URLS cannot be read: it is a standby of another server" in ran.stderr


# --- What is new ------------------------------------------------------------------------------------------------------
def test_what_a_curator_did_shows_on_the_very_next_page_whatever_the_standbys_know(setting: Setting) -> None:
    cookies = setting.site.sign_in()
    for standby in setting.standbys:
        standby.pause()
    with suspended(setting) as slug:
        assert setting.site.get(f"/therapists/{slug}/", Cookie=cookies).status == 410


def test_a_request_reads_back_what_it_wrote_itself(setting: Setting) -> None:
    told = setting.site.python(
        """
import django, time
django.setup()
from config.routing import reading
from directory.models import Therapist
for _ in range(20):
    with reading():
        therapist = Therapist.objects.order_by("id").first()
        read_from = therapist._state.db
        Therapist.objects.filter(pk=therapist.pk).update(headline="written just now")
        therapist.refresh_from_db()
        print(read_from, therapist._state.db, therapist.headline)
    if read_from != "default":
        break
    time.sleep(0.1)
"""
    )
    lines = set(told.splitlines())
    assert {line.rpartition("default ")[2] for line in lines} == {"written just now"}
    assert any(line.startswith("replica_") for line in lines)


def test_a_revoked_key_stops_at_once_although_the_standbys_have_not_heard(setting: Setting) -> None:
    for standby in setting.standbys:
        standby.pause()
    try:
        setting.primary.ask("UPDATE directory_partnerkey SET revoked_at = now()")
        assert setting.site.api("/therapists/").status == 401
    finally:
        setting.primary.ask("UPDATE directory_partnerkey SET revoked_at = NULL")


# --- Standbys that lag ------------------------------------------------------------------------------------------------
def test_a_standby_that_lags_is_left_within_a_second_and_taken_again_when_it_has_caught_up(setting: Setting) -> None:
    home = setting.home()
    name = f"replica_{setting.standbys.index(home) + 1}"
    told = len(setting.site.told())
    home.pause()
    with suspended(setting) as slug:
        wait_until(lambda: slug not in setting.site.listed(), seconds=A_SECOND)
        assert setting.reads_from(setting.other_than(home))
        wait_until(lambda: bool(setting.site.listed()) and len(setting.site.told()) > told)
        home.resume()
        wait_until(lambda: setting.reads_from(home))

    assert setting.site.told()[told:] == [
        {"event": "replica left", "replica": name, "reason": "behind"},
        {"event": "replica taken again", "replica": name},
    ]


def test_when_all_standbys_lag_the_primary_answers(setting: Setting) -> None:
    for standby in setting.standbys:
        standby.pause()
    with suspended(setting) as slug:
        wait_until(lambda: slug not in setting.site.listed(), seconds=A_SECOND)
        assert setting.reads_from(setting.primary)


def test_a_standby_that_was_cut_off_lags_although_it_has_replayed_all_it_got(setting: Setting) -> None:
    home = setting.home()

    def streams_from(port: int) -> None:
        home.ask(f"ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port={port} user=postgres'")
        home.ask("SELECT pg_reload_conf()")

    streams_from(1)  # where nobody is
    try:
        wait_until(lambda: home.ask("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == 0)
        with suspended(setting) as slug:
            wait_until(lambda: slug not in setting.site.listed(), seconds=A_SECOND)
            wait_until(lambda: home.ask("SELECT pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()"))
            assert not setting.reads_from(home)
    finally:
        streams_from(setting.primary.port)


def test_no_change_is_lost_on_the_way_from_server_to_server(setting: Setting) -> None:
    """The worker goes standby, other standby, primary, standby; at each stop changes are committed, late ones too."""
    site, primary = setting.site, setting.primary
    slugs = sorted(site.listed())
    home = setting.home()
    other = setting.other_than(home)
    stops = [(home, []), (other, [home]), (primary, [home, other]), (home, []), (primary, [home, other]), (home, [])]
    changed = 0
    expected = set(slugs)
    try:
        for stop, paused in stops:
            late, early, next_one = slugs[changed : changed + 3]
            changed += 3
            # Begun before the worker looks, committed after it has looked elsewhere.
            with primary.connect() as open_one, open_one.transaction():
                open_one.execute("UPDATE directory_therapist SET life = 'suspended' WHERE slug = %s", [late])
                suspend(primary, early)
                for standby in setting.standbys:
                    if standby in paused:
                        standby.pause()
                    else:
                        standby.resume()
                suspend(primary, next_one)
                expected -= {early, next_one}
                wait_until(lambda: site.listed() == expected, seconds=A_SECOND)  # noqa: B023
                wait_until(lambda: setting.reads_from(stop))  # noqa: B023
                assert site.listed() == expected
            expected -= {late}
            wait_until(lambda: site.listed() == expected, seconds=A_SECOND)  # noqa: B023
    finally:
        for slug in slugs[:changed]:
            publish(primary, slug)
    wait_until(lambda: site.listed() == set(slugs), seconds=A_SECOND)


# --- Servers that die -------------------------------------------------------------------------------------------------
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
    with setting.primary.connect() as holder:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE directory_searchcard IN ACCESS EXCLUSIVE MODE")  # standbys hold it as well
        holder.execute("SELECT pg_switch_wal()")
        wait_until(lambda: home.ask("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") > 0)
        thread = threading.Thread(target=lambda: answers.append(setting.site.api("/matches/", INTAKE)))
        thread.start()
        wait_until(lambda: home.ask(waiting) == 1)
        home.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        time.sleep(0.1)
        holder.execute("ROLLBACK")
    thread.join()

    assert [answer.status for answer in answers] == [200]


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
