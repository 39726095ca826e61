"""The canary sweep: words are let in wherever a visitor can leave one, much goes wrong, and no sink has any of them.

The site runs as on a server, in a process of its own (site.py). visits.py says what is let in where, accidents.py what
goes wrong, sinks.py what is read afterwards. That the sweep can find is shown by leaks planted on purpose, one a sink.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Playwright

from matching import forms
from tests.privacy.accidents import LEAKS
from tests.privacy.browsing import BROWSER_SINKS, Browsing, browser, go_through_the_journey, leak
from tests.privacy.canaries import Canaries
from tests.privacy.database import copy_of_the_test_database
from tests.privacy.sinks import SINKS, Sink
from tests.privacy.site import Site
from tests.privacy.visits import Visitor, visit_everything

pytestmark = [
    pytest.mark.xdist_group("sweep"),  # one site is enough for two cores
    pytest.mark.django_db,  # so that the test database, which the site's is a copy of, is made
]


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Site]:
    with django_db_blocker.unblock(), copy_of_the_test_database() as database:  # type: ignore[attr-defined]
        site = Site(tmp_path_factory.mktemp("sweep"), database)
        with site.running():
            yield site


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture(scope="module")
def visitor(site: Site, canaries: Canaries) -> Visitor:
    """Who made all the visits."""
    return visit_everything(site, canaries)


@pytest.fixture(scope="module")
def browsing(
    site: Site, canaries: Canaries, visitor: Visitor, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Browsing:
    """What a browser told and kept on a journey over the same questions."""
    with browser(playwright, tmp_path_factory.mktemp("profile")) as (context, browsing):
        go_through_the_journey(context.pages[0], browsing, site, canaries, visitor.questions)
    return browsing


@pytest.fixture(scope="module")
def leaks(
    site: Site, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Browsing, dict[str, Canaries]]:
    """What a browser told and kept after a leak into each of its sinks."""
    planted = {sink: Canaries() for sink in BROWSER_SINKS}
    with browser(playwright, tmp_path_factory.mktemp("leaky-profile")) as (context, browsing):
        for sink, canaries in planted.items():
            leak(context.pages[0], sink, site, canaries.word(sink))
            browsing.look_into(context.pages[0])
    return browsing, planted


@pytest.mark.parametrize("sink", SINKS, ids=lambda sink: sink.name)
def test_no_canary_is_in(sink: Sink, site: Site, visitor: Visitor, canaries: Canaries) -> None:
    assert canaries.found_in(sink.read(site, visitor)) == []


@pytest.mark.browser
@pytest.mark.parametrize("sink", BROWSER_SINKS)
def test_no_canary_is_in_the_browsers(sink: str, browsing: Browsing, canaries: Canaries) -> None:
    assert canaries.found_in(browsing.sink(sink)) == []


def test_the_sweep_met_every_question_of_the_journey(visitor: Visitor) -> None:
    asked = {f"/match/needs/{step.slug}/" for step in forms.STEPS} | {
        "/match/questions/about/",
        "/match/results/",
        "/match/why/",
    }
    assert asked | {f"/match/questions/{number}/" for number in range(1, 13)} <= {*visitor.visited}


def test_the_accidents_happened(visitor: Visitor) -> None:
    statuses = [answer.status for answer in visitor.answers]
    assert {200, 302, 400, 401, 403, 404, 413, 415, 422, 500, 503} <= {*statuses}


# --- The sweep proves itself ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sink", SINKS, ids=lambda sink: sink.name)
def test_a_leak_is_found_in(sink: Sink, site: Site) -> None:
    planted = Canaries()
    careless = Visitor(site, Canaries())
    word = planted.word(sink.name)
    answer = careless.send("POST", "/sweep/plant/", f"{sink.name}:{word}".encode(), {})
    assert answer.status == (500 if sink.name == "error pages" else 200)
    assert planted.found_in(sink.read(site, careless)) == [sink.name]


@pytest.mark.browser
@pytest.mark.parametrize("sink", BROWSER_SINKS)
def test_a_leak_is_found_in_the_browsers(sink: str, leaks: tuple[Browsing, dict[str, Canaries]]) -> None:
    browsing, planted = leaks
    assert planted[sink].found_in(browsing.sink(sink)) == [sink]


def test_every_sink_has_its_leak() -> None:
    assert {sink.name for sink in SINKS} == LEAKS.keys() | {"sessions", "headers of answers", "error pages"}


FORMS: dict[str, Callable[[str], bytes]] = {
    "text": str.encode,
    "capitals": lambda word: word.upper().encode(),
    "UTF-16": lambda word: word.encode("utf-16-le"),
    "UTF-16, the other way round": lambda word: word.encode("utf-16-be"),
    "hexadecimal": lambda word: word.encode().hex().encode(),
    "base64, one letter on": lambda word: base64.b64encode(f"a{word}".encode()),
    "base64, two letters on": lambda word: base64.b64encode(f"ab{word}".encode()),
    "base64 of addresses": lambda word: base64.urlsafe_b64encode(f"abc{word}".encode()),
    "an address": lambda word: quote(f"ü {word}").encode(),
    "JSON": lambda word: json.dumps(f'"ü" {word}').encode(),
}


@pytest.mark.parametrize("kept", FORMS.values(), ids=FORMS.keys())
def test_a_canary_is_found_in_whatever_form(kept: Callable[[str], bytes]) -> None:
    canaries = Canaries()
    other, word = canaries.word("another field"), canaries.word("a field")
    assert other != word
    assert canaries.found_in([b"before ", b"noise " + kept(word) + b" noise"]) == ["a field"]
    assert Canaries().found_in([kept(word)]) == []


def test_a_canary_that_was_cut_is_found() -> None:
    canaries = Canaries()
    word = canaries.word("a field")
    assert canaries.found_in([word[:-1].encode()]) == ["a piece of a canary"]
