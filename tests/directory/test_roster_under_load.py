"""Writers and readers together: no reader ever sees who was suspended before it asked, nor half of a change."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import threading
import time
from collections import deque

import pytest
from django.db import transaction

from directory.models import License, Therapist
from directory.roster import current as roster
from directory.roster.current import current
from directory.roster.requirements import Requirements
from tests.directory.rosters import Beside, hold_current
from tests.factories import TODAY, LicenseFactory, TherapistFactory

pytestmark = pytest.mark.usefixtures("committed")

WRITERS = READERS = 3
SECONDS = 3.0
ASKED = Requirements(on=TODAY, accepting=True, jurisdictions=("CA",))


class Life:
    """Who is suspended for certain: their suspension was committed, and nothing that lists them has begun since."""

    def __init__(self, people: list[Therapist]) -> None:
        self.ids = [therapist.pk for therapist in people]
        self.gone: dict[int, int] = {}  # therapist → which suspension it is
        self._suspensions = itertools.count()
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.written, self.read = deque[int](), deque[int]()

    def certainly_gone(self) -> set[tuple[int, int]]:
        with self.lock:
            return set(self.gone.items())

    def has_left(self, therapist: int) -> None:
        with self.lock:
            self.gone[therapist] = next(self._suspensions)

    def may_return(self, therapist: int) -> None:
        with self.lock:
            self.gone.pop(therapist, None)


def write(life: Life, mine: list[int], seed: int) -> None:
    drawn = random.Random(seed)
    while not life.stop.is_set() and mine:
        therapist = drawn.choice(mine)
        row = Therapist.objects.filter(pk=therapist)
        match drawn.choice(["suspend", "publish", "edit", "edit", "license", "license ends", "delete"]):
            case "suspend":
                row.update(life="suspended")
                life.has_left(therapist)
            case "publish":
                life.may_return(therapist)
                row.update(life="published")
            case "edit":
                with transaction.atomic():
                    row.update(accepting_clients=drawn.choice(["yes", "no", ""]))
                    row.update(gender=drawn.choice(["woman", "man", "nonbinary"]), fee_min=drawn.randint(50, 200))
            case "license":
                LicenseFactory(therapist_id=therapist, jurisdiction=drawn.choice(["CA", "NY", "WY"]))
            case "license ends":
                License.objects.filter(therapist=therapist).update(
                    expires_on=TODAY + dt.timedelta(days=drawn.choice([-1, 0, 400]))
                )
            case "delete" if len(mine) > 4 and drawn.random() < 0.2:
                row.delete()
                mine.remove(therapist)
                life.has_left(therapist)
        life.written.append(therapist)


def take_turns(life: Life, pair: list[int]) -> None:
    """Exactly one of the two is listed in every state of the directory."""
    for turn in range(10**9):
        if life.stop.is_set():
            return
        with transaction.atomic():
            Therapist.objects.filter(pk=pair[turn % 2]).update(life="suspended")
            Therapist.objects.filter(pk=pair[1 - turn % 2]).update(life="published")


def read(life: Life, pair: list[int], within_a_transaction: bool, whole: bool) -> None:
    while not life.stop.is_set():
        gone = life.certainly_gone()
        if within_a_transaction:
            with transaction.atomic():
                now = current()
        else:
            now = current()
        everybody, asked = now.select(Requirements(on=TODAY)), now.select(ASKED)
        listed = everybody.ids.tolist()
        back = {therapist for therapist, _ in life.certainly_gone() & gone} & set(listed)
        assert not back, "shown although suspended before the call"
        assert len(set(listed)) == len(listed) == everybody.total == len(everybody)
        # Of too many changes, who leaves is out at once and who comes waits for the load; never both are there.
        assert len(set(listed) & set(pair)) in ([1] if whole else [0, 1]), "half of a transaction"
        # What one answer says of itself agrees, whatever is written meanwhile.
        assert sum(everybody.facets()["gender"].values()) == everybody.total  # all state one
        assert asked.facets()["accepting"]["true"] == asked.total
        kept = [everybody.not_met_by(therapist) for therapist in listed]
        assert kept == [()] * len(listed)
        broken = [asked.not_met_by(therapist) for therapist in listed]
        assert asked.total == broken.count(())
        assert asked.removed_by == {name: sum(name in names for names in broken) for name in asked.removed_by}
        life.read.append(len(listed))


@pytest.mark.parametrize("most", [20_000, 3], ids=["change by change", "with loads beside the answers"])
def test_writers_and_readers_together(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MOST_CHANGES_AT_ONCE", most)
    with transaction.atomic():
        people = [TherapistFactory(gender="woman") for _ in range(24)]
        pair = [TherapistFactory(gender="man").pk, TherapistFactory(gender="man", life="suspended").pk]
    current()
    whole = most > 3
    life = Life(people)
    threads = [Beside(lambda: take_turns(life, pair))]
    for number in range(WRITERS):
        threads.append(Beside(lambda mine=life.ids[number::WRITERS], seed=number: write(life, mine, seed)))
    for number in range(READERS):
        threads.append(Beside(lambda within=number == 0: read(life, pair, within and whole, whole)))
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and all(thread.is_alive() for thread in threads):
        time.sleep(0.05)
    life.stop.set()
    for thread in threads:
        thread.ended()
    assert life.written
    assert life.read
    current()
    while (loading := roster._loading) is not None:  # one that began too early for the last changes is followed by one
        loading.join()
        current()
    hold_current()
