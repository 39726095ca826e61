"""The two questions that are asked of a couple only: the partner's code, and whether to show one's scores."""

from __future__ import annotations

from django import forms

from assessments.code_forms import CodeField


class JoinForm(forms.Form):
    """The invitation code that a partner passed on."""

    NOT_OPEN = (
        "This code does not work. It may be mistyped, used before, or too old. You can ask your partner for a new one."
    )
    OWN = "This is the code that you made. It is for your partner."

    code = CodeField(
        label="What is the code from your partner?",
        help_text="Capital or small letters, with or without spaces: all are fine.",
    )


class ShareForm(forms.Form):
    """Whether the partner may see the two scores. No, unless somebody says yes."""

    share = forms.ChoiceField(
        label="May your partner see your two scores?",
        choices=[("no", "No"), ("yes", "Yes, if my partner shows theirs too")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no.", "invalid_choice": "Choose yes or no."},
    )
