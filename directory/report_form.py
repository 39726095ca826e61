"""What a visitor may say is wrong with a listing."""

from __future__ import annotations

from django import forms

from directory.curation.csv_cells import plain_text
from directory.models import ProblemReport
from directory.models.report import LONGEST_TEXT


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is wrong?",
        choices=ProblemReport.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong."},
    )
    text = forms.CharField(
        label="What should we know? You can leave this empty",
        required=False,
        max_length=LONGEST_TEXT,
        help_text="Please write nothing private: no names, no health matters. We cannot write back.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "This is too long: at most %(limit_value)d characters."},
    )

    def clean_text(self) -> str:
        return plain_text(self.cleaned_data["text"])
