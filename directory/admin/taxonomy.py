"""The vocabularies: curators edit names, synonyms and summaries; codes stay, and nothing vanishes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from directory.admin.earlier_versions import EarlierVersions
from directory.admin.term_steps import TermSteps, UseFilter
from directory.curation.terms import vocabulary_of, with_uses
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
from directory.models.taxonomy import folded
from directory.roster.schema import CODES_PER_WORD, WORDS


class TermForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        model = type(self.instance)
        room = WORDS[vocabulary_of(model)] * CODES_PER_WORD
        if self.instance.pk is None and model.objects.next_bit() >= room:
            raise forms.ValidationError("This vocabulary is full. A developer has to widen the search row first.")
        return cleaned

    def clean_synonyms(self) -> list[str]:
        """Synonyms without blanks and doubles. A word that another term already means is an error."""
        words = list(dict.fromkeys(" ".join(word.split()) for word in self.cleaned_data["synonyms"] if word.strip()))
        meanings = type(self.instance).objects.exclude(pk=self.instance.pk).codes_by_word()
        meant = {word: meanings.get(folded(word), self.instance.code) for word in words}
        taken = {word: code for word, code in meant.items() if code != self.instance.code}
        if taken:
            raise forms.ValidationError([f"“{word}” already means “{code}”." for word, code in taken.items()])
        return words


class TermAdmin(EarlierVersions):
    """A vocabulary: names, synonyms and summaries are edited, terms are added, none is deleted."""

    form = TermForm
    object_history_list_template = "directory/admin/history_list.html"
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

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **options: Any) -> Any:
        """The form of a term. Of an old version only the words are edited: actions retire a term and put it back."""
        if getattr(obj, "_history", None) is not None and (today := self.model.objects.filter(pk=obj.pk).first()):
            for name in ("code", "bit", "retired_on", "replaced_by", "shipped"):
                setattr(obj, name, getattr(today, name))
        return super().get_form(request, obj, *args, **options)

    def has_delete_permission(self, request: HttpRequest, obj: Term | None = None) -> bool:
        return False  # partners and profiles hold its code, and its place in the roster is never given again

    def save_model(self, request: HttpRequest, obj: Term, form: forms.ModelForm[Term], change: bool) -> None:
        if not change:
            with connection.cursor() as cursor:  # two curators at once: the second waits, then takes the next place
                cursor.execute(f"LOCK TABLE {connection.ops.quote_name(obj._meta.db_table)} IN EXCLUSIVE MODE")
            obj.bit = self.model.objects.next_bit()
        super().save_model(request, obj, form, change)


@admin.register(Approach, Concern, Population, SessionFormat, DeliveryMethod, Language, InsurancePlan)
class StatedTermAdmin(TermSteps, TermAdmin):  # type: ignore[misc]
    """A vocabulary that therapists choose from: with how many do, and the steps that take a term out of use."""

    list_display = ["name", "code", "uses", "retired", "other_words", "summary"]  # type: ignore[assignment]
    list_filter = [UseFilter]
    fields = ["code", "name", "synonyms", "summary", "used_by", "standing"]  # type: ignore[assignment,misc]
    readonly_fields = ["used_by", "standing"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        terms = super().get_queryset(request).select_related("replaced_by")
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        return with_uses(terms) if is_list else terms  # counting takes time, and only the list shows it

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *self.readonly_fields]


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
