"""Never more than a second old, whatever the standbys do; at once for whoever wrote it."""

from __future__ import annotations

import pytest

from tests.replicas.changes import A_SECOND, publish, suspend, suspended
from tests.replicas.conftest import Setting
from tests.replicas.servers import wait_until

pytestmark = pytest.mark.xdist_group("replicas")  # the servers are started once


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
