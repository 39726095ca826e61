"""The field in which a person types a code, and the page that opens a draft with one."""

from __future__ import annotations

from typing import Any

from django import forms

from assessments.codes import SIGNS, code_from


class CodeField(forms.CharField):
    """A code as somebody typed it; cleans to the code itself, whatever the case and the grouping."""

    def __init__(self, **kwargs: Any) -> None:
        # No browser shall offer it to the next person on this device, and no keyboard shall "correct" it.
        attributes = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(
            max_length=200,
            error_messages={"required": "Enter the code.", "max_length": "This is too long for a code."},
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        code = code_from(super().clean(value))
        if code is None:
            raise forms.ValidationError(f"A code has {SIGNS} letters and numbers. Check each group of four.")
        return code


class ReturnForm(forms.Form):
    """A return code, and whether it may take the place of other answers in this browser."""

    OPENS_NOTHING = (
        "This code opens nothing. It may be mistyped, or replaced by a newer one, or the answers may be gone: "
        "we delete them after 24 hours without use."
    )
    ASK_FIRST = "Say that you want to leave the answers that are in this browser now."

    code = CodeField(
        label="What is your return code?",
        help_text="Capital or small letters, with or without spaces: all are fine.",
    )
    replace = forms.BooleanField(
        label="Yes, leave the answers that are here now and open mine", required=False, label_suffix=""
    )
