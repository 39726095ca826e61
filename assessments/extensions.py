"""Our scoring block and our results as FHIR extensions, and back: what a Questionnaire has no element for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Extension = dict[str, Any]

URN = "urn:therapist-directory:"
INSTRUMENT = URN + "instrument:"
SCORING = URN + "scoring"
KEYING = URN + "keying"
PROFILE = URN + "profile"

VALUES = ("valueBoolean", "valueInteger", "valueDecimal", "valueString", "valueCode", "valueUri")


def extension(url: str, value: Any) -> Extension:
    """Write a boolean, number or text as a simple extension, a mapping as a nested one, its Nones left out."""
    if isinstance(value, Mapping):
        nested = [extension(str(name), part) for name, part in value.items() if part is not None and part != {}]
        return {"url": url, "extension": nested}
    for type_, name in ((bool, "valueBoolean"), (int, "valueInteger"), (float, "valueDecimal"), (str, "valueString")):
        if isinstance(value, type_):
            return {"url": url, name: value}
    raise TypeError(f"{type(value).__name__} has no place in an extension.")


def ends(range: tuple[int, int]) -> dict[str, int]:
    """A range as a mapping, which an extension can hold."""
    low, high = range
    return {"low": low, "high": high}


def numbered(texts: Iterable[str]) -> dict[str, str]:
    """A list as a mapping from "1", "2", …, which an extension can hold."""
    return {str(number): text for number, text in enumerate(texts, start=1)}


def scoring_in(questionnaire: Mapping[str, Any]) -> dict[str, Any]:
    """The scoring block that an exported Questionnaire carries; empty when it carries none.

    Nothing is checked here: what is missing or of the wrong kind is found when the block is read.
    """
    block = _value_at(questionnaire, SCORING)
    if not isinstance(block, dict):
        return {}
    _range_of(block)
    if isinstance(block.get("asked_about"), dict):
        block["asked_about"] = list(block["asked_about"].values())
    scales = block.get("scales")
    for scale in scales.values() if isinstance(scales, dict) else ():
        if isinstance(scale, dict) and isinstance(scale.get("reliability"), dict):
            _range_of(scale["reliability"])
    items = questionnaire.get("item")
    entries = [entry for entry in items if isinstance(entry, Mapping)] if isinstance(items, list) else []
    block["keying"] = {entry.get("linkId"): key for entry in entries if (key := _value_at(entry, KEYING)) is not None}
    return block


def _range_of(block: dict[str, Any]) -> None:
    limits = block.get("range")
    if isinstance(limits, dict):
        block["range"] = [limits.get("low"), limits.get("high")]


def _value_at(element: Mapping[str, Any], url: str) -> Any:
    return _read(element).get(url)


def _read(element: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    extensions = element.get("extension")
    for one in extensions if isinstance(extensions, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("url"), str):
            simple = [one[name] for name in VALUES if name in one]
            found[one["url"]] = simple[0] if simple else _read(one)
    return found
