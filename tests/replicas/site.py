"""The site as a user would set it up: gunicorn with DATABASE_URL and DATABASE_REPLICA_URLS, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.replicas.servers import Server, free_port, wait_until

ROOT = Path(__file__).parent.parent.parent
INTAKE = {"state": "CA", "delivery": ["telehealth"], "session_format": "individual"}
PREPARE = """
import json, django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from directory.actions import issue_key
from directory.models import Partner, Scope
call_command("migrate", verbosity=0)
call_command("load_taxonomy", verbosity=0)
call_command("seed_demo", therapists=60, seed=7, verbosity=0)
User.objects.create_superuser("cora", password="correct horse battery")
print(json.dumps(issue_key(partner=Partner.objects.create(name="A partner site"), scopes=list(Scope.values))))
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python process with the settings of a clone, and these variables."""
    without = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    clean = {name: value for name, value in os.environ.items() if name not in without}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    cookies: list[str]

    def json(self) -> Any:
        return json.loads(self.text)


class Site:
    """One worker process with threads, over a primary and its standbys."""

    def __init__(self, directory: Path, primary: Server, standbys: list[Server], *, key: str = "") -> None:
        self.directory, self.port, self.key = directory, free_port(), key
        without = ("DATABASE_URL", "DATABASE_REPLICA_URLS")
        self.environment = {name: value for name, value in os.environ.items() if name not in without} | {
            "DJANGO_SETTINGS_MODULE": "tests.replicas.settings",
            "PYTHONPATH": str(ROOT),
            "REQUEST_LOG": "0",
            "SECRET_KEY": "of the test of replicas " * 3,
            "DATABASE_URL": primary.url,
            "DATABASE_REPLICA_URLS": ", ".join(standby.url for standby in standbys),
            "PGAPPNAME": "site",
        }

    def prepare(self) -> str:
        """Make tables, vocabularies, invented therapists, a curator and a partner's key, which is the answer."""
        key: str = json.loads(self.python(PREPARE).splitlines()[-1])
        return key

    def python(self, code: str) -> str:
        ran = run("-c", code, **self.environment)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    @contextmanager
    def running(self) -> Iterator[None]:
        arguments = f"--bind 127.0.0.1:{self.port} --workers 1 --threads 4 --no-control-socket --graceful-timeout 1"
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", *arguments.split()]
        with (self.directory / "site.log").open("wb") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=out, stderr=out)
        self._gunicorn = psutil.Process(process.pid)
        try:
            wait_until(lambda: self._is_up(process), seconds=30)
            yield
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nobody waits for an answer any more
            process.wait(20)

    def worker(self) -> psutil.Process:
        [worker] = self._gunicorn.children()
        return worker

    def _is_up(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.log()
        try:
            return self.get("/livez").status == 200
        except ConnectionError:
            return False

    def log(self) -> str:
        return (self.directory / "site.log").read_text()

    def told(self) -> list[dict[str, Any]]:
        """What the site has said of its replicas, without when."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [
            {name: value for name, value in line.items() if name not in {"timestamp", "level"}}
            for line in lines
            if "replica" in line
        ]

    # --- Asking -------------------------------------------------------------------------------------------------------

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, headers=headers)

    def api(self, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Ask the API as the partner; POST when there is a body."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        return self._ask("GET" if body is None else "POST", f"/api/v1{path}", headers, json.dumps(body or {}))

    def listed(self) -> set[str]:
        """The slugs of all who are listed, and how many more the roster counts, who have no card any longer."""
        answer = self.api("/therapists/?page_size=100")
        assert answer.status == 200, answer.text
        page = answer.json()
        slugs = {card["slug"] for card in page["results"]}
        return slugs if page["total"] == len(slugs) else {*slugs, f"and {page['total'] - len(slugs)} more"}

    def sign_in(self) -> str:
        """The cookies of the curator."""
        form = self.get("/admin/login/")
        token = form.cookies[0].split(";")[0]
        csrf = token.partition("=")[2]
        body = f"username=cora&password=correct+horse+battery&csrfmiddlewaretoken={csrf}"
        headers = {"Cookie": token, "Content-Type": "application/x-www-form-urlencoded"}
        entered = self._ask("POST", "/admin/login/", headers, body)
        assert entered.status == 302, entered.text
        return "; ".join(cookie.split(";")[0] for cookie in entered.cookies)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, None if method == "GET" else body, dict(headers))
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(response.status, text, response.headers.get_all("Set-Cookie") or [])
        finally:
            connection.close()
