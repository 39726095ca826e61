"""The client of the HTTP measurement, in a process of its own: asks one request after the other, some at a time.

Reads one line of JSON for each phase: {"port", "seconds", "requests": [text], "at_a_time"}; writes one: {"served",
"seconds"}.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from itertools import count, cycle
from typing import Any


def ask(port: int, request: bytes) -> bytes:
    """The whole response. AssertionError unless it is 200 and complete: the server closes after each answer."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    response = b"".join(parts)
    if not response.startswith(b"HTTP/1.1 200 "):
        raise AssertionError(f"the server answered {response[:300]!r}")
    return response


def _phase(port: int, seconds: float, requests: list[str], at_a_time: int) -> dict[str, Any]:
    ready, served, failures = cycle([text.encode() for text in requests]), count(), []
    lock, start = threading.Lock(), time.perf_counter()

    def work() -> None:
        try:
            while time.perf_counter() < start + seconds:
                with lock:
                    request = next(ready)
                ask(port, request)
                next(served)
        except Exception as failure:
            failures.append(repr(failure))

    threads = [threading.Thread(target=work) for _ in range(at_a_time)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise AssertionError(failures[0])
    return {"served": next(served), "seconds": time.perf_counter() - start}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_phase(**json.loads(line))), flush=True)  # noqa: T201  the answer to the benchmark
