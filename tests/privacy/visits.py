"""Visits that leave a canary wherever one can be let in: in every field, header and query, in the API, in errors."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import ssl
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.privacy.accidents import ACCIDENTS, LOCK
from tests.privacy.canaries import Canaries
from tests.privacy.site import Site

JOURNEY = "/match/"
MOST_PAGES = 80
NOT_QUESTIONS = (
    "/match/return/drop/",
    "/match/questions/delete/",
    "/match/questions/second/remove/",
    "/match/exit/",
    "/match/under-18/",
    "/match/why/",
)
INTAKE = {"state": "CA", "delivery": ["telehealth"], "session_format": "individual"}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way through the questions: whom it is for, and which of the values is chosen that other pages offer."""

    reason: str
    choice: int


ALONE, FAMILY, COUPLE = Way(reason="other", choice=0), Way(reason="family", choice=1), Way(reason="couple", choice=1)


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a certificate of our own, on loopback
    return context


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def location(self) -> str:
        return dict(self.headers).get("Location", "")


class Visitor:
    """A browser without a browser: keeps cookies and all answers, and has a canary in every header of every request."""

    def __init__(self, site: Site, canaries: Canaries) -> None:
        self.site, self.canaries = site, canaries
        self.cookies: dict[str, str] = {}
        self.answers: list[Answer] = []
        self.visited: list[str] = []
        self.questions: list[str] = []  # addresses of the pages that asked something on the last way, in order

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, headers)

    def post(self, path: str, values: Any, **headers: str) -> Answer:
        token = {"csrfmiddlewaretoken": self._token()} if self._token() else {}
        body = urlencode([*token.items(), *values], doseq=True).encode()
        return self.send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        word = self.canaries.word
        planted = {
            "User-Agent": f"Mozilla/5.0 {word('User-Agent')}",
            "Referer": f"{self.site.url}/match/?{word('Referer')}",
            "X-Forwarded-For": f"203.0.113.7, {word('X-Forwarded-For')}",
            "Accept-Language": f"en, {word('Accept-Language')}",
            "From": f"{word('From')}@example.org",
            "Origin": self.site.url,
            "Cookie": "; ".join(f"{name}={value}" for name, value in [*self.cookies.items(), ("c", word("Cookie"))]),
        }
        connection = http.client.HTTPSConnection(self.site.host, self.site.port, context=trusting(), timeout=30)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
                connection.request(method, path, body, planted | headers)  # the server may have read enough of it
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        except (OSError, http.client.HTTPException):
            answer = Answer(0, [], b"")  # it hung up
        finally:
            connection.close()
        self.answers.append(answer)
        self.visited.append(urlsplit(path).path)
        for name, value in answer.headers:
            if name == "Set-Cookie":
                for cookie in SimpleCookie(value).values():
                    self.cookies[cookie.key] = cookie.value
        return answer

    def raw(self, request: bytes) -> None:
        """Bytes that are no proper request; the server may answer or hang up."""
        with (
            socket.create_connection((self.site.host, self.site.port), timeout=10) as plain,
            trusting().wrap_socket(plain, server_hostname=self.site.host) as connection,
            contextlib.suppress(OSError),
        ):
            connection.sendall(request)
            while connection.recv(65536):
                pass

    def _token(self) -> str:
        return self.cookies.get("__Host-csrf", "")


# --- Pages and their forms --------------------------------------------------------------------------------------------
@dataclass
class Form:
    action: str
    controls: dict[str, list[str]] = field(default_factory=dict)  # name → the values it offers


class Page(HTMLParser):
    """The forms that a page posts, and its links that look like buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.buttons: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        match tag:
            case "form" if values.get("method", "").lower() == "post":
                self._form = Form(values.get("action", ""))
                self.forms.append(self._form)
            case "a" if "button" in values.get("class", "").split():
                self.buttons.append(values.get("href", ""))
            case "select":
                self._select = values.get("name")
            case "option" if self._form and self._select:
                self._form.controls.setdefault(self._select, []).append(values.get("value", ""))
            case "input" | "textarea" | "button" if self._form and values.get("name"):
                if values["name"] != "csrfmiddlewaretoken":
                    offered = values.get("value", "") if values.get("type") in {"radio", "checkbox", "hidden"} else ""
                    self._form.controls.setdefault(values["name"], []).append(offered)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    @property
    def question(self) -> Form | None:
        return next((form for form in self.forms if form.action not in NOT_QUESTIONS), None)


def walk(visitor: Visitor, way: Way) -> None:
    """Go through the journey as the pages themselves lead, to the results.

    On every page each control first gets a canary instead of a value that it offers; then, so that the way goes on,
    one that it offers. What new pages ask is thereby swept as well.
    """
    path, visitor.questions = JOURNEY, []
    for _ in range(MOST_PAGES):
        answer = visitor.get(path)
        while answer.status in {301, 302, 303}:
            path = answer.location
            answer = visitor.get(path)
        page = Page(answer.body.decode())
        if (form := page.question) is None or path == JOURNEY:
            if urlsplit(path).path == "/match/results/":
                return
            path = next(button for button in page.buttons if button.startswith(JOURNEY))
            continue
        visitor.questions.append(path)
        action = form.action or path
        visitor.post(action, [(name, visitor.canaries.word(f"{action} {name}")) for name in form.controls])
        values = [(name, value) for name in form.controls for value in chosen(form, name, way)]
        answer = visitor.post(action, values)
        assert answer.status in {302, 303}, f"{path} refused {form} with {answer.status}"
        path = answer.location
    raise AssertionError(f"The journey has no end: {visitor.visited[-5:]}")


def chosen(form: Form, name: str, way: Way) -> list[str]:
    """A value that this control offers; none where a person would type."""
    offered = [value for value in form.controls[name] if value]
    if way.reason in offered:
        return [way.reason]
    return [offered[min(way.choice, len(offered) - 1)]] if offered else []


# --- Everything else that a request can carry -------------------------------------------------------------------------
def visit_everything(site: Site, canaries: Canaries) -> Visitor:
    """All visits of the sweep, with accidents and without a database. Returns who made them."""
    canaries.adopt("the partner's key", site.partner_key.partition(".")[2])
    visitor = Visitor(site, canaries)
    for way in (ALONE, FAMILY, COUPLE):
        walk(visitor, way)
        ask_why(visitor)
        canaries.adopt(f"the key of the draft for {way.reason}", visitor.cookies["__Host-draft"])
        visitor.post("/match/questions/delete/", [])
        visitor.cookies.pop("__Host-draft")
    use_codes(visitor)
    seal_a_draft(visitor)
    browse(visitor)
    call_the_api(visitor)
    sign_in(visitor)
    send_what_is_refused(visitor)
    meet_accidents(visitor)
    with site.database_stopped():
        ask_without_a_database(visitor)
    assert visitor.get("/therapists/").status == 200, "the site is well again"
    return visitor


def ask_why(visitor: Visitor) -> None:
    """Why one match stands above another: of two that are offered, and of one whom nobody lists."""
    results = Page(visitor.get("/match/results/").body.decode())
    pairs = [form.controls for form in results.forms if form.action == "/match/why/"]
    for first, second in [(pair["first"][0], pair["second"][0]) for pair in pairs[:1]] + [
        (visitor.canaries.word("a slug to compare"), visitor.canaries.word("another slug to compare"))
    ]:
        assert visitor.post("/match/why/", [("first", first), ("second", second)]).status == 302
        assert visitor.get("/match/why/").status == 200
    visitor.post("/match/why/", [("first", visitor.canaries.word("no slug at all") + "?")])


def seal_a_draft(visitor: Visitor) -> None:
    assert visitor.send("POST", "/sweep/seal/", visitor.canaries.word("a sealed answer").encode(), {}).status == 200
    visitor.canaries.adopt("the key of the sealed draft", visitor.cookies["__Host-draft"])


def use_codes(visitor: Visitor) -> None:
    """Invite a partner, join, come back: the codes themselves must be nowhere either, and whatever else is typed."""
    word, keep = visitor.canaries.word, visitor.canaries.adopt
    visitor.post("/match/needs/for/", [("reason", "couple")])
    visitor.post("/match/couple/invite/", [])
    invitation = code_on(visitor.get("/match/couple/"))
    visitor.post("/match/couple/share/", [("share", word("whether to share"))])
    visitor.post("/match/couple/share/", [("share", "yes")])
    back = code_on(visitor.post("/match/return/code/", []))
    host = visitor.cookies.pop("__Host-draft")
    for typed in (word("a code of a partner"), invitation):
        visitor.post("/match/couple/join/", [("code", typed)])
    assert visitor.cookies["__Host-draft"] != host, "somebody has joined"
    for typed in (word("a code to come back"), back):
        visitor.post("/match/return/", [("code", typed), ("replace", "on")])
    assert visitor.cookies["__Host-draft"] == host, "the code opens the same draft"
    for place, code in (("an invitation code", invitation), ("a return code", back)):
        keep(place, code)
        keep(f"{place}, without its spaces", code.replace(" ", ""))
    keep("the key behind a return code", host)
    visitor.post("/match/couple/withdraw/", [])
    visitor.cookies.pop("__Host-draft")


def code_on(answer: Answer) -> str:
    found = re.search(r'class="code"[^>]*>([^<]+)<', answer.body.decode())
    assert found is not None, answer.status
    return found[1]


def browse(visitor: Visitor) -> None:
    word = visitor.canaries.word
    for name in ("q", "zip", "state", "insurance", "fee_max", "page", "nothing"):
        visitor.get(f"/therapists/?{name}={word(f'query {name}')}")
    visitor.get(f"/match/questions/about/?{word('query of a question')}")
    visitor.get(f"/{word('a path that is no page')}/")
    visitor.get(f"/therapists/{word('a therapist who is not there')}/")
    visitor.get(f"/static/{word('a file that is not there')}.css")
    visitor.post(f"/shortlist/{word('a slug for the shortlist')}/", [("keep", word("keep"))])
    visitor.cookies |= {"shortlist": word("cookie of the shortlist"), "__Host-session": word("cookie of a session")}
    for path in ("/shortlist/", "/match/results/", "/admin/"):
        visitor.get(path)
    del visitor.cookies["shortlist"], visitor.cookies["__Host-session"]


def call_the_api(visitor: Visitor) -> None:
    word = visitor.canaries.word
    key = {"Authorization": f"Bearer {visitor.site.partner_key}"}
    bodies: list[tuple[str, Any]] = [("matches", {**INTAKE, name: word(f"intake {name}")}) for name in _INTAKE_KEYS]
    bodies += [
        ("matches", {**INTAKE, word("a key of the intake"): 1}),
        ("matches", {**INTAKE, "concerns": {word("a concern"): 3}}),
        ("matches", {**INTAKE, "near": {"zip": word("ZIP"), "within": word("miles")}}),
        ("matches", {**INTAKE, "attachment": {"instrument": word("instrument"), "responses": {word("item"): 7}}}),
        ("instruments/closeness-12/score", {"responses": {"1": word("response"), word("id of an item"): 7}}),
    ]
    for place, body in bodies:
        visitor.send("POST", f"/api/v1/{place}/", json.dumps(body).encode(), _JSON | key)
    visitor.send("POST", "/api/v1/matches/", b'{"state": "' + word("broken JSON").encode(), _JSON | key)
    visitor.send("POST", "/api/v1/matches/", word("a body of no type").encode(), {"Content-Type": "text/x"} | key)
    visitor.send("POST", "/api/v1/matches/", word("a body too large").encode() * 4000, _JSON | key)
    visitor.send("GET", f"/api/v1/therapists/?{word('a parameter')}={word('its value')}", None, key)
    visitor.send("GET", f"/api/v1/therapists/?q={word('q of the API')}&zip={word('zip of the API')}", None, key)
    visitor.send("GET", "/api/v1/taxonomy/", None, {"Authorization": f"Bearer {word('a wrong key')}"})
    assert visitor.send("POST", "/api/v1/matches/", json.dumps(INTAKE).encode(), _JSON | key).status == 200


_JSON = {"Content-Type": "application/json"}
_INTAKE_KEYS = (
    *("state", "delivery", "near", "session_format", "populations", "concerns", "trauma", "safe_at_home", "signs"),
    *("attachment", "partner_attachment", "approaches", "insurance", "fee_max", "languages", "genders"),
    *("opening_within_days", "must", "limit", "facets"),
)


def sign_in(visitor: Visitor) -> None:
    """A curator who mistypes, then gets in, searches and sends a form that is refused."""
    word = visitor.canaries.word
    login = f"/admin/login/?next=/admin/?{word('next')}"
    visitor.get("/admin/login/")
    for password in (word("a password"), "correct horse battery"):
        answer = visitor.post(login, [("username", "cora"), ("password", password), ("more", word("more"))])
    assert answer.status == 302
    visitor.answers.pop()  # its Location repeats the address that was asked for
    assert visitor.get(f"/admin/directory/therapist/?q={word('search at the desk')}").status == 200
    refused = [("name", ""), ("email", word("an email that is none")), ("npi", word("an NPI that is none"))]
    assert visitor.post("/admin/directory/therapist/add/", refused).status == 200
    visitor.post("/admin/logout/", [])


def send_what_is_refused(visitor: Visitor) -> None:
    word, host = visitor.canaries.word, visitor.site.host
    about = "/match/questions/about/"
    visitor.get(about, Host=f"{word('Host')}.example")
    visitor.post(about, [("about", word("from elsewhere"))], Origin=f"https://{word('Origin')}.example")
    visitor.send("POST", about, urlencode({"about": word("no token"), "csrfmiddlewaretoken": "x"}).encode(), _FORM)
    visitor.post(about, [(word("a name"), word("too many values"))] * 2100)
    visitor.send("POST", about, word("too large").encode() * 400_000, _FORM)
    visitor.post(about, [("about", f"\0{word('NUL')}")])
    visitor.send("PROPFIND", f"{about}?{word('odd method')}", None, {})
    for boundary, filename in (("b", word("file name")), (word("boundary"), "x")):
        content = word("content of a file").encode() * 150_000  # large enough for a temporary file
        head = f'--b\r\nContent-Disposition: form-data; name="f"; filename="{filename}"\r\n\r\n'
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}", "X-CSRFToken": visitor._token()}
        visitor.send("POST", about, head.encode() + content + b"\r\n--b--\r\n", kind)
    for line, rest in (
        (f"GET /?{word('version')} HTTP/9.9", ""),
        (f"{word('method')}\x01 / HTTP/1.1", ""),
        (f"GET /?{word('a line without end') * 600} HTTP/1.1", ""),
        (f"GET /?{word('query of a bad header')} HTTP/1.1", f"Host: {host}\r\n{word('header without a colon')}\r\n"),
        ("GET / HTTP/1.1", f"Host: {host}\r\nX: {word('a large header') * 9000}\r\n"),
        ("POST / HTTP/1.1", f"Host: {host}\r\nContent-Length: {word('length')}\r\n"),
        ("POST / HTTP/1.1", f"Host: {host}\r\nTransfer-Encoding: chunked\r\n\r\n{word('chunk')}\r\n"),
        (f"POST /?{word('cut short')} HTTP/1.1", f"Host: {host}\r\nTransfer-Encoding: {word('encoding')}\r\n"),
    ):
        visitor.raw(f"{line}\r\n{rest}\r\n".encode())


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def meet_accidents(visitor: Visitor) -> None:
    word = visitor.canaries.word
    key = {"Authorization": f"Bearer {visitor.site.partner_key}"}
    with visitor.site.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        for accident in ACCIDENTS:
            header = {"X-Accident": accident}
            query = f"?{word(f'query, {accident}')}"
            body = json.dumps({**INTAKE, "state": word(f"API, {accident}")}).encode()
            if accident != "the end of the worker":  # one is enough: another takes its place
                visitor.send("POST", f"/api/v1/matches/{query}", body, _JSON | key | header)
            visitor.post(f"/match/questions/about/{query}", [("about", word(f"body, {accident}"))], **header)


def ask_without_a_database(visitor: Visitor) -> None:
    word = visitor.canaries.word
    query = f"?{word('query without a database')}"
    visitor.cookies["__Host-draft"] = "A" * 43
    assert visitor.get(f"/therapists/{query}").status == 503
    assert visitor.get(f"/match/results/{query}").status == 503
    assert visitor.get("/crisis/").status == 200
    assert visitor.post("/match/questions/about/", [("about", word("body without a database"))]).status == 503
    body = json.dumps({**INTAKE, "state": word("API without a database")}).encode()
    key = {"Authorization": f"Bearer {visitor.site.partner_key}"}
    assert visitor.send("POST", "/api/v1/matches/", body, _JSON | key).status == 503
