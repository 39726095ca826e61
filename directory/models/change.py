"""What the roster and the feed read: one search row and one card per therapist, the list of changes, and past cards.

All these tables are written by the database itself (triggers of migrations 0002 and 0004), in the transaction that
changes a profile, whoever changes it: admin, command, API, bulk statement. Nothing here is written from Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import orjson
from django.db import connections, models
from django.db.models import Func, OuterRef, Subquery
from django.db.models.functions import Now

from directory.roster.schema import day_number

#: How long an answer can be replayed after the directory has moved on.
PAST_CARDS_KEPT: Final = dt.timedelta(days=90)


class TransactionIdField(models.Field):
    """PostgreSQL's xid8: which transaction wrote the row. Never wraps around."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransaction(Func):
    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = TransactionIdField()


class ChangeQuerySet(models.QuerySet["Change"]):
    def about(self, slug: str) -> ChangeQuerySet:
        """Changes of the profile that had this slug: there are some once it was published."""
        return self.filter(slug=slug)

    def first_after(self, sequence: int) -> ChangeQuerySet:
        """For each therapist who changed after this one, the first such change, with `card_before` it.

        That is None for whoever was published by it, and where the past card is no longer kept.
        """
        card = PastCard.objects.filter(therapist_id=OuterRef("therapist_id"), transaction=OuterRef("transaction"))
        return (
            self.filter(sequence__gt=sequence)
            .annotate(card_before=Subquery(card.values("card")))
            .order_by("therapist_id", "sequence")
            .distinct("therapist_id")
        )


class Change(models.Model):
    """One change of the published directory: at most one per therapist and transaction."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", "Published"
        UPDATED = "updated", "Updated"
        REMOVED = "removed", "Removed"

    sequence = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=9, choices=Kind)
    # No foreign keys: a change outlives a therapist who asked to be erased.
    therapist_id = models.BigIntegerField()
    slug = models.CharField(max_length=120)
    transaction = TransactionIdField(db_default=CurrentTransaction())
    at = models.DateTimeField(db_default=Now())
    card_before: dict[str, Any] | None  # of those that first_after() gives

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["therapist_id", "transaction"], name="one_change_per_therapist_and_transaction"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["published", "updated", "removed"]), name="change_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.slug} {self.kind}"


class SearchRowQuerySet(models.QuerySet["SearchRow"]):
    """What the rows know of being listed. It is what `TherapistQuerySet.published` says, already worked out."""

    def listed_on(self, day: dt.date) -> SearchRowQuerySet:
        return self.filter(listed=True, listed_until__gte=day_number(day))

    def leaving_before(self, day: dt.date) -> SearchRowQuerySet:
        """Those whose last day on the list is earlier than that day, unless somebody acts."""
        return self.filter(listed=True, listed_until__lt=day_number(day))


class SearchRow(models.Model):
    """A therapist as the roster holds them: fixed-width, nothing null. -1 stands for "not stated".

    Dates are days since 2000-01-01 (PostgreSQL's own epoch). Masks hold 63 codes a word; directory/roster/schema.py
    says how many words each vocabulary has.
    """

    therapist_id = models.BigIntegerField(primary_key=True)
    version = TransactionIdField(db_default=CurrentTransaction())
    listed = models.BooleanField()
    listed_until = models.IntegerField()
    gender = models.SmallIntegerField()
    accepting = models.SmallIntegerField()
    sliding_scale = models.SmallIntegerField()
    years_in_practice = models.SmallIntegerField()
    opening_on = models.IntegerField()
    fee_from = models.IntegerField()
    availability_until = models.IntegerField(default=-1)
    fees_until = models.IntegerField(default=-1)
    insurance_until = models.IntegerField(default=-1)
    specialties_until = models.IntegerField(default=-1)
    approaches_0 = models.BigIntegerField()
    trained_0 = models.BigIntegerField()
    concerns_0 = models.BigIntegerField()
    concerns_1 = models.BigIntegerField()
    focus_0 = models.BigIntegerField()
    focus_1 = models.BigIntegerField()
    populations_0 = models.BigIntegerField()
    session_formats_0 = models.BigIntegerField()
    delivery_methods_0 = models.BigIntegerField()
    languages_0 = models.BigIntegerField()
    languages_1 = models.BigIntegerField()
    insurance_plans_0 = models.BigIntegerField()
    insurance_plans_1 = models.BigIntegerField()

    objects = SearchRowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["version"], name="search_row_version"),  # the roster's poll for changes
            # Who leaves soon, and who left: the desk's queues.
            models.Index(fields=["listed_until"], condition=models.Q(listed=True), name="search_row_listed_until"),
        ]

    def __str__(self) -> str:
        return f"search row of therapist {self.therapist_id}"


class SearchCardQuerySet(models.QuerySet["SearchCard"]):
    def by_id(self, therapist_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """The cards of those among these therapists who have one, by one query."""
        # Beside the ORM: making this statement and its objects would cost more than the answer.
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "SELECT therapist_id, card::text FROM directory_searchcard WHERE therapist_id = ANY (%s)",
                [list(therapist_ids)],
            )
            return {therapist_id: orjson.loads(card) for therapist_id, card in cursor.fetchall()}

    def in_order_of(self, therapist_ids: Iterable[int]) -> list[dict[str, Any]]:
        """The cards of these therapists in this order, by one query. Who left the directory meanwhile is left out."""
        ids = [int(therapist_id) for therapist_id in therapist_ids]
        cards = self.by_id(ids)
        return [cards[therapist_id] for therapist_id in ids if therapist_id in cards]


class SearchCard(models.Model):
    """The public summary of a listed therapist, rendered once per change instead of once per answer."""

    therapist_id = models.BigIntegerField(primary_key=True)
    card = models.JSONField()
    # Of what the profile page says beyond the card (texts, contacts, streets): a change of these is a change, too.
    profile_digest = models.UUIDField()

    objects = SearchCardQuerySet.as_manager()

    def __str__(self) -> str:
        return f"card of therapist {self.therapist_id}"


class PastCardQuerySet(models.QuerySet["PastCard"]):
    def expired(self, now: dt.datetime) -> PastCardQuerySet:
        """Those that nobody needs any longer."""
        return self.filter(at__lt=now - PAST_CARDS_KEPT)


class PastCard(models.Model):
    """A card as it was before a change (Change of the same therapist and transaction): what earlier answers showed.

    Of a therapist who is erased none is kept.
    """

    pk = models.CompositePrimaryKey("therapist_id", "transaction")
    therapist_id = models.BigIntegerField()
    transaction = TransactionIdField(db_default=CurrentTransaction())
    card = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    objects = PastCardQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="past_card_at")]  # what has expired, every hour

    def __str__(self) -> str:
        return f"card of therapist {self.therapist_id} before {self.at:%Y-%m-%d %H:%M}"
