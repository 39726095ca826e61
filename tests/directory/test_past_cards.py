"""The card of before a change is kept, once per therapist and transaction, until nobody may need it any longer."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from directory.curation.search_rows import refresh_search_rows, triggers_deferred
from directory.models import Change, PastCard, Therapist
from directory.models.change import PAST_CARDS_KEPT
from directory.roster import current as current_roster
from directory.roster.current import current, forget
from directory.roster.facts import Facts
from directory.roster.reading import read_facts
from tests.directory.rosters import closing
from tests.factories import TherapistFactory


def fees_before(therapist_id: int) -> list[int | None]:
    """What the kept cards of a therapist say of the fee, oldest first."""
    cards = PastCard.objects.filter(therapist_id=therapist_id).order_by("transaction")
    return [past.card["fee_min"] for past in cards]


@pytest.mark.usefixtures("committed")
class TestEachTransaction:
    """Committed, as in life: one statement is one transaction here."""

    @pytest.fixture
    def ada(self) -> Therapist:
        with transaction.atomic():
            return TherapistFactory(slug="ada", fee_min=100)

    def test_who_is_new_had_no_card_before(self, ada: Therapist) -> None:
        assert not PastCard.objects.exists()

    def test_a_change_keeps_the_card_of_before(self, ada: Therapist) -> None:
        _save(ada, fee_min=110)
        _save(ada, fee_min=120)
        assert fees_before(ada.pk) == [100, 110]

    def test_a_change_of_the_texts_keeps_the_card_as_well(self, ada: Therapist) -> None:
        """Else nobody could tell whether the card was the same or is no longer kept."""
        _save(ada, bio="I listen.")
        assert fees_before(ada.pk) == [100]

    def test_many_writes_of_one_transaction_keep_what_was_before_the_first(self, ada: Therapist) -> None:
        with transaction.atomic():
            _save(ada, fee_min=110)
            _save(ada, life="suspended")
            _save(ada, life="published", fee_min=120)
        assert fees_before(ada.pk) == [100]

    def test_a_suspended_profile_was_public_and_stays(self, ada: Therapist) -> None:
        _save(ada, life="suspended")
        assert fees_before(ada.pk) == [100]

    def test_what_was_published_and_changed_at_once_nobody_saw(self) -> None:
        with transaction.atomic():
            _save(TherapistFactory(fee_min=100), fee_min=110)
        with transaction.atomic():
            _save(TherapistFactory(), life="archived")
        assert not PastCard.objects.exists()

    def test_of_the_erased_nothing_is_kept(self, ada: Therapist) -> None:
        _save(ada, fee_min=110)
        number = ada.pk
        ada.delete()
        assert Change.objects.filter(therapist_id=number, kind="removed").exists()
        assert not PastCard.objects.exists()

    def test_of_those_erased_in_bulk_nothing_is_kept(self, ada: Therapist) -> None:
        _save(ada, fee_min=110)
        number = ada.pk
        with transaction.atomic(), triggers_deferred():
            ada.delete()
            refresh_search_rows([number])
        assert Change.objects.filter(therapist_id=number, kind="removed").exists()
        assert not PastCard.objects.exists()

    def test_rolled_back_writes_keep_nothing(self, ada: Therapist) -> None:
        with transaction.atomic():
            _save(ada, fee_min=110)
            transaction.set_rollback(True)
        assert not PastCard.objects.exists()

    def test_purge_deletes_what_is_too_old(self, ada: Therapist) -> None:
        _save(ada, fee_min=110)
        PastCard.objects.update(at=timezone.now() - PAST_CARDS_KEPT - dt.timedelta(minutes=1))
        _save(ada, fee_min=120)
        call_command("purge", verbosity=0)
        assert fees_before(ada.pk) == [110]

    def test_the_first_change_of_each_comes_with_the_card_of_before(self, ada: Therapist) -> None:
        _save(ada, fee_min=110)
        sequence = current().sequence
        with transaction.atomic():
            ben = TherapistFactory()
        for fee in (120, 130):
            _save(ada, fee_min=fee)
            _save(ben, fee_min=fee)
        first = Change.objects.first_after(sequence)
        assert [(change.kind, change.card_before and change.card_before["fee_min"]) for change in first] == [
            ("updated", 110),
            ("published", None),
        ]


@pytest.mark.usefixtures("committed")
class TestTheNumberOfAState:
    """`sequence` names one state of the directory, although transactions get their numbers before they commit."""

    def test_who_commits_late_comes_after_what_was_seen(self) -> None:
        ada, ben, cleo = (TherapistFactory(slug=slug) for slug in ("ada", "ben", "cleo"))
        begun, go_on = threading.Event(), threading.Event()

        def slow() -> None:
            with transaction.atomic():
                _save(ada, fee_min=100)
                _save(cleo, fee_min=100)
                begun.set()
                assert go_on.wait(20)

        thread = threading.Thread(target=closing(slow))
        thread.start()
        assert begun.wait(20)
        _save(ben, fee_min=100)
        seen = current().sequence
        go_on.set()
        thread.join()
        after = Change.objects.filter(sequence__gt=seen).order_by("sequence")
        assert [change.slug for change in after] == ["ada", "cleo"]
        assert [change.slug for change in Change.objects.filter(sequence=seen)] == ["ben"]

    def test_two_who_commit_at_once_wait_for_each_other(self) -> None:
        """Many at once, each with several changes: whatever a reader saw never gets a predecessor afterwards."""
        people = [TherapistFactory() for _ in range(8)]
        forget()
        stop = threading.Event()
        seen: list[tuple[int, int]] = []

        def read() -> None:
            while not stop.is_set():
                changes = Change.objects.order_by("sequence").values_list("sequence", flat=True)
                numbers = list(changes)
                seen.append((numbers[-1], len(numbers)))

        def write(mine: list[Therapist]) -> None:
            for fee in range(8):
                with transaction.atomic():
                    for therapist in mine:
                        _save(therapist, fee_min=fee)

        reader = threading.Thread(target=closing(read))
        reader.start()
        writers = [
            threading.Thread(target=closing(lambda start=start: write(people[start : start + 2])))
            for start in range(0, 8, 2)
        ]
        for thread in writers:
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        reader.join()
        numbers = sorted(Change.objects.values_list("sequence", flat=True))
        for last, count in set(seen):
            assert sum(number <= last for number in numbers) == count

    def test_what_is_committed_between_look_and_reading_belongs_to_the_next_state(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ada = TherapistFactory(fee_min=100)
        current()
        _save(ada, fee_min=110)
        reading = read_facts

        def somebody_was_quicker(*args: Any) -> Facts:
            thread = threading.Thread(target=closing(lambda: _save(ada, fee_min=120)))
            thread.start()
            thread.join()
            return reading(*args)

        monkeypatch.setattr(current_roster, "read_facts", somebody_was_quicker)
        roster = current()
        assert [change.card_before["fee_min"] for change in Change.objects.first_after(roster.sequence)] == [110]
        assert roster.columns.facts.numbers["fee_from"].tolist() == [110]
        monkeypatch.undo()
        assert current().columns.facts.numbers["fee_from"].tolist() == [120]

    def test_numbers_of_one_transaction_stay_as_they_were_when_nobody_came_between(self) -> None:
        ada = TherapistFactory()
        with transaction.atomic():
            _save(ada, fee_min=100)
            number = Change.objects.latest("sequence").sequence
        assert Change.objects.latest("sequence").sequence == number


def _save(therapist: Therapist, **values: Any) -> None:
    for name, value in values.items():
        setattr(therapist, name, value)
    therapist.save()
