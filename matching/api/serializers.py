"""The intake as partners send it. Ends in `to_intake()`, as the pages' forms do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from assessments.api.serializers import ResponsesField, StrictSerializer
from directory.roster.schema import GENDERS
from matching.api.fields import CodeField, ConcernsField, NumberField, TextField, WholeNumberField, YesNoField
from matching.comparison import CannotCompare
from matching.intake import (
    MOST_DAYS,
    MOST_DOLLARS,
    MOST_MATCHES,
    MOST_MILES,
    MUSTS,
    SIGN_CODES,
    Intake,
    InvalidIntake,
)


def errors_of(invalid: InvalidIntake | CannotCompare) -> dict[str, Any]:
    """The problems of a body as REST framework nests them: path → errors."""
    errors: dict[str, Any] = {}
    for problem in invalid.problems:
        *parents, last = problem.path
        place = errors
        for name in parents:
            place = place.setdefault(name, {})
        place.setdefault(last, []).append(ErrorDetail(problem.detail, problem.code))
    return errors


def optional(**options: Any) -> dict[str, Any]:
    """Null says the same as leaving it out."""
    return {"required": False, "allow_null": True, **options}


def codes(vocabulary: str, help_text: str = "") -> serializers.ListField:
    return serializers.ListField(child=CodeField.of(vocabulary), max_length=100, **optional(help_text=help_text))


class RangeField(serializers.ListField):
    def __init__(self, **options: Any) -> None:
        whole = WholeNumberField(min_value=-999, max_value=999)
        super().__init__(child=whole, min_length=2, max_length=2, **options)


class AnswersSerializer(StrictSerializer):
    instrument = TextField(max_length=64, help_text="Code of an instrument.")
    responses = ResponsesField(help_text="Item id to the answer, a whole number in the range, or null for unsure.")
    range = RangeField(**optional(help_text="When the items were asked on another range than the instrument's."))


class StandardErrorSerializer(StrictSerializer):
    anxiety = NumberField(min_value=0, max_value=1000, **optional())
    avoidance = NumberField(min_value=0, max_value=1000, **optional())


class ScoresSerializer(StrictSerializer):
    anxiety = NumberField()
    avoidance = NumberField()
    range = RangeField(**optional(help_text="The range of the scores; [1, 7] when it is left out."))
    standard_error = StandardErrorSerializer(**optional())


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="Attachment",
        serializers=[AnswersSerializer, ScoresSerializer],
        resource_type_field_name=None,
    )
)
class AttachmentField(serializers.Field[Any, Any, Any, Any]):
    """Answers to an instrument, or scores that somebody else computed."""

    default_error_messages = {"not_an_object": "Must be an object with `instrument` and `responses`, or with scores."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        answered = "instrument" in data or "responses" in data
        body = (AnswersSerializer if answered else ScoresSerializer)(data=data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def to_representation(self, value: Any) -> Any:
        return value


class NearSerializer(StrictSerializer):
    zip = serializers.RegexField(r"^[0-9]{5}$", help_text="Five digits.")
    within = WholeNumberField(min_value=1, max_value=MOST_MILES, help_text="Miles, as the crow flies.")


class IntakeSerializer(StrictSerializer):
    """What a client told. `state`, `delivery` and `session_format` are required; names of codes work, too."""

    state = CodeField.of("jurisdictions", help_text="Where the client will sit.")
    delivery = serializers.ListField(child=CodeField.of("delivery_methods"), min_length=1, max_length=10)
    session_format = CodeField.of("session_formats")
    near = NearSerializer(
        **optional(help_text="Excludes when the client only meets in person or makes it a must; else it orders.")
    )
    populations = codes("populations")
    concerns = ConcernsField(**optional(help_text="Concern to how much it matters: 1 a little, 2, 3 a lot."))
    trauma = YesNoField(**optional(help_text="Whether trauma is part of it."))
    safe_at_home = YesNoField(**optional(help_text="Asked in private. False: no couple's ranking, safety first."))
    signs = serializers.ListField(
        child=serializers.ChoiceField(SIGN_CODES),
        max_length=20,
        **optional(help_text="Signs that apply. An empty list: asked, and none does."),
    )
    attachment = AttachmentField(**optional())
    partner_attachment = AttachmentField(**optional())
    approaches = codes("approaches")
    insurance = codes("insurance_plans")
    fee_max = WholeNumberField(min_value=0, max_value=MOST_DOLLARS, **optional(help_text="Whole US dollars a session."))
    languages = codes("languages")
    genders = serializers.ListField(child=serializers.ChoiceField(GENDERS), max_length=20, **optional())
    opening_within_days = WholeNumberField(min_value=0, max_value=MOST_DAYS, **optional())
    must = serializers.ListField(
        child=serializers.ChoiceField(MUSTS),
        max_length=20,
        **optional(help_text="Wishes of this intake that exclude who does not meet them."),
    )
    limit = WholeNumberField(min_value=1, max_value=MOST_MATCHES, default=20)
    facets = YesNoField(default=False, help_text="Also count what the matching therapists offer.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Also what the intake itself refuses: a must without its wish, scores beyond their range."""
        try:
            return {"intake": Intake.from_json(attrs)}
        except InvalidIntake as invalid:
            raise serializers.ValidationError(errors_of(invalid)) from invalid

    def to_intake(self) -> Intake:
        """The intake. Only when valid."""
        intake: Intake = self.validated_data["intake"]
        return intake


class CompareSerializer(StrictSerializer):
    """An intake, and the two therapists to compare for it."""

    intake = IntakeSerializer(help_text="As for `POST /matches/`; `limit` and `facets` change nothing here.")
    therapists = serializers.ListField(
        child=TextField(max_length=120),
        min_length=2,
        max_length=2,
        help_text="Two slugs of listed therapists. Either may be one who does not meet a requirement.",
    )

    def to_intake(self) -> Intake:
        """The intake. Only when valid."""
        intake: Intake = self.validated_data["intake"]["intake"]
        return intake
