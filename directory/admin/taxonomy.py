"""The vocabularies: curators edit names, synonyms and summaries; codes stay, and nothing vanishes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from directory.models import (
    Approach,
    Concern,
    DeliveryMethod,
    Evidence,
    InsurancePlan,
    Jurisdiction,
    Language,
    LicenseType,
    Population,
    SessionFormat,
    Term,
)
from directory.models.taxonomy import VOCABULARIES, folded
from directory.roster.schema import CODES_PER_WORD, WORDS


class TermForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        model = type(self.instance)
        words = next(WORDS[name] for name, vocabulary in VOCABULARIES.items() if vocabulary is model)
        if self.instance.pk is None and model.objects.next_bit() >= words * CODES_PER_WORD:
            raise forms.ValidationError("This vocabulary is full. A developer has to widen the search row first.")
        return cleaned

    def clean_synonyms(self) -> list[str]:
        """Synonyms without blanks and doubles. A word that another term already means is an error."""
        words = list(dict.fromkeys(" ".join(word.split()) for word in self.cleaned_data["synonyms"] if word.strip()))
        meanings = type(self.instance).objects.exclude(pk=self.instance.pk).codes_by_word()
        taken = {word: meanings[folded(word)] for word in words if folded(word) in meanings}
        if taken:
            raise forms.ValidationError([f"“{word}” already means “{code}”." for word, code in taken.items()])
        return words


class TermAdmin(admin.ModelAdmin):
    """A vocabulary: names, synonyms and summaries are edited, terms are added, none is deleted."""

    form = TermForm
    list_display = ["name", "code", "other_words", "summary"]
    search_fields = ["name", "code", "synonyms__icontains"]
    search_help_text = "Name, code or synonym"
    fields = ["code", "name", "synonyms", "summary"]
    ordering = ["name", "code"]
    list_per_page = 200

    @admin.display(description="synonyms")
    def other_words(self, term: Term) -> str:
        return ", ".join(term.synonyms)

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> list[str]:
        return ["code"] if obj is not None else []

    def has_delete_permission(self, request: HttpRequest, obj: Term | None = None) -> bool:
        return False  # partners and profiles hold its code, and its place in the roster is never given again

    def save_model(self, request: HttpRequest, obj: Term, form: forms.ModelForm[Term], change: bool) -> None:
        if not change:
            with connection.cursor() as cursor:  # two curators at once: the second waits, then takes the next place
                cursor.execute(f"LOCK TABLE {connection.ops.quote_name(obj._meta.db_table)} IN EXCLUSIVE MODE")
            obj.bit = self.model.objects.next_bit()
        super().save_model(request, obj, form, change)


admin.site.register(
    [Approach, Concern, Population, SessionFormat, DeliveryMethod, Language, InsurancePlan],
    TermAdmin,
)


class FixedTermAdmin(TermAdmin):
    """A vocabulary that the law makes, not the curators: its words may be explained, not added to."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(LicenseType)
class LicenseTypeAdmin(FixedTermAdmin):
    list_display = ["name", "abbreviation", "code", "other_words"]
    fields = ["code", "name", "abbreviation", "synonyms", "summary"]


@admin.register(Jurisdiction)
class JurisdictionAdmin(FixedTermAdmin):
    list_display = ["name", "code", "other_words"]

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> list[str]:
        return ["code", "name"]


BY_EDITION = (
    "Evidence is part of a ruleset: it is only shown here, and changes only by a new edition of fixtures/evidence."
)


@admin.register(Evidence)
class EvidenceAdmin(admin.ModelAdmin):
    """What research says, for reading only: matching uses the same rows from the edition that the ruleset names."""

    list_display = ["approach", "situation_name", "grade", "kind", "population", "citation", "checked_on"]
    list_filter = ["grade", "situation"]
    search_fields = ["approach__name", "situation_name", "finding", "population", "citation"]
    search_help_text = BY_EDITION
    list_select_related = ["approach"]
    fieldsets = [(None, {"description": BY_EDITION, "fields": [
        "code", "approach", "situation", "situation_name", "grade", "kind", "finding", "population",
        "citation", "doi", "checked_on",
    ]})]  # fmt: skip
    ordering = ["approach__name", "situation", "code"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        return super().get_queryset(request).select_related("approach")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
