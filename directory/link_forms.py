"""The small forms around a therapist's link: all is right, pause, send me a new one."""

from __future__ import annotations

from typing import Final

from django import forms

AGREES: Final = "I agree to be listed for another year"


class ConfirmForm(forms.Form):
    consents = forms.BooleanField(label=AGREES, required=False, label_suffix="")


class PauseForm(forms.Form):
    reason = forms.CharField(
        label="Why, if you like to say",
        required=False,
        max_length=200,
        help_text="Only our curators see it.",
    )


class NewLinkForm(forms.Form):
    email = forms.EmailField(
        label="Your email",
        help_text="The one we have for you.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter your email.", "invalid": "Enter an email address, such as ana@example.org."},
    )
