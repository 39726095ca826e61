"""Whole requests against an empty Django view: one gunicorn worker on one core, the client on the other, loopback."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median
from subprocess import PIPE, Popen
from urllib.parse import urlencode

from directory.actions import issue_key
from directory.models import Partner, Scope
from tests.benchmarks.http_load import ask
from tests.benchmarks.questions import Question

MIX = {"S": 0.3, "M": 0.4, "G": 0.2, "B": 0.1}
REQUESTS = 100
ROUNDS = 3  # of each kind in turn, so that noise hits all
AT_A_TIME = 2  # requests for each worker, so that none waits for the client
PARTNER = "Benchmark"


def throughput(draw: Callable[[str, int], Sequence[Question]], *, seconds: float) -> dict[str, float]:
    """Requests a second of one core for matches, an empty view, and one without any middleware; medians of rounds.

    Also the worker's own CPU per request, which does not count what PostgreSQL does on the other core.
    """
    with _partner_key() as key, _server() as (port, worker), _server(bare=True) as (bare_port, bare_worker):
        matches = [_post(question, key) for question in _mixed(draw)]
        phases = {
            "matches": (port, worker, matches),
            "empty": (port, worker, [_get("/empty/")]),
            "bare": (bare_port, bare_worker, [_get("/empty/")]),
        }
        for port_of, _, requests in phases.values():
            for request in requests:  # everything is warm, and right
                body = ask(port_of, request.encode()).partition(b"\r\n\r\n")[2]
                if requests is matches and len(json.loads(body)["matches"]) != min(20, json.loads(body)["total"]):
                    raise AssertionError("an answer shows fewer matches than there are")
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in phases}
        with _client() as client:
            for _ in range(ROUNDS):
                for name, (port_of, pid, requests) in phases.items():
                    found[name].append(_phase(client, port_of, pid, requests, seconds))
    figures = {f"{name}_per_second": median(rate for rate, _ in rounds) for name, rounds in found.items()}
    return figures | {f"{name}_worker_ms": median(cpu for _, cpu in rounds) for name, rounds in found.items()}


def of_the_machine(draw: Callable[[str, int], Sequence[Question]], *, seconds: float) -> dict[str, float]:
    """Requests a second with a worker on every core, which client and PostgreSQL use as well."""
    cores = len(os.sched_getaffinity(0))
    with _partner_key() as key, _server(workers=cores) as (port, _), _client(pinned=False) as client:
        phases = {
            "matches": [_post(question, key) for question in _mixed(draw)],
            "pages": [_get(f"/therapists/?{urlencode(question.parameters)}") for question in _mixed(draw)],
        }
        found = {}
        for name, requests in phases.items():
            _ask(client, port, requests, cores, at_a_time=AT_A_TIME * cores)  # every worker has its connection
            served, lasted = _ask(client, port, requests, seconds * ROUNDS, at_a_time=AT_A_TIME * cores)
            found[f"machine_{name}_per_second"] = served / lasted
    return found | {"cores": cores}


def _phase(client: Popen[str], port: int, worker: int, requests: list[str], seconds: float) -> tuple[float, float]:
    before = _cpu_ns(worker)
    served, lasted = _ask(client, port, requests, seconds, at_a_time=AT_A_TIME)
    return served / lasted, (_cpu_ns(worker) - before) / 1e6 / served


def _ask(client: Popen[str], port: int, requests: list[str], seconds: float, *, at_a_time: int) -> tuple[int, float]:
    """How many were answered, and in how many seconds."""
    assert client.stdin is not None
    assert client.stdout is not None
    phase = {"port": port, "seconds": seconds, "requests": requests, "at_a_time": at_a_time}
    client.stdin.write(json.dumps(phase) + "\n")
    client.stdin.flush()
    line = client.stdout.readline()
    if not line:
        raise AssertionError("the client of the HTTP measurement ended")
    done = json.loads(line)
    return done["served"], done["seconds"]


def _mixed(draw: Callable[[str, int], Sequence[Question]]) -> list[Question]:
    mixed = [question for kind, share in MIX.items() for question in draw(kind, round(REQUESTS * share))]
    return Random("mix").sample(mixed, len(mixed))


def _post(question: Question, key: str) -> str:
    body = json.dumps(question.intake.to_json() | {"facets": True})
    return (
        f"POST /api/v1/matches/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
    )


def _get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@contextmanager
def _partner_key() -> Iterator[str]:
    """A key that nothing limits, and that opens nothing afterwards."""
    partner, _ = Partner.objects.get_or_create(name=PARTNER)
    try:
        yield issue_key(partner=partner, scopes=[Scope.MATCHES_CREATE])
    finally:
        partner.delete()


@contextmanager
def _server(*, bare: bool = False, workers: int = 1) -> Iterator[tuple[int, int]]:
    """gunicorn as in `make demo`: its port and a worker's process id. A single worker keeps to one core."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    options = f"--bind 127.0.0.1:{port} --workers {workers} --no-control-socket --log-level warning --timeout 300"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", *options.split()]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.http_settings"}
    with Popen(command, env=environment | ({"BENCH_BARE": "1"} if bare else {})) as server:
        try:
            _wait(port)
            worker = _worker_of(server.pid)
            for pid in (server.pid, worker) if workers == 1 else ():
                _pin(pid, 0)
            yield port, worker
        finally:
            server.terminate()


@contextmanager
def _client(*, pinned: bool = True) -> Iterator[Popen[str]]:
    with Popen([sys.executable, "-m", "tests.benchmarks.http_load"], stdin=PIPE, stdout=PIPE, text=True) as client:
        if pinned:
            _pin(client.pid, 1)
        yield client  # it ends with its input


def _pin(pid: int, core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {cores[core % len(cores)]})


def _wait(port: int, *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _worker_of(master: int, *, seconds: float = 30) -> int:
    """The master listens before it has a worker."""
    end = time.monotonic() + seconds
    while not (children := Path(f"/proc/{master}/task/{master}/children").read_text().split()):
        if time.monotonic() > end:
            raise TimeoutError("gunicorn has no worker")
        time.sleep(0.1)
    return int(children[0])


def _cpu_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
