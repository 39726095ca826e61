"""A primary, two streaming standbys and a site over them: once for all tests here, whole again before each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.replicas.servers import Server, primary_server, standby_of, wait_until
from tests.replicas.site import Site


@dataclass(frozen=True)
class Setting:
    site: Site
    primary: Server
    standbys: list[Server]

    def home(self) -> Server:
        """The standby that the site's one process reads from while that is fresh (config/replicas.py)."""
        return self.standbys[self.site.worker().pid % len(self.standbys)]

    def other_than(self, one: Server) -> Server:
        return next(standby for standby in self.standbys if standby is not one)

    def reads_from(self, server: Server) -> bool:
        with server.statements() as asked:
            self.site.get("/therapists/")
        return any("directory_searchcard" in statement for statement in asked)


@pytest.fixture(scope="package")
def everything() -> Iterator[Setting]:
    directory = Path(tempfile.mkdtemp(prefix="replicas-"))  # not tmp_path: another user has to get there
    servers: list[Server] = []
    try:
        servers.append(primary := primary_server(directory / "primary"))
        key = Site(directory, primary, []).prepare()
        with ThreadPoolExecutor() as threads:
            standbys = list(threads.map(lambda name: standby_of(primary, directory / name), ("one", "two")))
        servers += standbys
        site = Site(directory, primary, standbys, key=key)
        with site.running():
            site.listed()  # the first use of a key in a day is written down
            yield Setting(site, primary, standbys)
    finally:
        for server in reversed(servers):
            server.stop()
        shutil.rmtree(directory)


@pytest.fixture
def setting(everything: Setting) -> Setting:
    """All three servers run, nobody is held back, and the site reads from its own standby again."""
    for server in (everything.primary, *everything.standbys):
        if not server.answers():
            server.start()
    for standby in everything.standbys:
        standby.resume()
        wait_until(lambda: standby.ask("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == 1)  # noqa: B023
    wait_until(lambda: everything.reads_from(everything.home()))
    return everything
