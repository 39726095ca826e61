"""A list too long for one look: its common choices in sight, all others behind a disclosure that needs no script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget


class LongListField(forms.MultipleChoiceField):
    """Any number of choices, none required. `common` are the codes in sight, `more` is what opens the others."""

    def __init__(self, *, common: tuple[str, ...], more: str, **options: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, required=False, **options)
        self.common = common
        self.more = more

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> LongList:
        return LongList(form, self, field_name)


class LongList(BoundField):
    """What _field.html shows of such a field."""

    field: LongListField

    @property
    def more(self) -> str:
        return self.field.more

    @property
    def common(self) -> list[BoundWidget]:
        """In the order of `common`, not of their names."""
        order = {code: place for place, code in enumerate(self.field.common)}
        return sorted(
            (box for box in self.subwidgets if box.data["value"] in order), key=lambda box: order[box.data["value"]]
        )

    @property
    def others(self) -> list[BoundWidget]:
        return [box for box in self.subwidgets if box.data["value"] not in self.field.common]

    @property
    def has_chosen_others(self) -> bool:
        return any(box.data["selected"] for box in self.others)
