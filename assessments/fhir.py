"""Instruments and results as FHIR R4: Questionnaire and QuestionnaireResponse as plain JSON values. Pure: no clock."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assessments.extensions import INSTRUMENT, KEYING, PROFILE, SCORING, Extension, ends, extension, numbered
from assessments.instruments import Instrument, Item, Range, Scale
from assessments.questionnaire import ORDINAL_VALUE
from assessments.scoring import AttachmentProfile, score

Resource = dict[str, Any]


def questionnaire_of(instrument: Instrument) -> Resource:
    """Return the instrument as a Questionnaire that `instruments.parse` reads back with the same keying.

    The keying and the scoring are extensions of our own. Items have no `text` while the wording is not here.
    """
    return {
        "resourceType": "Questionnaire",
        "id": instrument.code,
        "extension": [_scoring(instrument)],
        "url": INSTRUMENT + instrument.code,
        "version": instrument.version,
        "name": "".join(part.capitalize() for part in f"instrument-{instrument.code}".split("-")),
        "title": instrument.title,
        "status": "active",
        "copyright": instrument.license,
        "item": [_item(item, instrument) for item in instrument.items],
    }


def response_of(
    instrument: Instrument,
    responses: Mapping[str, float | None],
    *,
    range: Range | None = None,
    authored: datetime | None = None,
) -> Resource:
    """Return a result as a QuestionnaireResponse: the answers, and the profile as an extension of our own.

    It names nobody. An item that was asked and not answered stands there without an answer. When the items were asked
    on another range than the instrument's, the Questionnaire of that administration is contained. `authored` needs a
    zone. Raises `InvalidResponse` like `score`.
    """
    profile = score(instrument, responses, range=range)
    asked = instrument if profile.range == instrument.range else _on_range(instrument, profile.range)
    document: Resource = {"resourceType": "QuestionnaireResponse"}
    reference = f"{INSTRUMENT}{instrument.code}|{instrument.version}"
    if asked is not instrument:
        contained = questionnaire_of(asked)
        document["contained"] = [contained]
        reference = f"#{contained['id']}"
    document |= {"extension": [_profile(profile)], "questionnaire": reference, "status": "completed"}
    if authored is not None:
        if authored.tzinfo is None:
            raise ValueError("authored needs a zone.")
        document["authored"] = authored.isoformat(timespec="seconds")
    document["item"] = [_answer(item, responses[item.id], asked) for item in instrument.items if item.id in responses]
    if not document["item"]:
        del document["item"]  # FHIR knows no empty lists
    return document


def _on_range(instrument: Instrument, range: Range) -> Instrument:
    """The instrument as it was asked: the words of the answers belong to the other range."""
    return dataclasses.replace(instrument, range=range, anchors={})


def _item(item: Item, instrument: Instrument) -> Resource:
    low, high = instrument.range
    document: Resource = {
        "extension": [extension(KEYING, {"scale": item.scale, "reverse_keyed": item.reverse_keyed})],
        "linkId": item.id,
    }
    if item.text is not None:
        document["text"] = item.text
    answers = [{"valueCoding": _coding(answer, instrument)} for answer in range(low, high + 1)]
    return document | {"type": "choice", "required": False, "answerOption": answers}


def _answer(item: Item, value: float | None, asked: Instrument) -> Resource:
    document: Resource = {"linkId": item.id}
    if item.text is not None:
        document["text"] = item.text
    if value is not None:
        document["answer"] = [{"valueCoding": _coding(int(value), asked)}]
    return document


def _coding(answer: int, instrument: Instrument) -> Resource:
    coding: Resource = {"extension": [{"url": ORDINAL_VALUE, "valueDecimal": answer}], "code": str(answer)}
    if label := instrument.anchors.get(answer):
        coding["display"] = label
    return coding


def _scoring(instrument: Instrument) -> Extension:
    return extension(
        SCORING,
        {
            "range": ends(instrument.range),
            "wording": instrument.wording,
            "asked_about": numbered(instrument.asked_about),
            "scales": {scale.code: _scale(scale) for scale in instrument.scales},
            "citation": instrument.citation,
            "doi": instrument.doi,
            "license": instrument.license,
        },
    )


def _scale(scale: Scale) -> dict[str, Any]:
    block: dict[str, Any] = {"minimum_answered": scale.minimum_answered}
    if scale.reliability is not None:
        figures = dataclasses.asdict(scale.reliability)
        block["reliability"] = figures | {"range": ends(scale.reliability.range)}
    return block


def _profile(profile: AttachmentProfile) -> Extension:
    document = profile.to_json()
    return extension(PROFILE, document | {"range": ends(profile.range), "notes": numbered(profile.notes)})
