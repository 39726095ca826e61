"""What the page shows that says why one therapist stands above another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from matching.comparison import Comparison, Side
from matching.matches import Matches
from matching.result_page import FindingRow


class PairForm(forms.Form):
    """Two therapists to compare. Who is offered is shown in the selects; who else is named is compared as well."""

    NOBODY = {"required": "Choose a therapist.", "invalid": "Choose a therapist from the list."}

    first = forms.SlugField(label="First therapist", max_length=120, widget=forms.Select, error_messages=NOBODY)
    second = forms.SlugField(label="Second therapist", max_length=120, widget=forms.Select, error_messages=NOBODY)

    def offer(self, matches: Matches) -> None:
        """Let the visitor choose among these."""
        offered = [(match.card["slug"], f"{match.rank}. {match.card['name']}") for match in matches.matches]
        for name in self.fields:
            widget: Any = self.fields[name].widget
            widget.choices = [("", "Choose one"), *offered]

    def clean(self) -> dict[str, Any]:
        pair = self.cleaned_data
        if "first" in pair and pair["first"] == pair.get("second"):
            self.add_error("second", "Choose someone other than the first.")
        return pair


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """One thing that counts, for both, and who is ahead: "+3.20" for the first, "−3.20" for the second."""

    name: str
    findings: tuple[tuple[str, FindingRow], ...]
    difference: str


class SideCard:
    """One of the two as the page shows them; numbers and sentences are those of the API."""

    def __init__(self, side: Side) -> None:
        self.name = str(side.card["name"])
        self.url = reverse("directory:therapist", args=[side.card["slug"]])
        self.place = side.standing.rank
        self.score = f"{side.score / 100:.2f}"
        self.percent_known = round(100 * side.standing.weighed.confidence)
        self.unknown = [*dict.fromkeys(reason.text for finding, reason in side.findings if not finding.stated)]


class ComparisonCard:
    """Two therapists side by side."""

    def __init__(self, comparison: Comparison) -> None:
        self.text = comparison.text
        self.sides = a, b = SideCard(comparison.a), SideCard(comparison.b)
        self.heading = f"{a.name} and {b.name}"
        if comparison.above is not None:
            above, below = (a, b) if comparison.above is comparison.a else (b, a)
            self.heading = f"Why {above.name} stands above {below.name}"
            if below.place is None:
                self.heading = f"Why {above.name} is a match and {below.name} is not"
        self.rows = [
            ComparedRow(
                name=row.name,
                findings=((a.name, FindingRow.of(*row.a)), (b.name, FindingRow.of(*row.b))),
                difference=_signed(row.difference),
            )
            for row in comparison.rows
        ]
        self.difference = _signed(comparison.difference)
        self.is_something_unknown = bool(a.unknown or b.unknown)
        self.percent_if_unknown = round(100 * comparison.needs.ruleset.neutral)


class WhyPage:
    """What why.html shows. Without a comparison it only asks for two; `gone` when one of them has left."""

    def __init__(self, matches: Matches, comparison: Comparison | None, *, gone: bool) -> None:
        self.safety = matches.needs.safety
        self.gone = gone
        self.can_choose = len(matches.matches) > 1
        self.shown = None if comparison is None else ComparisonCard(comparison)


def _signed(hundredths: int) -> str:
    return f"{hundredths / 100:+.2f}".replace("-", "−") if hundredths else "0.00"
