"""The controlled vocabularies: what a listing may say, in codes that partners build on."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from directory.roster.requirements import Near


def folded(word: str) -> str:
    """The word as it is compared: small letters, hyphens as spaces, single spaces. `TF-CBT` and `tf cbt` are one."""
    return " ".join(word.casefold().replace("-", " ").split())


class UnknownZip(LookupError):
    """A ZIP that the Census gazetteer does not place; `zip` is what was asked."""

    def __init__(self, zip: str) -> None:
        super().__init__(f"{zip} is not a ZIP code that we know.")
        self.zip = zip


class TermQuerySet(models.QuerySet["Term"]):
    def get_by_natural_key(self, code: str) -> Term:
        return self.get(code=code)

    def in_order(self) -> Self:
        """Terms by name, as people read them."""
        return self.order_by("name", "code")

    def in_use(self) -> Self:
        """Terms that may be stated and asked for: all but those that curators retired."""
        return self.filter(retired_on=None)

    def codes_by_word(self) -> dict[str, str]:
        """Every folded code, name and synonym → the code that it means today. Look a word up by `folded(word)`.

        The words of a term that was merged into another mean that other one; those of a term that was retired without
        a replacement mean nothing. Where curators gave the same word to two terms, a code wins over a name, a name
        over a synonym, and the older term over the newer.
        """
        every = list(self.order_by("bit").values_list("code", "name", "synonyms", "retired_on", "replaced_by__code"))
        terms = [(code, name, synonyms, code) for code, name, synonyms, retired_on, _ in every if retired_on is None]
        merged = [(code, name, synonyms, into) for code, name, synonyms, _, into in every if into is not None]
        words = [(code, means) for code, _, _, means in (*terms, *merged)]
        for known in (terms, merged):
            words += [(name, means) for _, name, _, means in known]
            words += [(synonym, means) for _, _, synonyms, means in known for synonym in synonyms]
        return {folded(word): code for word, code in reversed(words)}

    def next_bit(self) -> int:
        """The first place in the masks that no term of this vocabulary has or had before a newer one."""
        highest: int | None = self.aggregate(highest=models.Max("bit"))["highest"]
        return 0 if highest is None else highest + 1


class Term(models.Model):
    """One entry of a vocabulary. No row is ever deleted: triggers refuse it, and the retirement of what is used.

    `code` is public and never changes. `bit` is the term's place in the roster's masks: given once, never reused.
    A term that is not wanted any more is retired, and `replaced_by` is the one that it was merged into, if any.
    `shipped` is what its fixture said at the last load: {"name", "synonyms", …}; null when no fixture has it.
    """

    id = models.SmallAutoField(primary_key=True)
    code = models.SlugField(max_length=64, unique=True, help_text="Public code; partners build on it.")
    name = models.CharField(max_length=120)
    synonyms = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text="Other words that mean this, separated by commas. Search, import and API resolve them to the code.",
    )
    summary = models.TextField(blank=True, help_text="One or two plain sentences.")
    bit = models.PositiveSmallIntegerField(unique=True, editable=False)
    retired_on = models.DateField(null=True, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    shipped = models.JSONField(null=True, blank=True, editable=False)

    history = HistoricalRecords(inherit=True, excluded_fields=["shipped"])
    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(retired_on__isnull=False), name="replaced_%(class)s_is_retired"
            ),
            models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="%(class)s_does_not_replace_itself"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        if self.bit is None:
            self.bit = type(self)._default_manager.next_bit()
        super().save(*args, **options)

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class Approach(Term):
    """A therapeutic orientation, such as emotionally focused therapy."""

    class Meta(Term.Meta):
        verbose_name_plural = "approaches"
        permissions = [("merge_term", "Can merge, retire and put back terms of all vocabularies")]


class Concern(Term):
    """What a client comes with."""


class Population(Term):
    """Whom a therapist works with."""


class SessionFormat(Term):
    """Individual, couple, family or group."""


class DeliveryMethod(Term):
    """In person or telehealth."""


class Language(Term):
    """A language in which sessions are held; the code is a BCP 47 tag."""


class InsurancePlan(Term):
    """A plan that pays; `private-pay` says that a therapist takes none."""


class LicenseType(Term):
    """A kind of licence; `abbreviation` is what stands behind a therapist's name."""

    abbreviation = models.CharField(max_length=20)

    class Meta(Term.Meta):
        constraints = [
            *Term.Meta.constraints,
            models.CheckConstraint(condition=Q(retired_on=None), name="license_types_are_never_retired"),
        ]


class Jurisdiction(Term):
    """A state, or DC, that licenses; the code has two capital letters."""

    class Meta(Term.Meta):
        constraints = [
            *Term.Meta.constraints,
            models.CheckConstraint(condition=Q(retired_on=None), name="jurisdictions_are_never_retired"),
        ]


class Evidence(models.Model):
    """What research says about one approach in one situation. Loaded from an edition of fixtures/evidence.

    An edition belongs to a ruleset, and once released it stays as it is: what changes is a new edition.
    Grades: A tested directly in controlled studies of this situation, B works for the group, C thin, mixed or none.
    """

    class Grade(models.TextChoices):
        A = "A", "A: tested directly"
        B = "B", "B: works for the group"
        C = "C", "C: thin or mixed"

    class Kind(models.TextChoices):
        """Only a result lifts an approach. A link (what goes with what) and a plan speak against nothing."""

        RESULT = "result", "a result"
        NO_EFFECT = "no_effect", "no effect"
        LINK = "link", "a link"
        PLAN = "plan", "a plan"

    code = models.SlugField(max_length=80, unique=True)
    approach = models.ForeignKey(Approach, on_delete=models.PROTECT, related_name="evidence")
    situation = models.SlugField(max_length=64)
    situation_name = models.CharField(max_length=160)
    grade = models.CharField(max_length=1, choices=Grade)
    kind = models.CharField(max_length=9, choices=Kind)
    finding = models.TextField()
    population = models.CharField(max_length=200, help_text="Who was studied.")
    citation = models.CharField(max_length=300)
    doi = models.CharField(max_length=100, blank=True)
    checked_on = models.DateField()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(condition=models.Q(grade__in=["A", "B", "C"]), name="evidence_grade_is_known"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["result", "no_effect", "link", "plan"]), name="evidence_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approach} in {self.situation} ({self.grade})"


class ZipCentroidQuerySet(models.QuerySet["ZipCentroid"]):
    def near(self, zip: str, miles: float) -> Near:
        """The circle of `miles` around the middle of the ZIP. Raises UnknownZip."""
        middle = self.filter(zip=zip).values_list("latitude", "longitude").first()
        if middle is None:
            raise UnknownZip(zip)
        latitude, longitude = middle
        return Near(latitude=latitude, longitude=longitude, miles=miles)


class ZipCentroid(models.Model):
    """The middle of a ZIP area (US Census gazetteer 2021): where distances are measured from and to."""

    zip = models.CharField(max_length=5, primary_key=True)
    latitude = models.FloatField()
    longitude = models.FloatField()

    objects = ZipCentroidQuerySet.as_manager()

    def __str__(self) -> str:
        return self.zip


# Vocabulary names as fixtures, API and roster use them.
VOCABULARIES: dict[str, type[Term]] = {
    "approaches": Approach,
    "concerns": Concern,
    "populations": Population,
    "session_formats": SessionFormat,
    "delivery_methods": DeliveryMethod,
    "languages": Language,
    "insurance_plans": InsurancePlan,
    "license_types": LicenseType,
    "jurisdictions": Jurisdiction,
}
