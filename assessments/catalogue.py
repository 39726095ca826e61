"""The instruments at hand: the shipped documents, with what operators imported laid over them."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from assessments.instruments import BrokenInstrument, Instrument, parse
from assessments.models import StoredInstrument

QUESTIONNAIRE = "closeness-12"
"""The instrument of our own pages."""


class UnknownInstrument(LookupError):
    """There is no instrument with this code."""


def get(code: str) -> Instrument:
    """Return the instrument, or raise `UnknownInstrument`. Shipped wording needs no query."""
    known = shipped()
    if code in known and known[code].wording == "included":
        return known[code]
    stored = StoredInstrument.objects.filter(code=code).first()
    if stored is not None:
        return parse(stored.document, packs())
    if code in known:
        return known[code]
    raise UnknownInstrument(code)


def all() -> list[Instrument]:
    """Return every instrument, by code; one query. Raises `BrokenInstrument` when a shipped document is faulty."""
    instruments = dict(shipped())
    for stored in StoredInstrument.objects.order_by("code"):
        instruments[stored.code] = parse(stored.document, packs())
    return [instruments[code] for code in sorted(instruments)]


def add(document: Mapping[str, Any]) -> Instrument:
    """Store a checked document, new or instead of an earlier import. `BrokenInstrument` means that nothing is saved."""
    instrument = parse(document, packs())
    try:
        text = json.dumps(document, allow_nan=False)
    except ValueError as error:
        raise BrokenInstrument(["The document holds a number without end, such as NaN or 1e999."]) from error
    if "\\u0000" in text:
        raise BrokenInstrument(["The document holds a NUL character, which the database cannot keep."])
    if instrument.code in shipped() and instrument.code not in packs():
        raise BrokenInstrument([f"{instrument.code} ships with its wording and cannot be replaced."])
    StoredInstrument.objects.update_or_create(code=instrument.code, defaults={"document": document})
    return instrument


@functools.cache
def shipped() -> Mapping[str, Instrument]:
    """Read `fixtures/instruments/` once per process: code to instrument."""
    instruments = {}
    for path in sorted((settings.FIXTURES / "instruments").glob("*.json")):
        try:
            instrument = parse(json.loads(path.read_text(encoding="utf-8")))
        except BrokenInstrument as broken:
            raise BrokenInstrument([f"{path.name}: {problem}" for problem in broken.problems]) from broken
        instruments[instrument.code] = instrument
    return instruments


def packs() -> Mapping[str, Instrument]:
    """Return the shipped instruments whose wording is for the operator to import."""
    return {code: instrument for code, instrument in shipped().items() if instrument.wording == "import"}
