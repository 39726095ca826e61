"""Fields of the intake: JSON types as they are, and codes of the vocabularies by any of their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from assessments.api.serializers import AnswerField
from directory.models.taxonomy import VOCABULARIES, folded
from directory.vocabulary import names
from matching.intake import IMPORTANCE


class WholeNumberField(AnswerField):
    default_error_messages = {"not_a_number": "Must be a whole number."}


class NumberField(serializers.FloatField):
    """A JSON number: no text, no true or false."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNoField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class TextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def code_schema(vocabulary: str) -> dict[str, str]:
    """The component that names the codes of a vocabulary (directory.api.schema.with_codes)."""
    return {"$ref": f"#/components/schemas/{VOCABULARIES[vocabulary].__name__}Code"}


def code_of(word: str, vocabulary: str) -> str | None:
    """The code that a code, name or synonym means. A plain code, the usual case, costs no query."""
    if word in names()[vocabulary]:
        return word
    return VOCABULARIES[vocabulary].objects.codes_by_word().get(folded(word))


class CodeField(TextField):
    """One code of a vocabulary; names and synonyms resolve to codes."""

    vocabulary = ""
    default_error_messages = {"unknown_code": "“{word}” is not one of the {vocabulary}."}

    @classmethod
    def of(cls, vocabulary: str, **options: Any) -> CodeField:
        """A field of this vocabulary, described in the schema by its codes."""
        kind: type[CodeField] = type(f"{vocabulary.title()}CodeField", (cls,), {"vocabulary": vocabulary})
        described: type[CodeField] = extend_schema_field(code_schema(vocabulary))(kind)
        return described(max_length=120, **options)

    def to_internal_value(self, data: Any) -> str:
        word = super().to_internal_value(data)
        code = code_of(word, self.vocabulary)
        if code is None:
            self.fail("unknown_code", word=word, vocabulary=self.vocabulary.replace("_", " "))
        return code


@extend_schema_field(
    {
        "type": "object",
        "propertyNames": code_schema("concerns"),
        "additionalProperties": {"type": "integer", "minimum": min(IMPORTANCE), "maximum": max(IMPORTANCE)},
        "maxProperties": 100,
    }
)
class ConcernsField(serializers.Field[Any, Any, Any, Any]):
    """Concern → how much it matters. Two words for one concern: the one that matters more."""

    default_error_messages = {
        "not_an_object": "Must be an object: concern to 1, 2 or 3.",
        "too_many": "Name at most 100 concerns.",
    }

    def to_internal_value(self, data: Any) -> dict[str, int]:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        if len(data) > 100:
            self.fail("too_many")
        concerns: dict[str, int] = {}
        errors: dict[str, list[ErrorDetail]] = {}
        for word, importance in data.items():
            code = code_of(word, "concerns")
            errors.update({word: found} if (found := list(_errors(word, code, importance))) else {})
            if code is not None and not found:
                concerns[code] = max(int(importance), concerns.get(code, 0))
        if errors:
            raise serializers.ValidationError(errors)
        return concerns

    def to_representation(self, value: Any) -> Any:
        return value


def _errors(word: str, code: str | None, importance: Any) -> Iterator[ErrorDetail]:
    if code is None:
        yield ErrorDetail(f"“{word}” is not one of the concerns.", "unknown_code")
    if isinstance(importance, bool) or not isinstance(importance, int | float) or importance not in IMPORTANCE:
        yield ErrorDetail("Say 1 (a little), 2 or 3 (a lot).", "out_of_range")
