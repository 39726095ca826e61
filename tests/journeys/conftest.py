"""The browser: Debian's Chromium, and a guard that no page may call anyone, break its own policy or complain."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

# Playwright keeps an event loop in the thread of the test; the ORM is called there only between two steps of a journey.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# axe leaves it at "please review" when a description or label names an id that is not there.
LOST_REFERENCES = """() => ["aria-describedby", "aria-labelledby", "aria-controls", "aria-details", "for"].flatMap(
  attribute => [...document.querySelectorAll(`[${attribute}]`)].flatMap(
    element => element.getAttribute(attribute).trim().split(/\\s+/).filter(id => !document.getElementById(id))
      .map(id => `${attribute}=${id}`)))"""
LOCAL_SCHEMES = {"about", "data", "blob", "chrome"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"browser", "playwright"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium") or "chromium", "args": ARGUMENTS}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stand in for pytest-base-url's own fixture, which pytest 9.2 warns about. Journeys name `live_server.url`."""


@pytest.fixture
def guard(live_server: Any) -> Iterator[Callable[[BrowserContext], list[str]]]:
    """Watch a context of one's own (a second device, another policy); the test fails if anything is found in it."""
    host = urlsplit(live_server.url).netloc
    found: list[str] = []

    def watch(context: BrowserContext) -> list[str]:
        context.on("request", lambda request: found.extend(_stranger(request, host)))
        context.on("response", lambda response: found.extend(_broken_part(response)))
        context.on("console", lambda message: found.extend(_complaint(message)))
        context.on("weberror", lambda error: found.append(f"script error: {error.error}"))
        return found

    yield watch
    assert not found, "\n".join(found)


@pytest.fixture
def context(context: BrowserContext, guard: Callable[[BrowserContext], list[str]]) -> BrowserContext:
    """Every `page` of a browser test is watched."""
    guard(context)
    return context


@pytest.fixture
def page_without_policy(browser: Browser, guard: Callable[[BrowserContext], list[str]]) -> Iterator[Page]:
    """A page whose browser ignores our Content-Security-Policy: what the policy would silently stop shows here."""
    context = browser.new_context(bypass_csp=True)
    guard(context)
    yield context.new_page()
    context.close()


def _stranger(request: Request, host: str) -> Iterator[str]:
    url = urlsplit(request.url)
    if url.scheme not in LOCAL_SCHEMES and url.netloc != host:
        yield f"request to another host: {request.url}"


def _broken_part(response: Response) -> Iterator[str]:
    if response.status >= 400 and not response.request.is_navigation_request():
        yield f"part of a page answers {response.status}: {response.url}"


def _complaint(message: ConsoleMessage) -> Iterator[str]:
    # A violated policy is such a message too. Failed loads are told by their responses: an error page is no complaint.
    if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
        yield f"console {message.type}: {message.text}"


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Call with a page: fails with axe's words on any finding, on a lost reference, and when it scrolls sideways."""
    axe = Axe()

    def check(page: Page) -> None:
        results = axe.run(page, options={"runOnly": RULES})
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
        assert page.evaluate(LOST_REFERENCES) == [], page.url
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{page.url} scrolls sideways by {overflow}px"

    return check
