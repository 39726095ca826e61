"""The parameters of a list that are no filters: which page, how long, in which order."""

from __future__ import annotations

from typing import Any

from django import forms

from directory.roster.selection import ORDERS

LARGEST_PAGE = 100


class OnlyTrueOrFalse(forms.TypedChoiceField):
    """`true` or `false`, spelled so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[("true", "true"), ("false", "false")],
            coerce=lambda text: text == "true",
            empty_value=None,
            **options,
        )


class PageForm(forms.Form):
    """The parameters of the list that are no filters."""

    ordering = forms.ChoiceField(
        required=False,
        choices=[(order, order) for order in ORDERS],
        help_text=(
            "Without it `rotation`, which changes daily, so that nobody is always first. `distance` needs `zip`. "
            "Whoever does not state the fact comes last."
        ),
    )
    page = forms.IntegerField(required=False, min_value=1, help_text="1 is the first and the default.")
    page_size = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE, help_text="20 by default.")
    facets = OnlyTrueOrFalse(required=False, help_text="`true` adds `facets`.")

    @property
    def order(self) -> str:
        return self.cleaned_data["ordering"] or "rotation"

    @property
    def number(self) -> int:
        return self.cleaned_data["page"] or 1

    @property
    def size(self) -> int:
        return self.cleaned_data["page_size"] or 20
