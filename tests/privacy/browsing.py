"""The journey in a browser that keeps a profile on the disk, with a canary in every control of every page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, Request

from tests.journeys.conftest import ARGUMENTS
from tests.privacy.canaries import Canaries
from tests.privacy.sinks import below
from tests.privacy.site import Site
from tests.privacy.visits import COUPLE, Form, chosen

# What a page's own scripts could keep, as text. Names and all values.
STORES = """async () => {
  const databases = [];
  for (const {name} of await indexedDB.databases()) {
    const open = await new Promise((done, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    for (const store of open.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = open.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      databases.push([name, store, rows]);
    }
    open.close();
  }
  const caches_ = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      caches_.push([name, request.url, await (await cache.match(request)).text()]);
    }
  }
  const workers = (await navigator.serviceWorker.getRegistrations()).map((worker) => worker.scope);
  return {
    "local storage": {...localStorage},
    "session storage": {...sessionStorage},
    "indexed databases": databases,
    "cache storage": caches_,
    "service workers": workers,
    "window name": window.name,
    "state of the history": history.state,
  };
}"""
# A person who forges: every control of the question gets a word instead of what it offers.
FORGE = """([selector, words]) => {
  for (const control of document.querySelectorAll(selector)) {
    const word = words[control.name];
    if (control.tagName === "SELECT") control.add(new Option(word, word, true, true));
    else if (["radio", "checkbox"].includes(control.type)) { control.value = word; control.checked = true; }
  }
}"""
CONTROLS = "form.question :is(input, select, textarea)[name]:not([type=hidden])"
TYPED = 'form.question :is(input:not([type]), [type="text"], [type="number"], textarea)'


@dataclass
class Browsing:
    """What a browser told and kept."""

    profile: Path
    addresses: list[str] = field(default_factory=list)
    referrers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    stores: dict[str, list[str]] = field(default_factory=dict)

    def notice(self, request: Request) -> None:
        self.addresses.append(request.url)
        self.referrers.append(request.headers.get("referer", ""))

    def look_into(self, page: Page) -> None:
        """Take down what is kept at this moment."""
        self.addresses += [page.url, page.evaluate("document.referrer")]
        self.cookies += [json.dumps(cookie) for cookie in page.context.cookies() if cookie["name"] != "__Host-draft"]
        for name, kept in page.evaluate(STORES).items():
            self.stores.setdefault(name, []).append(json.dumps(kept))

    def sink(self, name: str) -> Iterator[bytes]:
        if name == "profile on the disk":
            # But not what it opens its own tabs from after a crash (Sessions): there the last form that was refused
            # stands as it was sent, as with any site. An accepted answer leads to another address and is not there.
            yield from below(self.profile, without="Sessions")
            return
        texts = {"addresses": self.addresses, "referrers": self.referrers, "cookies": self.cookies}
        texts["console"] = self.complaints
        yield from (text.encode() for text in (texts | self.stores)[name])


BROWSER_SINKS = [
    *("addresses", "referrers", "cookies", "console", "profile on the disk"),
    *("local storage", "session storage", "indexed databases", "cache storage", "service workers", "window name"),
    "state of the history",
]


@contextmanager
def browser(playwright: Playwright, profile: Path) -> Iterator[tuple[BrowserContext, Browsing]]:
    """A browser with a profile of its own. When this ends, all that it keeps is on the disk."""
    browsing = Browsing(profile)
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=[*ARGUMENTS, "--ignore-certificate-errors"],
        ignore_https_errors=True,
    )
    context.on("request", browsing.notice)
    context.on("console", lambda message: browsing.complaints.append(message.text))
    yield context, browsing
    context.close()


def go_through_the_journey(page: Page, browsing: Browsing, site: Site, canaries: Canaries, pages: list[str]) -> None:
    """Forge an answer on each of these pages, then give one that it offers; see the results and two lists."""
    for path in pages:
        page.goto(site.url + path)
        names = page.eval_on_selector_all(CONTROLS, "controls => controls.map(control => control.name)")
        words = {name: canaries.word(f"{path} {name}, in the browser") for name in names}
        page.evaluate(FORGE, [CONTROLS, words])
        for control in page.locator(TYPED).all():
            control.fill("")
            control.press_sequentially(words[str(control.get_attribute("name"))])
        _send(page)
        browsing.look_into(page)
        page.goto(site.url + path)
        _choose_what_is_offered(page)
        _send(page)
    for path in ("/match/results/", "/match/why/", "/therapists/", "/shortlist/"):
        page.goto(site.url + path)
        browsing.look_into(page)
    assert page.context.cookies()


def _choose_what_is_offered(page: Page) -> None:
    form = Form("")
    for name, value in page.eval_on_selector_all(
        "form.question :is(input[type=radio], input[type=checkbox])",
        "controls => controls.map(control => [control.name, control.getAttribute('value') || ''])",
    ):
        form.controls.setdefault(name, []).append(value)
    for name in form.controls:
        for value in chosen(form, name, COUPLE):
            page.locator(f'form.question [name="{name}"][value="{value}"]').check()
    for select in page.locator("form.question select").all():
        select.select_option(index=1)


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form.question button[type=submit], form.question button:not([type])").first.click()


# --- Planted leaks ----------------------------------------------------------------------------------------------------
LEAKS = {
    "local storage": "word => localStorage.setItem('answer', word)",
    "session storage": "word => sessionStorage.setItem('answer', word)",
    "cookies": "word => { document.cookie = `answer=${word}; path=/` }",
    "console": "word => console.log(word)",
    "window name": "word => { window.name = word }",
    "state of the history": "word => history.replaceState({word}, '')",
    "cache storage": "async word => (await caches.open('x')).put('/x', new Response(word))",
    "indexed databases": """word => new Promise(done => {
        const asked = indexedDB.open('answers');
        asked.onupgradeneeded = () => asked.result.createObjectStore('a', {autoIncrement: true});
        asked.onsuccess = () => {
          const change = asked.result.transaction('a', 'readwrite');
          change.objectStore('a').add({word});
          change.oncomplete = () => { asked.result.close(); done(); };
        };
    })""",
    "service workers": "word => navigator.serviceWorker.register(`/sweep/worker.js`, {scope: `/sweep/${word}/`})",
}


def leak(page: Page, sink: str, site: Site, word: str) -> None:
    page.goto(f"{site.url}/learn/")
    match sink:
        case "addresses":
            page.goto(f"{site.url}/learn/?answer={word}")
        case "referrers":
            page.goto(f"{site.url}/learn/?answer={word}")
            page.locator("a[href='/privacy/']").first.click()
        case "profile on the disk":
            page.set_extra_http_headers({"X-Word": word})
            page.goto(f"{site.url}/sweep/cacheable/")
        case _:
            page.evaluate(LEAKS[sink], word)
