"""The feed of changes: one line per therapist and transaction, and only for what a partner can see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from directory.models import (
    Change,
    CompactPrivilege,
    Jurisdiction,
    License,
    LicenseType,
    PracticeLocation,
    ScreeningFlag,
    SearchCard,
    SearchRow,
    Therapist,
    TherapistApproach,
)
from tests.factories import TODAY, LicenseFactory, TherapistFactory


def kinds(therapist_id: int) -> list[str]:
    return list(Change.objects.filter(therapist_id=therapist_id).order_by("sequence").values_list("kind", flat=True))


@pytest.mark.usefixtures("committed")
class TestEachTransaction:
    """Committed, as in life: one statement is one transaction here."""

    @pytest.fixture
    def ada(self) -> Therapist:
        with transaction.atomic():
            return TherapistFactory(name="Ada", slug="ada", approaches=["gottman"], zips=["90012"])

    def test_a_new_listing_is_published_once(self, ada: Therapist) -> None:
        assert list(Change.objects.values_list("kind", "therapist_id", "slug")) == [("published", ada.pk, "ada")]

    @pytest.mark.parametrize(
        ("description", "write"),
        [
            ("a new name", lambda ada: Therapist.objects.filter(pk=ada.pk).update(name="Ada L.")),
            ("a new fee, saved", lambda ada: _save(ada, fee_min=120)),
            ("a text that only the profile page shows", lambda ada: _save(ada, bio="I listen.")),
            ("a training", lambda ada: TherapistApproach.objects.filter(therapist=ada).update(trained=True)),
            ("an approach less", lambda ada: TherapistApproach.objects.filter(therapist=ada).delete()),
            ("a language", lambda ada: ada.languages.set(_codes("languages", "es"))),
            ("another session format", lambda ada: ada.session_formats.set(_codes("session_formats", "couple"))),
            ("a longer license", lambda ada: ada.licenses.update(expires_on=TODAY + dt.timedelta(days=900))),
            ("a second license", lambda ada: LicenseFactory(therapist=ada, jurisdiction="NY")),
            ("a compact privilege", lambda ada: _privilege(ada).save()),
            ("an office elsewhere", lambda ada: PracticeLocation.objects.filter(therapist=ada).update(zip="94103")),
            ("a new day of attestation", lambda ada: _save(ada, attested_on=TODAY)),
        ],
    )
    def test_what_a_partner_can_see_is_an_update(
        self, ada: Therapist, description: str, write: Callable[[Therapist], object]
    ) -> None:
        with transaction.atomic():
            write(ada)
        assert kinds(ada.pk) == ["published", "updated"]

    @pytest.mark.parametrize(
        ("description", "write"),
        [
            ("saved as it was", lambda ada: ada.save()),
            ("a reason for curators", lambda ada: _save(ada, life_reason="Checked")),
            ("the sender's id", lambda ada: _save(ada, external_id="x-1")),
            ("a flag to look at", lambda ada: _flag(ada, tier="context").save()),
            ("an unverified privilege", lambda ada: _privilege(ada, verified_on=None).save()),
            ("the same languages", lambda ada: ada.languages.set([])),
        ],
    )
    def test_what_nobody_can_see_is_no_change(
        self, ada: Therapist, description: str, write: Callable[[Therapist], object]
    ) -> None:
        with transaction.atomic():
            write(ada)
        assert kinds(ada.pk) == ["published"]

    @pytest.mark.parametrize(
        ("description", "write"),
        [
            ("suspended", lambda ada: Therapist.objects.filter(pk=ada.pk).update(life="suspended")),
            ("a hold of the screen", lambda ada: _flag(ada).save()),
            ("the only license revoked", lambda ada: ada.licenses.update(status="revoked")),
            ("the only license deleted", lambda ada: ada.licenses.all().delete()),
            ("deleted", lambda ada: ada.delete()),
        ],
    )
    def test_who_leaves_is_removed_with_row_and_card(
        self, ada: Therapist, description: str, write: Callable[[Therapist], object]
    ) -> None:
        number = ada.pk
        with transaction.atomic():
            write(ada)
        assert kinds(number) == ["published", "removed"]
        assert Change.objects.latest("sequence").slug == "ada"
        assert not SearchCard.objects.filter(therapist_id=number).exists()
        assert SearchRow.objects.get(therapist_id=number).listed is False

    def test_who_comes_back_is_published_again(self, ada: Therapist) -> None:
        flag = _flag(ada)
        flag.save()
        ScreeningFlag.objects.filter(pk=flag.pk).update(
            decision="cleared", reason="A negation", decided_by="Curator", decided_at=dt.datetime.now(dt.UTC)
        )
        assert kinds(ada.pk) == ["published", "removed", "published"]

    def test_many_writes_of_one_transaction_are_one_change(self, ada: Therapist) -> None:
        with transaction.atomic():
            _save(ada, fee_min=100)
            ada.languages.set(_codes("languages", "es"))
            _save(ada, fee_min=110)
        assert kinds(ada.pk) == ["published", "updated"]

    def test_updated_then_removed_is_removed(self, ada: Therapist) -> None:
        with transaction.atomic():
            _save(ada, fee_min=100)
            _save(ada, life="suspended")
        assert kinds(ada.pk) == ["published", "removed"]

    def test_removed_then_published_is_updated(self, ada: Therapist) -> None:
        with transaction.atomic():
            _save(ada, life="suspended")
            _save(ada, life="published")
        assert kinds(ada.pk) == ["published", "updated"]

    def test_published_then_removed_never_happened(self) -> None:
        with transaction.atomic():
            ben = TherapistFactory()
            _save(ben, life="archived")
        assert kinds(ben.pk) == []

    def test_a_draft_is_nobodys_news(self) -> None:
        draft = TherapistFactory(life="draft", slug=None)
        draft.delete()
        assert not Change.objects.exists()
        assert not SearchRow.objects.exists()

    def test_a_bulk_statement_writes_one_change_each(self, ada: Therapist) -> None:
        with transaction.atomic():
            ben = TherapistFactory()
        Therapist.objects.update(fee_max=300)
        assert kinds(ada.pk) == kinds(ben.pk) == ["published", "updated"]

    def test_a_license_that_moves_changes_both(self, ada: Therapist) -> None:
        with transaction.atomic():
            ben = TherapistFactory(licenses=[{}, {"jurisdiction": "NY"}])
        License.objects.filter(therapist=ben, jurisdiction__code="NY").update(therapist=ada)
        assert kinds(ada.pk) == kinds(ben.pk) == ["published", "updated"]

    def test_an_abbreviation_changes_the_cards_of_its_holders(self, ada: Therapist) -> None:
        with transaction.atomic():
            ben = TherapistFactory(licenses=[{"license_type": "lpc"}])
        lmft = LicenseType.objects.filter(code="lmft")
        usual = lmft.get().abbreviation
        try:
            lmft.update(abbreviation="LMFT-X")
            assert kinds(ada.pk) == ["published", "updated"]
            assert kinds(ben.pk) == ["published"]
            assert SearchCard.objects.in_order_of([ada.pk])[0]["credentials"] == "LMFT-X"
        finally:
            lmft.update(abbreviation=usual)

    def test_rolled_back_writes_leave_no_change(self, ada: Therapist) -> None:
        with transaction.atomic():
            _save(ada, fee_min=100)
            transaction.set_rollback(True)
        assert kinds(ada.pk) == ["published"]

    def test_bulk_loaders_defer_and_then_refresh_once(self, ada: Therapist) -> None:
        with transaction.atomic(), deferred():
            _save(ada, fee_min=100)
            assert SearchRow.objects.get(therapist_id=ada.pk).fee_from == -1
            refresh([ada.pk])
        assert SearchRow.objects.get(therapist_id=ada.pk).fee_from == 100
        assert kinds(ada.pk) == ["published", "updated"]
        _save(ada, fee_min=90)  # the switch ended with its transaction
        assert SearchRow.objects.get(therapist_id=ada.pk).fee_from == 90

    def test_nothing_to_refresh_is_no_error(self) -> None:
        refresh([])
        with connection.cursor() as cursor:
            cursor.execute("SELECT directory_refresh_search(NULL)")
        assert not Change.objects.exists()


def _save(therapist: Therapist, **values: object) -> None:
    for name, value in values.items():
        setattr(therapist, name, value)
    therapist.save()


def _codes(relation: str, *codes: str) -> list[object]:
    return list(Therapist._meta.get_field(relation).remote_field.model.objects.filter(code__in=codes))


def _privilege(therapist: Therapist, **values: object) -> CompactPrivilege:
    values = {"verified_on": TODAY, "source": "Register", **values}
    return CompactPrivilege(therapist=therapist, jurisdiction=Jurisdiction.objects.get(code="NY"), **values)


def _flag(therapist: Therapist, tier: str = "hold") -> ScreeningFlag:
    return ScreeningFlag(therapist=therapist, tier=tier, term="holding", field="bio", sentence="…", found_on=TODAY)


@contextmanager
def deferred() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL directory.defer_search = 'on'")
    yield


def refresh(therapist_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_refresh_search(%s::bigint[])", [therapist_ids])
