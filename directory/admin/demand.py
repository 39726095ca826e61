"""Demand without supply: what people asked for and found fewer than five. Only counts that may be shown are read."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from directory.models import DemandCell
from directory.models.demand import COMBINATION, FEWEST_SHOWN, PERIOD_WEEKS, period_under_way
from directory.vocabulary import names

NOT_NAMED: Final = "none named"
VOCABULARY: Final = {
    "jurisdiction": "jurisdictions",
    "session_format": "session_formats",
    "concern": "concerns",
    "insurance_plan": "insurance_plans",
}
MOST_ROWS: Final = 200
MOST_BARS: Final = 12
ROW, LABELS, ACROSS, NUMBERS = 26, 170, 420, 70  # of the chart, in its own units


class AskedForm(forms.Form):
    """Which counts: of one state, of one session format, of how many weeks."""

    weeks = forms.TypedChoiceField(
        choices=[(4, "the last 4 weeks"), (12, "the last 12 weeks"), (52, "the last 52 weeks")],
        coerce=int,
        required=False,
        empty_value="12",
        initial=12,
    )
    jurisdiction = forms.ChoiceField(label="State", required=False)
    session_format = forms.ChoiceField(label="Session", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("jurisdiction", "session_format"):
            self.fields[name].choices = [("", "all"), *names()[VOCABULARY[name]].items()]  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of the chart, in its units, with its words."""

    label: str
    asked: int
    y: int
    width: int

    @property
    def shown(self) -> str:
        return f"{self.asked:,}"

    @property
    def middle(self) -> int:
        return self.y + ROW // 2 + 1

    @property
    def after(self) -> int:
        return LABELS + self.width + 8


def totals(shown: Any) -> list[tuple[tuple[str, ...], int]]:
    """Combination → how often it was asked in all periods in which it may be shown, the most asked first."""
    counts: Counter[tuple[str, ...]] = Counter()
    for row in shown:
        counts[tuple(row[name] for name in COMBINATION)] += row["total"]
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def named(combination: tuple[str, ...]) -> list[str]:
    words = names()
    return [
        words[VOCABULARY[field]].get(code, code) if code else NOT_NAMED
        for field, code in zip(COMBINATION, combination, strict=True)
    ]


def bars(found: list[tuple[tuple[str, ...], int]]) -> list[Bar]:
    """One bar a state, the longest first: sums of the rows of the table, and of nothing else."""
    by_state: Counter[str] = Counter()
    for combination, asked in found:
        by_state[combination[0]] += asked
    most = by_state.most_common(MOST_BARS)
    longest = most[0][1] if most else 1
    states = names()["jurisdictions"]
    return [
        Bar(label=states.get(code, code), asked=asked, y=place * ROW, width=max(2, round(asked / longest * ACROSS)))
        for place, (code, asked) in enumerate(most)
    ]


@admin.register(DemandCell)
class DemandCellAdmin(admin.ModelAdmin):
    """One page to read and one file to take away. There is no page of a row, and nothing to write."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.changelist_view)
        return [path("", page, name="directory_demandcell_changelist")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        on = timezone.localdate()
        form = AskedForm(request.GET)
        asked = form.cleaned_data if form.is_valid() else {"weeks": 12}
        weeks = int(asked["weeks"])
        only = {name: asked[name] for name in ("jurisdiction", "session_format") if asked.get(name)}
        found = totals(DemandCell.objects.filter(**only).shown(on=on, weeks=weeks))
        if request.GET.get("file") == "csv":
            return self._file(found)
        end = period_under_way(on)
        drawn = bars(found)
        context = {
            **self.admin_site.each_context(request),
            "title": "Demand without supply",
            "opts": self.opts,
            "form": form,
            "rows": [(named(combination), f"{asked:,}") for combination, asked in found[:MOST_ROWS]],
            "more": max(0, len(found) - MOST_ROWS),
            "bars": drawn,
            "height": ROW * len(drawn),
            "width": LABELS + ACROSS + NUMBERS,
            "labels": LABELS - 10,
            "begins": LABELS,
            "first": end - dt.timedelta(weeks=weeks),
            "last": end - dt.timedelta(days=1),
            "next": end + dt.timedelta(weeks=PERIOD_WEEKS),
            "fewest": FEWEST_SHOWN,
            "file": request.GET.urlencode(),
        }
        return TemplateResponse(request, "directory/admin/demand.html", context)

    def _file(self, found: list[tuple[tuple[str, ...], int]]) -> HttpResponse:
        """The rows of the page as codes: slugs, which no spreadsheet takes for a formula."""
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="demand-without-supply.csv"'
        writer = csv.writer(response)
        writer.writerow([*COMBINATION, "asked"])
        writer.writerows([*combination, asked] for combination, asked in found)
        return response
