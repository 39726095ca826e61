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

from directory.actions import issue_key
from directory.models import Partner, Scope
from tests.benchmarks.http_load import ask
from tests.benchmarks.questions import Question

MIX = {"S": 0.3, "M": 0.4, "G": 0.2, "B": 0.1}
REQUESTS = 100
ROUNDS = 3  # of each kind in turn, so that noise hits all
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


def _phase(client: Popen[str], port: int, worker: int, requests: list[str], seconds: float) -> tuple[float, float]:
    assert client.stdin is not None
    assert client.stdout is not None
    before = _cpu_ns(worker)
    client.stdin.write(json.dumps({"port": port, "seconds": seconds, "requests": requests}) + "\n")
    client.stdin.flush()
    line = client.stdout.readline()
    if not line:
        raise AssertionError("the client of the HTTP measurement ended")
    done = json.loads(line)
    return done["served"] / done["seconds"], (_cpu_ns(worker) - before) / 1e6 / done["served"]


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
def _server(*, bare: bool = False) -> Iterator[tuple[int, int]]:
    """gunicorn as in `make demo`, with one worker: its port and the worker's process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    # The master too, since its worker inherits the core.
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--no-control-socket", "--log-level", "warning", "--timeout", "300"]  # fmt: skip
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.http_settings"}
    with Popen(command, env=environment | ({"BENCH_BARE": "1"} if bare else {})) as server:
        try:
            _pin(server.pid, 0)
            _wait(port)
            worker = _worker_of(server.pid)
            _pin(worker, 0)
            yield port, worker
        finally:
            server.terminate()


@contextmanager
def _client() -> Iterator[Popen[str]]:
    with Popen([sys.executable, "-m", "tests.benchmarks.http_load"], stdin=PIPE, stdout=PIPE, text=True) as client:
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
