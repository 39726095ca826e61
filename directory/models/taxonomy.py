"""The controlled vocabularies: what a listing may say, in codes that partners build on."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models


class TermQuerySet(models.QuerySet["Term"]):
    def get_by_natural_key(self, code: str) -> Term:
        return self.get(code=code)

    def in_order(self) -> Self:
        """Terms by name, as people read them."""
        return self.order_by("name", "code")


class Term(models.Model):
    """One entry of a vocabulary.

    `code` is public and never changes. `bit` is the term's place in the roster's masks: given once, never reused.
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

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class Approach(Term):
    """A therapeutic orientation, such as emotionally focused therapy."""

    class Meta:
        verbose_name_plural = "approaches"


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


class Jurisdiction(Term):
    """A state, or DC, that licenses; the code has two capital letters."""


class Evidence(models.Model):
    """What research says about one approach in one situation. Loaded from fixtures/evidence.json.

    Grades: A tested directly in controlled studies of this situation, B works for the group, C thin, mixed or none.
    """

    class Grade(models.TextChoices):
        A = "A", "A: tested directly"
        B = "B", "B: works for the group"
        C = "C", "C: thin or mixed"

    code = models.SlugField(max_length=80, unique=True)
    approach = models.ForeignKey(Approach, on_delete=models.PROTECT, related_name="evidence")
    situation = models.SlugField(max_length=64)
    situation_name = models.CharField(max_length=160)
    grade = models.CharField(max_length=1, choices=Grade)
    finding = models.TextField()
    citation = models.CharField(max_length=300)
    doi = models.CharField(max_length=100, blank=True)
    checked_on = models.DateField()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(condition=models.Q(grade__in=["A", "B", "C"]), name="evidence_grade_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.approach} in {self.situation} ({self.grade})"


class ZipCentroid(models.Model):
    """The middle of a ZIP area (US Census gazetteer 2021): where distances are measured from and to."""

    zip = models.CharField(max_length=5, primary_key=True)
    latitude = models.FloatField()
    longitude = models.FloatField()

    def __str__(self) -> str:
        return self.zip
