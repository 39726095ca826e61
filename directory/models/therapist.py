"""Therapist and its QuerySet: the questions one may ask of the directory.

The methods of the QuerySet define what every filter of the site and the API means. The roster answers the same
questions from memory; tests/directory/test_roster_equality.py holds the two equal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from simple_history.models import HistoricalRecords

from directory.lifetimes import AGING, ATTESTATION, AVAILABILITY, CONSENT, FEES, INSURANCE, SPECIALTIES, Lifetime
from directory.models.license import CompactPrivilege, License
from directory.models.nppes import NpiIsValid
from directory.models.practice import PracticeLocation
from directory.models.taxonomy import (
    VOCABULARIES,
    Approach,
    Concern,
    DeliveryMethod,
    Evidence,
    InsurancePlan,
    Language,
    Population,
    SessionFormat,
)
from directory.specialties import MOST_APPROACHES, MOST_CONCERNS

# A page on the web: no other scheme, and nobody's name or password in the address.
WEBSITE = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@\\]+([/?#]\S*)?$"
IN_USE = {"retired_on": None}  # what forms offer


class TherapistQuerySet(models.QuerySet["Therapist"]):
    def published(self, *, on: dt.date) -> Self:
        """Therapists who may be shown on that day.

        Published by a curator, and fit to be listed.
        """
        return self.fit_to_be_listed(on=on).filter(life=Therapist.Life.PUBLISHED)

    def fit_to_be_listed(self, *, on: dt.date) -> Self:
        """Therapists of whom every condition of being listed holds on that day, their life aside.

        Consent and attested facts that still count (directory/lifetimes.py), no uncleared hold of the harmful-practice
        screen, and at least one current licence, session format and delivery method.
        """
        holds = ScreeningFlag.objects.filter(therapist=OuterRef("pk"), tier=ScreeningFlag.Tier.HOLD).exclude(
            decision=ScreeningFlag.Decision.CLEARED
        )
        current = License.objects.current(on=on).filter(therapist=OuterRef("pk"))
        return self.filter(
            ~Exists(holds),
            Exists(current),
            Exists(Therapist.session_formats.through.objects.filter(therapist=OuterRef("pk"))),
            Exists(Therapist.delivery_methods.through.objects.filter(therapist=OuterRef("pk"))),
            consented_on__gte=CONSENT.counts_from(on),
            attested_on__gte=ATTESTATION.counts_from(on),
        )

    def still_stating(self, lifetime: Lifetime, *, on: dt.date) -> Self:
        """Therapists whose facts of this kind, whatever they say, still count on that day."""
        said_on = Coalesce(lifetime.as_of, "attested_on")
        return self.alias(_said_on=said_on).filter(_said_on__gte=lifetime.counts_from(on))

    def licensed_in(self, codes: Iterable[str], *, on: dt.date) -> Self:
        """Therapists who may see clients sitting in one of these jurisdictions on that day.

        By a current licence there, or by a verified compact privilege there while a licence is current anywhere.
        """
        codes = list(codes)
        current = License.objects.current(on=on).filter(therapist=OuterRef("pk"))
        privileges = CompactPrivilege.objects.filter(
            Q(expires_on__isnull=True) | Q(expires_on__gte=on),
            therapist=OuterRef("pk"),
            jurisdiction__code__in=codes,
            verified_on__isnull=False,
        )
        return self.filter(
            Exists(current.filter(jurisdiction__code__in=codes)) | (Exists(privileges) & Exists(current))
        )

    def holding_license_type(self, codes: Iterable[str], *, on: dt.date) -> Self:
        """Therapists with a current licence of one of these types."""
        current = License.objects.current(on=on).filter(therapist=OuterRef("pk"), license_type__code__in=list(codes))
        return self.filter(Exists(current))

    def using_approach(self, codes: Iterable[str], *, on: dt.date) -> Self:
        """Therapists who state one of these approaches."""
        stated = TherapistApproach.objects.filter(therapist=OuterRef("pk"), approach__code__in=list(codes))
        return self.still_stating(SPECIALTIES, on=on).filter(Exists(stated))

    def treating_concern(self, codes: Iterable[str], *, on: dt.date) -> Self:
        """Therapists who state one of these concerns."""
        stated = TherapistConcern.objects.filter(therapist=OuterRef("pk"), concern__code__in=list(codes))
        return self.still_stating(SPECIALTIES, on=on).filter(Exists(stated))

    def serving_population(self, codes: Iterable[str], *, on: dt.date) -> Self:
        return self.still_stating(SPECIALTIES, on=on)._with_any("populations", codes)

    def offering_format(self, codes: Iterable[str], *, on: dt.date) -> Self:
        return self.still_stating(SPECIALTIES, on=on)._with_any("session_formats", codes)

    def delivering_by(self, codes: Iterable[str], *, on: dt.date) -> Self:
        return self.still_stating(SPECIALTIES, on=on)._with_any("delivery_methods", codes)

    def taking_insurance(self, codes: Iterable[str], *, on: dt.date) -> Self:
        return self.still_stating(INSURANCE, on=on)._with_any("insurance_plans", codes)

    def speaking(self, codes: Iterable[str], *, on: dt.date) -> Self:
        return self.still_stating(SPECIALTIES, on=on)._with_any("languages", codes)

    def of_gender(self, codes: Iterable[str]) -> Self:
        return self.filter(gender__in=list(codes))

    def charging_at_most(self, dollars: int, *, on: dt.date) -> Self:
        """Therapists whose lowest stated fee is at most this. A fee that is not stated does not pass."""
        lowest = Coalesce("fee_min", "fee_max")
        return self.still_stating(FEES, on=on).alias(_fee_from=lowest).filter(_fee_from__lte=dollars)

    def with_sliding_scale(self, offered: bool, *, on: dt.date) -> Self:
        """Therapists who state that they offer (or do not offer) a sliding scale."""
        return self.still_stating(FEES, on=on).filter(sliding_scale=offered)

    def accepting_clients(self, *, on: dt.date) -> Self:
        """Therapists who take new clients now: not those with a waiting list, nor those who do not say."""
        return self.still_stating(AVAILABILITY, on=on).filter(accepting_clients=Therapist.Accepting.YES)

    def opening_within(self, days: int, *, on: dt.date) -> Self:
        """Therapists whose stated next opening lies between that day and `days` later, both included."""
        opening = (on, on + dt.timedelta(days=days))
        return self.still_stating(AVAILABILITY, on=on).filter(next_opening_on__range=opening)

    def within(self, miles: float, *, latitude: float, longitude: float) -> Self:
        """Therapists with an office at most `miles` (great circle) from a point."""
        near = PracticeLocation.objects.within(miles, latitude=latitude, longitude=longitude)
        return self.filter(Exists(near.filter(therapist=OuterRef("pk"))))

    def ticking_everything(self) -> Self:
        """Therapists who tick so much that a single tick says nothing: directory/specialties.py."""
        approaches = _more_than(MOST_APPROACHES, TherapistApproach.objects.all())
        concerns = _more_than(MOST_CONCERNS, TherapistConcern.objects.all())
        return self.filter(Q(pk__in=approaches) | Q(pk__in=concerns))

    def matching_text(self, text: str) -> Self:
        """Therapists whose name, headline or bio contain these words (websearch syntax, English stems)."""
        return self.filter(search_document=SearchQuery(text, search_type="websearch", config="english"))

    def once_listed(self) -> Self:
        """Therapists who were published at some time, whether or not they may still be shown."""
        return self.filter(life__in=[Therapist.Life.PUBLISHED, Therapist.Life.SUSPENDED, Therapist.Life.ARCHIVED])

    def with_profile(self) -> Self:
        """With all that a public profile says, in a fixed number of queries. Of the picture all but its bytes."""
        return (
            self.select_related("picture")
            .defer("picture__content")
            .prefetch_related(
                Prefetch(
                    "stated_approaches", TherapistApproach.objects.select_related("approach").order_by("approach__name")
                ),
                Prefetch(
                    "stated_concerns", TherapistConcern.objects.select_related("concern").order_by("concern__name")
                ),
                *(
                    Prefetch(relation, VOCABULARIES[relation].objects.in_order())
                    for relation in (
                        "populations",
                        "session_formats",
                        "delivery_methods",
                        "languages",
                        "insurance_plans",
                    )
                ),
                Prefetch(
                    "licenses",
                    License.objects.select_related("license_type", "jurisdiction").order_by("jurisdiction__code", "id"),
                ),
                Prefetch(
                    "compact_privileges",
                    CompactPrivilege.objects.select_related("jurisdiction", "compact").order_by("jurisdiction__code"),
                ),
                Prefetch("locations", PracticeLocation.objects.select_related("jurisdiction").order_by("zip", "id")),
            )
        )

    def with_evidence(self) -> Self:
        """With what research found on each stated approach, the strongest first; after with_profile()."""
        evidence = Evidence.objects.order_by("grade", "situation", "code")
        return self.prefetch_related(Prefetch("stated_approaches__approach__evidence", evidence))

    def ids_of_slugs(self, slugs: list[str]) -> list[int]:
        """The ids of those among these who have one of the slugs, in the order of the slugs."""
        found = dict(self.filter(slug__in=slugs).values_list("slug", "id"))
        return [found[slug] for slug in slugs if slug in found]

    def with_slug(self, slug: str) -> Therapist | None:
        """The therapist with this slug among these, or None."""
        return self.filter(slug=slug).first()

    def reached_by(self, email: str) -> Self:
        """Therapists whose email address on record is this one, whatever its capitals; none that left for good."""
        return self.filter(email__iexact=email).exclude(life=Therapist.Life.ARCHIVED).order_by("pk")

    def in_order_of_name(self) -> Self:
        """Therapists as in a register: by name, whatever its capitals, and equal names by id."""
        return self.order_by(Lower("name"), "id")

    def _with_any(self, relation: str, codes: Iterable[str]) -> Self:
        through = getattr(Therapist, relation).through
        term = getattr(Therapist, relation).field.m2m_reverse_field_name()
        return self.filter(
            Exists(through.objects.filter(therapist=OuterRef("pk"), **{f"{term}__code__in": list(codes)}))
        )


def _more_than(most: int, stated: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The therapists with more than so many of these rows."""
    counted = stated.values("therapist").annotate(ticks=models.Count("pk")).filter(ticks__gt=most)
    return counted.values("therapist")


class Therapist(models.Model):
    """A listed person.

    An empty value means *not stated*; it is never a no. Facts that change carry the day on which they were said
    (`…_as_of`; where it is empty, the day of the confirmation of all facts), and count for the time that
    directory/lifetimes.py gives them.
    """

    class Life(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "Published"
        SUSPENDED = "suspended", "Suspended"
        ARCHIVED = "archived", "Archived"

    class Gender(models.TextChoices):
        WOMAN = "woman", "Woman"
        MAN = "man", "Man"
        NONBINARY = "nonbinary", "Nonbinary"

    class Accepting(models.TextChoices):
        YES = "yes", "Accepting new clients"
        WAITLIST = "waitlist", "Waiting list"
        NO = "no", "Not accepting"

    external_id = models.CharField(
        max_length=80, unique=True, null=True, blank=True, help_text="The sender's own id: imports find a row by it."
    )
    slug = models.SlugField(max_length=120, unique=True, null=True, blank=True)
    name = models.CharField(max_length=120)
    pronouns = models.CharField(max_length=40, blank=True)
    gender = models.CharField(max_length=10, choices=Gender, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    website = models.URLField(
        blank=True,
        validators=[
            RegexValidator(WEBSITE, "A web address starts with https:// or http:// and holds no user name or password.")
        ],
    )
    npi = models.CharField(
        "NPI",
        max_length=10,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^\d{10}$", "An NPI has ten digits.")],
    )
    years_in_practice = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(80)])
    headline = models.CharField(max_length=160, blank=True)
    bio = models.TextField(blank=True, max_length=4000)

    approaches = models.ManyToManyField(Approach, through="TherapistApproach", blank=True)
    concerns = models.ManyToManyField(Concern, through="TherapistConcern", blank=True)
    populations = models.ManyToManyField(Population, blank=True, limit_choices_to=IN_USE)
    session_formats = models.ManyToManyField(SessionFormat, blank=True, limit_choices_to=IN_USE)
    delivery_methods = models.ManyToManyField(DeliveryMethod, blank=True, limit_choices_to=IN_USE)
    languages = models.ManyToManyField(Language, blank=True, limit_choices_to=IN_USE)
    insurance_plans = models.ManyToManyField(InsurancePlan, blank=True, limit_choices_to=IN_USE)

    fee_min = models.PositiveIntegerField(null=True, blank=True, help_text="Lowest fee of a session, whole dollars.")
    fee_max = models.PositiveIntegerField(null=True, blank=True, help_text="Highest fee of a session, whole dollars.")
    sliding_scale = models.BooleanField(null=True, blank=True)
    accepting_clients = models.CharField(max_length=8, choices=Accepting, blank=True)
    next_opening_on = models.DateField(null=True, blank=True)

    availability_as_of = models.DateField(null=True, blank=True, help_text="Accepting clients and next opening.")
    fees_as_of = models.DateField(null=True, blank=True, help_text="Fees and sliding scale.")
    insurance_as_of = models.DateField(null=True, blank=True, help_text="Insurance plans.")
    specialties_as_of = models.DateField(
        null=True, blank=True, help_text="Approaches, concerns, populations, formats, delivery and languages."
    )

    life = models.CharField(max_length=10, choices=Life, default=Life.DRAFT, editable=False)
    life_reason = models.CharField(max_length=300, blank=True, editable=False)
    consented_on = models.DateField(null=True, blank=True, help_text="Day on which they agreed to be listed.")
    attested_on = models.DateField(null=True, blank=True, help_text="Day on which all facts were last confirmed.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    search_document = models.GeneratedField(
        expression=SearchVector("name", "headline", "bio", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    history = HistoricalRecords(
        m2m_fields=[populations, session_formats, delivery_methods, languages, insurance_plans],
        excluded_fields=["search_document"],
    )
    objects = TherapistQuerySet.as_manager()

    class Meta:
        permissions = [("publish_therapist", "Can publish and archive therapists")]
        constraints = [
            models.CheckConstraint(
                condition=Q(fee_min__isnull=True) | Q(fee_max__isnull=True) | Q(fee_min__lte=F("fee_max")),
                name="fee_min_is_at_most_fee_max",
                violation_error_message="The lowest fee is above the highest fee.",
            ),
            models.CheckConstraint(
                condition=~Q(life="published") | (Q(consented_on__isnull=False) & Q(slug__isnull=False)),
                name="published_therapist_has_consent_and_slug",
            ),
            models.CheckConstraint(
                condition=~Q(life="published") | Q(attested_on__isnull=False),
                name="published_therapist_has_attested_facts",
            ),
            models.CheckConstraint(
                condition=Q(life__in=["draft", "in_review", "published", "suspended", "archived"]),
                name="life_is_known",
            ),
            models.CheckConstraint(condition=Q(gender__in=["", "woman", "man", "nonbinary"]), name="gender_is_known"),
            models.CheckConstraint(
                condition=Q(accepting_clients__in=["", "yes", "waitlist", "no"]), name="accepting_clients_is_known"
            ),
            models.CheckConstraint(
                condition=Q(npi__isnull=True) | Q(NpiIsValid("npi")),
                name="npi_has_ten_digits_and_its_check_digit",
                violation_error_message="This is no NPI: its check digit is wrong.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="therapist_has_a_name"),
            models.CheckConstraint(
                condition=Q(website="") | Q(website__regex=WEBSITE), name="website_is_a_page_on_the_web"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_document"], name="therapist_search_document"),
            models.Index(fields=["name", "id"], name="therapist_by_name"),
            models.Index(fields=["life"], name="therapist_by_life"),  # the desk's queues
            models.Index(Lower("name"), F("id"), name="therapist_order_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("directory:therapist", kwargs={"slug": self.slug})

    def said_on(self, lifetime: Lifetime) -> dt.date | None:
        """The day on which facts of this kind were last said or confirmed. Runs no query."""
        if lifetime in (ATTESTATION, CONSENT):
            day: dt.date | None = getattr(self, lifetime.facts[0])
            return day
        return getattr(self, lifetime.as_of) or self.attested_on

    def confirm(self, on: dt.date) -> list[str]:
        """Take all facts as confirmed on that day; returns the fields that it sets. What is not stated has no day.

        Reads the vocabularies of the facts: prefetch them when you confirm many.
        """
        days = ["attested_on", *(lifetime.as_of for lifetime in AGING if any(map(self._states, lifetime.facts)))]
        for field in days:
            setattr(self, field, on)
        return days

    def _states(self, fact: str) -> bool:
        if type(self)._meta.get_field(fact).many_to_many:
            return len(getattr(self, fact).all()) > 0
        return getattr(self, fact) not in (None, "")


class TherapistApproach(models.Model):
    """An approach a therapist states; `trained` means completed training or certification, not just a tick.

    `training` names it, and a curator may have confirmed that name with a source: `actions.confirm_training`. Another
    name wants a new confirmation; the database refuses to keep the old one.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="stated_approaches")
    approach = models.ForeignKey(Approach, on_delete=models.PROTECT, limit_choices_to=IN_USE)
    trained = models.BooleanField(default=False)
    training = models.CharField(
        "name of the training", max_length=160, blank=True, default="", db_default="", help_text="Empty: not named."
    )
    training_confirmed_on = models.DateField(null=True, blank=True)
    training_source = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Who or what confirmed it."
    )

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["therapist", "approach"], name="one_row_per_therapist_and_approach"),
            models.CheckConstraint(
                condition=Q(training="") | Q(trained=True),
                name="named_training_is_completed",
                violation_error_message="Who names a training has completed it: tick “trained” as well.",
            ),
            models.CheckConstraint(
                condition=Q(training_confirmed_on__isnull=True) | (~Q(training="") & ~Q(training_source="")),
                name="confirmed_training_is_named_and_sourced",
                violation_error_message="A confirmation needs the name of the training and who confirmed it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approach}{' (trained)' if self.trained else ''}"


class TherapistConcern(models.Model):
    """A concern a therapist treats; `focus` marks the at most five they are best at.

    A sixth focus is refused by the database (at_most_five_focus_concerns), when the transaction ends: within it the
    marks may move in any order.
    """

    MOST_FOCUS_CONCERNS = 5

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="stated_concerns")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, limit_choices_to=IN_USE)
    focus = models.BooleanField(default=False)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["therapist", "concern"], name="one_row_per_therapist_and_concern"),
        ]

    def __str__(self) -> str:
        return f"{self.concern}{' (focus)' if self.focus else ''}"


class ScreeningFlag(models.Model):
    """A term of the harmful-practice screen found in a text. A question for a curator, never public."""

    class Tier(models.TextChoices):
        HOLD = "hold", "Hold: not listed until a curator decides"
        CONTEXT = "context", "Context: listed, a curator looks"
        ASK = "ask", "Ask which of two meanings is meant"

    class Decision(models.TextChoices):
        OPEN = "open", "Open"
        CLEARED = "cleared", "Cleared"
        UPHELD = "upheld", "Upheld"

    class Eft(models.TextChoices):
        """The answers to "which EFT?"; the label is the reason on record."""

        FOCUSED = "focused", "EFT here means emotionally focused therapy"
        TAPPING = "tapping", "EFT here means Emotional Freedom Techniques (tapping), which are not listed"

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="screening_flags")
    tier = models.CharField(max_length=7, choices=Tier)
    term = models.CharField(max_length=80)
    field = models.CharField(max_length=40)
    sentence = models.TextField()
    found_on = models.DateField()
    decision = models.CharField(max_length=7, choices=Decision, default=Decision.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["therapist", "field", "term", "sentence"], name="one_flag_per_therapist_term_and_sentence"
            ),
            models.CheckConstraint(
                condition=Q(decision="open") | (~Q(reason="") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="screening_decision_has_reason_author_and_time",
            ),
            models.CheckConstraint(condition=Q(tier__in=["hold", "context", "ask"]), name="screening_tier_is_known"),
            models.CheckConstraint(
                condition=Q(decision__in=["open", "cleared", "upheld"]), name="screening_decision_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} in {self.field}"

    def asks_which_eft(self) -> bool:
        """Whether somebody still has to say which of two approaches "EFT" means."""
        return self.tier == self.Tier.ASK and self.term == "EFT" and self.decision == self.Decision.OPEN


class ScreenedTexts(models.Model):
    """Which texts of a therapist were last screened, and with which terms: a digest of both.

    Written and compared by directory/curation/screened_texts.py, within the database.
    """

    therapist = models.OneToOneField(
        Therapist, on_delete=models.CASCADE, primary_key=True, related_name="screened_texts"
    )
    digest = models.CharField(max_length=32)
    screened_on = models.DateField()

    class Meta:
        verbose_name_plural = "screened texts"

    def __str__(self) -> str:
        return f"texts of therapist {self.therapist_id}, screened on {self.screened_on.isoformat()}"
