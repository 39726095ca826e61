"""Which server is asked what, read in the servers' own logs, under a site as a user would set it up."""

from __future__ import annotations

import pytest

from tests.replicas.conftest import Setting
from tests.replicas.site import INTAKE, Answer, run

pytestmark = pytest.mark.xdist_group("replicas")  # the servers are started once


def asks_the_directory(statements: list[str]) -> bool:
    return any(f"directory_{table}" in text for text in statements for table in ("search", "therapist", "approach"))


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
