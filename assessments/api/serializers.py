"""What the API takes and gives about instruments and profiles. Unknown JSON keys are errors that name the key."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.utils.serializer_helpers import BindingDict

from assessments.instruments import Instrument, Range
from assessments.scoring import STYLES, invalid_responses

MOST_ERRORS = 100  # of one request; a body of nonsense needs no answer of its own size


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses keys it does not know, each under its own name, together with all other errors."""

    @cached_property
    def fields(self) -> BindingDict:
        return _fields_of(type(self))

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            for key in itertools.islice((key for key in data if key not in known), MOST_ERRORS):
                errors[key] = [ErrorDetail(f"Unknown key. Known here: {', '.join(sorted(known))}.", "unknown_key")]
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            by_field: Any = error.detail
            raise serializers.ValidationError({**errors, **by_field}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values


@functools.cache
def _fields_of(kind: type[StrictSerializer]) -> BindingDict:
    """The fields of all serializers of a kind: to copy them for each body costs ten times what reading it does.

    They belong to a serializer that never sees a body, and none of them changes when it reads one.
    """
    serializer = kind()
    fields = BindingDict(serializer)
    for name, field in serializer.get_fields().items():
        fields[name] = field
    return fields


class AnswerField(serializers.IntegerField):
    """A whole number as a JSON number: no text, no true or false. 3.0 is 3."""

    default_error_messages = {"not_a_number": "Must be a whole number, or null."}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, int) and not isinstance(data, bool):
            return data
        if isinstance(data, float) and data.is_integer():
            return int(data)
        self.fail("not_a_number")


class ResponsesField(serializers.DictField):
    """Item id to answer or null; `check_responses` then holds it against an instrument."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=AnswerField(allow_null=True), **kwargs)


def check_responses(instrument: Instrument, responses: Mapping[str, Any], range: Range | None = None) -> None:
    """Raise a ValidationError with one message for each item that cannot be scored."""
    problems = itertools.islice(invalid_responses(instrument, responses, range=range), MOST_ERRORS)
    errors = {problem.item: [ErrorDetail(problem.sentence, problem.code)] for problem in problems}
    if errors:
        raise serializers.ValidationError(errors)


class ScoreRequestSerializer(StrictSerializer):
    """Needs `instrument` and `range` in the context."""

    responses = ResponsesField(help_text="Item id to the answer, a whole number in the range, or null.")

    def validate_responses(self, responses: dict[str, int | None]) -> dict[str, int | None]:
        check_responses(self.context["instrument"], responses, self.context["range"])
        return responses


class RelationshipsScoreRequestSerializer(StrictSerializer):
    """For an instrument that is asked about several relationships. Needs `instrument` and `range` in the context."""

    relationships = serializers.DictField(
        child=ResponsesField(),
        allow_empty=False,
        help_text="Code of the relationship, one of the instrument's `asked_about`, to the responses about it.",
    )

    def validate_relationships(self, relationships: dict[str, Any]) -> dict[str, Any]:
        instrument: Instrument = self.context["instrument"]
        errors: dict[str, Any] = {}
        for code, responses in itertools.islice(relationships.items(), MOST_ERRORS):
            if code not in instrument.asked_about:
                known = ", ".join(instrument.asked_about)
                errors[code] = [ErrorDetail(f"Unknown relationship. Known here: {known}.", "unknown_relationship")]
                continue
            try:
                check_responses(instrument, responses, self.context["range"])
            except serializers.ValidationError as error:
                errors[code] = error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return relationships


class RangeField(serializers.ListField):
    """[low, high]"""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(), min_length=2, max_length=2, **kwargs)


class ItemSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField(allow_null=True, help_text="Null while the wording has not been imported.")
    scale = serializers.ChoiceField(["anxiety", "avoidance"])
    reverse_keyed = serializers.BooleanField()


class ReliabilitySerializer(serializers.Serializer[Any]):
    alpha = serializers.FloatField()
    mean = serializers.FloatField()
    sd = serializers.FloatField()
    range = RangeField()
    sample = serializers.CharField()
    quantiles = serializers.DictField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="From a share of the sample to the score that this share does not exceed, where known.",
    )


class ScaleSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(["anxiety", "avoidance"])
    items = serializers.IntegerField(source="length")
    minimum_answered = serializers.IntegerField()
    reliability = ReliabilitySerializer(allow_null=True)


class InstrumentSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    wording = serializers.ChoiceField(["included", "import"])
    normed = serializers.BooleanField()
    range = RangeField()
    asked_about = serializers.ListField(
        child=serializers.CharField(),
        help_text="Relationships that the same items are asked about, for a global score across them. Mostly none.",
    )
    anchors = serializers.DictField(child=serializers.CharField(), help_text="Words of the answers, by number.")
    scales = ScaleSerializer(many=True)
    items = ItemSerializer(many=True)
    citation = serializers.CharField()
    doi = serializers.CharField(allow_null=True)
    license = serializers.CharField()


class InstrumentListSerializer(serializers.Serializer[Any]):
    results = InstrumentSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    total = serializers.IntegerField()


class ScaleScoreSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField()
    standard_error = serializers.FloatField()
    answered = serializers.IntegerField(allow_null=True)
    items = serializers.IntegerField(allow_null=True)


class StylesSerializer(serializers.Serializer[Any]):
    secure = serializers.FloatField()
    anxious = serializers.FloatField()
    avoidant = serializers.FloatField()
    disorganized = serializers.FloatField()


class PercentilesSerializer(serializers.Serializer[Any]):
    """The share of the named sample that scored lower, 0.01 to 0.99."""

    anxiety = serializers.FloatField(allow_null=True)
    avoidance = serializers.FloatField(allow_null=True)
    sample = serializers.CharField()


class ProfileSerializer(serializers.Serializer[Any]):
    """The profile of the contract, for the schema; `AttachmentProfile.to_json` writes it."""

    instrument = serializers.CharField(allow_null=True)
    anxiety = ScaleScoreSerializer(allow_null=True)
    avoidance = ScaleScoreSerializer(allow_null=True)
    range = RangeField()
    styles = StylesSerializer(allow_null=True)
    style = serializers.ChoiceField([*STYLES, "unclear"], allow_null=True)  # type: ignore[assignment]
    normed = serializers.BooleanField()
    percentiles = PercentilesSerializer(
        allow_null=True, help_text="Null without a sample that answered on the range of this profile."
    )
    notes = serializers.ListField(child=serializers.CharField())


class RelationshipProfilesSerializer(serializers.Serializer[Any]):
    """A profile of each relationship and the mean across them; `RelationshipProfiles.to_json` writes it."""

    relationships = serializers.DictField(child=ProfileSerializer())

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "global": ProfileSerializer()}
