"""Somebody who searches while an import runs: one question after another until stdin closes; then the waits, as JSON.

No statement may wait for a lock: one that did for 10 ms would fail, and is counted.
"""

from __future__ import annotations

import json
import sys
import threading
import time

LOCK_TIMEOUT = "10ms"
PAUSE = 0.02  # seconds between two questions


def main() -> None:
    import django

    django.setup()
    from django.db import OperationalError, connection
    from django.utils import timezone

    from directory.models import SearchCard, Therapist
    from directory.roster.current import current
    from directory.roster.requirements import Requirements

    on = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")

    def search() -> None:
        roster = current()
        selection = roster.select(Requirements(on=on, jurisdictions=("CA",), delivery_methods=("telehealth",)))
        SearchCard.objects.by_id(selection.ids[:20])

    def browse() -> None:
        list(Therapist.objects.published(on=on).order_by("pk").defer("search_document")[:20])

    closed = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
    search()
    browse()
    waits: dict[str, list[float]] = {"search": [], "browse": []}
    blocked, sequence, after_commit = 0, current().sequence, 0.0
    figures: dict[str, float]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not closed.wait(PAUSE):
        for name, ask in (("search", search), ("browse", browse)):
            began = time.perf_counter()
            try:
                ask()
            except OperationalError:
                blocked += 1
                continue
            waited = (time.perf_counter() - began) * 1000
            if name == "search" and sequence != (sequence := current().sequence):
                after_commit = max(after_commit, waited)  # takes in what was committed: not the import's doing
            else:
                waits[name].append(waited)
    figures = {"questions": sum(map(len, waits.values())), "blocked": blocked}
    figures["after_commit_ms"] = round(after_commit, 1)
    for name, some in waits.items():
        figures[f"{name}_median_ms"] = round(sorted(some)[len(some) // 2], 1)
        figures[f"{name}_worst_ms"] = round(max(some), 1)
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
