"""What a browser would send back from a page of the admin when nothing is changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse


def as_sent(response: HttpResponse, **changes: Any) -> dict[str, Any]:
    """The fields of a change page with their values, and `changes` over them (`None` leaves a field out)."""
    context: Any = response.context  # type: ignore[attr-defined]
    parts: list[Any] = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        parts += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, Any] = {}
    for form in parts:
        data |= fields_of(form)
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def fields_of(form: forms.BaseForm) -> dict[str, Any]:
    """The fields of one form as a browser sends them."""
    values = {field.html_name: _sent(field) for field in form}
    return {name: value for name, value in values.items() if value is not None}


def _sent(field: forms.BoundField) -> Any:
    value = field.value()
    if isinstance(field.field.widget, forms.NullBooleanSelect):
        return {None: "unknown", True: "true", False: "false"}[value]
    if isinstance(field.field, forms.BooleanField):
        return "on" if value else None
    if isinstance(field.field, forms.ModelMultipleChoiceField):
        value = value or []
    if isinstance(value, list | tuple):
        return [getattr(item, "pk", item) for item in value]
    return "" if value is None else str(value)
