"""Reading a FHIR R4 Questionnaire: its questions, their answer options, and what is wrong with them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

ORDINAL_VALUE = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
LOWEST, HIGHEST = (f"http://hl7.org/fhir/StructureDefinition/{name}Value" for name in ("min", "max"))


def entries_of(questionnaire: Mapping[str, Any], problems: list[str]) -> list[Mapping[str, Any]]:
    """Return the questions in order, each with a text linkId that occurs once."""
    raw = questionnaire.get("item")
    if not isinstance(raw, list) or not raw:
        problems.append("The questionnaire has no items.")
        return []
    found: dict[str, Mapping[str, Any]] = {}
    for position, entry in enumerate(raw, start=1):
        id = entry.get("linkId") if isinstance(entry, Mapping) else None
        if not isinstance(id, str) or not id.strip():
            problems.append(f"Item {position} of the questionnaire has no linkId.")
        elif entry.get("item"):
            problems.append(f"Item {id!r} holds further items; only a flat list can be scored.")
        else:
            found.setdefault(id, entry)
    counts = Counter(id for entry in raw if isinstance(entry, Mapping) and isinstance(id := entry.get("linkId"), str))
    problems += [f"Item {id!r} occurs {count} times." for id, count in counts.items() if count > 1]
    return list(found.values())


def option_problems(entry: Mapping[str, Any], limits: tuple[int, int], *, exact: bool) -> list[str]:
    """Return what is wrong with an item's answer options, or its least and greatest value; it may leave out both."""
    id, low, high = entry["linkId"], *limits
    options = entry.get("answerOption")
    if options is None:
        return [
            f"Item {id!r} takes answers {where} {value}, outside the range {low} to {high}."
            for where, url, end in (("from", LOWEST, low), ("up to", HIGHEST, high))
            if (value := _limit(entry, url)) is not None and (value != end if exact else not low <= value <= high)
        ]
    values = [_option(option)[0] for option in options] if isinstance(options, list) else [None]
    if any(value is None for value in values):
        return [f"Item {id!r} has an answer option without a whole number."]
    numbers = [value for value in values if value is not None]
    outside = [value for value in numbers if not low <= value <= high]
    if outside:
        return [f"Item {id!r} has the answer {outside[0]}, outside the range {low} to {high}."]
    if len(set(numbers)) < len(numbers):
        return [f"Item {id!r} has the same answer twice."]
    if exact and set(numbers) != set(range(low, high + 1)):
        return [f"Item {id!r} does not offer every answer from {low} to {high}."]
    return []


def _limit(entry: Mapping[str, Any], url: str) -> float | None:
    for extension in _extensions(entry):
        if isinstance(extension, Mapping) and extension.get("url") == url:
            value = extension.get("valueInteger", extension.get("valueDecimal"))
            return value if is_number(value) else None
    return None


def _option(option: Any) -> tuple[int | None, str | None]:
    """Return number and words of a FHIR answerOption: valueInteger, or a coding with ordinalValue or numeric code."""
    if not isinstance(option, Mapping):
        return None, None
    if is_integer(option.get("valueInteger")):
        return option["valueInteger"], None
    coding = option.get("valueCoding")
    if not isinstance(coding, Mapping):
        return None, None
    label = words(coding.get("display"))
    for extension in [*_extensions(option), *_extensions(coding)]:
        if isinstance(extension, Mapping) and extension.get("url") == ORDINAL_VALUE:
            value = extension.get("valueDecimal")
            return (int(value), label) if is_number(value) and float(value).is_integer() else (None, label)
    code = str(coding.get("code", ""))
    return (int(code), label) if code.isascii() and code.isdigit() else (None, label)


def _extensions(block: Mapping[str, Any]) -> list[Any]:
    extensions = block.get("extension")
    return extensions if isinstance(extensions, list) else []


def anchors_of(entries: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Return the words of the answers by their number, as the first question gives them."""
    options = entries[0].get("answerOption") if entries else None
    pairs = [_option(option) for option in options] if isinstance(options, list) else []
    return {value: label for value, label in pairs if value is not None and label}


def words(value: Any) -> str | None:
    """Return the text without outer spaces, or None when there is none."""
    return value.strip() or None if isinstance(value, str) else None


def is_integer(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
