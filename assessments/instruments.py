"""Published and own questionnaires as values: items, keying, range, scales, read from FHIR Questionnaire documents.

A document is `{"questionnaire": <FHIR R4 Questionnaire>, "scoring": <our block>}`, or a plain Questionnaire with the
block inside it as `scoring`, or with the extensions that our own export writes. docs/assessments.md describes them.
This module is pure: no Django, no files.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from assessments.extensions import scoring_in
from assessments.questionnaire import anchors_of, entries_of, is_integer, is_number, option_problems, words

Range = tuple[int, int]
Wording = Literal["included", "import"]

SCALES = ("anxiety", "avoidance")
SHARE = re.compile(r"0\.[0-9]*[1-9]")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BrokenInstrument(ValueError):
    """The document is not an instrument. `problems` lists every fault found, in words for the person who wrote it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
    """One statement. `text` is None while the wording is not ours to ship and nobody has imported it."""

    id: str
    text: str | None
    scale: str
    reverse_keyed: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reliability:
    """Cronbach's alpha of a scale with the mean and SD of the sample that it was found in, on that sample's range.

    `quantiles`, where known, go from a share of that sample to the score that this share does not exceed.
    """

    alpha: float
    mean: float
    sd: float
    range: Range
    sample: str
    quantiles: Mapping[float, float] | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scale:
    """The items that measure one thing, and how many of them must be answered for a score."""

    code: str
    items: tuple[Item, ...]
    minimum_answered: int
    reliability: Reliability | None

    @property
    def length(self) -> int:
        return len(self.items)

    def has_enough(self, responses: Mapping[str, float | None]) -> bool:
        """Whether so many of its items are answered that the scale can have a score."""
        return sum(responses.get(item.id) is not None for item in self.items) >= self.minimum_answered


@dataclasses.dataclass(frozen=True, kw_only=True)
class Instrument:
    """A measure with its citation and version. `items` stand in their published order.

    `asked_about` names the relationships that the same items are asked about, one after the other; most measures are
    asked once and name none.
    """

    code: str
    version: str
    title: str
    range: Range
    anchors: Mapping[int, str]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    wording: Wording
    citation: str
    doi: str | None
    license: str
    asked_about: tuple[str, ...] = ()

    @property
    def normed(self) -> bool:
        """Whether figures of a named sample are known for every scale."""
        return all(scale.reliability is not None for scale in self.scales)

    @property
    def can_be_asked(self) -> bool:
        """Whether every item has its wording here."""
        return all(item.text for item in self.items)


def parse(document: Mapping[str, Any], packs: Mapping[str, Instrument] | None = None) -> Instrument:
    """Read an instrument, or raise `BrokenInstrument` with everything that is wrong with it.

    `packs` are instruments whose key may be used: a document whose scoring is `{"key": "ecr"}`, or that has no scoring
    and the id (or the end of the url) of a pack, brings only the wording. One that has the id of a pack and a scoring
    block of its own must agree with the pack.
    """
    questionnaire, scoring = _halves(document)
    known = packs or {}
    if scoring and "key" not in scoring:
        instrument = _Reading(questionnaire, scoring).instrument()
        pack = known.get(instrument.code)
        if pack is None:
            return instrument
        if problems := _disagreements(instrument, pack):
            raise BrokenInstrument(problems)
        return _with_wording(pack, questionnaire)
    named = [scoring["key"]] if scoring else [questionnaire.get("id"), str(questionnaire.get("url")).rsplit("/")[-1]]
    for key in named:
        if isinstance(key, str) and key in known:
            return _with_wording(known[key], questionnaire)
    raise BrokenInstrument(
        [f"There is no scoring block and no known key is named. Known keys: {', '.join(sorted(known)) or 'none'}."]
    )


def _disagreements(instrument: Instrument, pack: Instrument) -> list[str]:
    ours = {item.id: (item.scale, item.reverse_keyed) for item in pack.items}
    problems = [
        f"Item {item.id!r} is keyed otherwise than in the published key of {pack.code}."
        for item in instrument.items
        if item.id in ours and ours[item.id] != (item.scale, item.reverse_keyed)
    ]
    if instrument.range != pack.range:
        problems.append(f"The range differs from that of {pack.code}, {pack.range[0]} to {pack.range[1]}.")
    return problems


def _halves(document: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(document, Mapping):
        raise BrokenInstrument(["The document must be a JSON object."])
    questionnaire = document.get("questionnaire", document)
    if not isinstance(questionnaire, Mapping) or questionnaire.get("resourceType") != "Questionnaire":
        raise BrokenInstrument(['The document must hold a FHIR Questionnaire ("resourceType": "Questionnaire").'])
    scoring = document["scoring"] if "scoring" in document else scoring_in(questionnaire)
    if not isinstance(scoring, Mapping):
        raise BrokenInstrument(["scoring must be a JSON object."])
    return questionnaire, scoring


class _Reading:
    """One pass over a document that collects faults instead of stopping at the first."""

    def __init__(self, questionnaire: Mapping[str, Any], scoring: Mapping[str, Any]) -> None:
        self.questionnaire = questionnaire
        self.scoring = scoring
        self.problems: list[str] = []

    def instrument(self) -> Instrument:
        code = self._text(self.questionnaire, "id", "questionnaire")
        if code and not (CODE.fullmatch(code) and len(code) <= 64):
            self.problems.append("questionnaire.id must be a code of lower-case letters, digits and single hyphens.")
        title = self._text(self.questionnaire, "title", "questionnaire")
        version = self._text(self.questionnaire, "version", "questionnaire")
        citation = self._text(self.scoring, "citation", "scoring")
        license = self._text(self.scoring, "license", "scoring")
        doi = self.scoring.get("doi")
        if doi is not None and not (isinstance(doi, str) and doi.startswith("10.")):
            self.problems.append('scoring.doi must be a DOI such as "10.1000/182", or null.')
        limits = self._range(self.scoring.get("range"), "scoring.range")
        wording = self.scoring.get("wording", "included")
        if wording not in ("included", "import"):
            self.problems.append('scoring.wording must be "included" or "import".')
        entries = entries_of(self.questionnaire, self.problems)
        if limits:
            for entry in entries:
                self.problems += option_problems(entry, limits, exact=True)
        items = self._items(entries, wording)
        scales = self._scales(items)
        anchors = anchors_of(entries) or (self._anchors(limits) if limits else {})
        asked_about = self._asked_about()
        if self.problems or limits is None:
            raise BrokenInstrument(self.problems)
        return Instrument(
            code=code,
            version=version,
            title=title,
            range=limits,
            anchors=anchors,
            items=items,
            scales=scales,
            wording=wording,
            citation=citation,
            doi=doi,
            license=license,
            asked_about=asked_about,
        )

    def _text(self, block: Mapping[str, Any], name: str, where: str) -> str:
        value = block.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.problems.append(f"{where}.{name} is missing.")
        return ""

    def _range(self, value: Any, where: str) -> Range | None:
        if isinstance(value, Sequence) and len(value) == 2 and all(is_integer(end) for end in value):
            low, high = value
            if low < high:
                return low, high
        self.problems.append(f"{where} must be two whole numbers, the lower first.")
        return None

    def _anchors(self, limits: Range) -> dict[int, str]:
        block = self.scoring.get("anchors", {})
        low, high = limits
        if isinstance(block, Mapping) and all(
            answer.isascii() and answer.isdigit() and low <= int(answer) <= high and words(label)
            for answer, label in block.items()
        ):
            return {int(answer): label for answer, label in block.items()}
        self.problems.append(f"scoring.anchors must give words to answers from {low} to {high}.")
        return {}

    def _asked_about(self) -> tuple[str, ...]:
        codes = self.scoring.get("asked_about", [])
        if (
            isinstance(codes, list)
            and all(isinstance(code, str) and CODE.fullmatch(code) for code in codes)
            and len(set(codes)) == len(codes) != 1
        ):
            return tuple(codes)
        self.problems.append("scoring.asked_about must list two or more different codes of relationships, or none.")
        return ()

    def _items(self, entries: Sequence[Mapping[str, Any]], wording: Any) -> tuple[Item, ...]:
        keying = self.scoring.get("keying")
        if not isinstance(keying, Mapping):
            self.problems.append("scoring.keying must be a JSON object from item id to scale and direction.")
            return ()
        items = []
        for entry in entries:
            id, text = entry["linkId"], words(entry.get("text"))
            if wording == "included" and text is None:
                self.problems.append(f"Item {id!r} has no text.")
            key = keying.get(id)
            if not isinstance(key, Mapping):
                self.problems.append(f"Item {id!r} is not in scoring.keying.")
            elif key.get("scale") not in SCALES:
                self.problems.append(f"Item {id!r} has the unknown scale {key.get('scale')!r}.")
            elif not isinstance(key.get("reverse_keyed"), bool):
                self.problems.append(f"Item {id!r} needs reverse_keyed: true or false.")
            else:
                items.append(Item(id=id, text=text, scale=key["scale"], reverse_keyed=key["reverse_keyed"]))
        ids = {entry["linkId"] for entry in entries}
        self.problems += [
            f"scoring.keying names the item {id!r}, which is not there." for id in keying if id not in ids
        ]
        return tuple(items)

    def _scales(self, items: tuple[Item, ...]) -> tuple[Scale, ...]:
        blocks = self.scoring.get("scales")
        if not isinstance(blocks, Mapping):
            self.problems.append("scoring.scales must be a JSON object.")
            return ()
        self.problems += [f"scoring.scales names the unknown scale {code!r}." for code in blocks if code not in SCALES]
        scales = []
        for code in SCALES:
            block, its_items = blocks.get(code), tuple(item for item in items if item.scale == code)
            if not its_items:
                self.problems.append(f"Scale {code!r} has no items.")
            elif not isinstance(block, Mapping):
                self.problems.append(f"scoring.scales lacks {code!r}.")
            else:
                minimum = block.get("minimum_answered")
                if not is_integer(minimum) or not 1 <= minimum <= len(its_items):
                    self.problems.append(f"scoring.scales.{code}.minimum_answered must be 1 to {len(its_items)}.")
                reliability = self._reliability(block.get("reliability"), f"scoring.scales.{code}.reliability")
                scales.append(Scale(code=code, items=its_items, minimum_answered=minimum or 0, reliability=reliability))
        return tuple(scales)

    def _reliability(self, block: Any, where: str) -> Reliability | None:
        if block is None:
            return None
        if not isinstance(block, Mapping):
            self.problems.append(f"{where} must be a JSON object or null.")
            return None
        sample = self._text(block, "sample", where)
        limits = self._range(block.get("range"), f"{where}.range")
        alpha, mean, sd = block.get("alpha"), block.get("mean"), block.get("sd")
        if not (is_number(alpha) and 0 < alpha < 1 and is_number(mean) and is_number(sd) and sd > 0) or not limits:
            self.problems.append(f"{where} needs alpha between 0 and 1, a mean, and an SD above 0.")
            return None
        quantiles = self._quantiles(block.get("quantiles"), limits, f"{where}.quantiles")
        return Reliability(alpha=alpha, mean=mean, sd=sd, range=limits, sample=sample, quantiles=quantiles)

    def _quantiles(self, block: Any, limits: Range, where: str) -> dict[float, float] | None:
        if block is None:
            return None
        shares = [share for share in block if SHARE.fullmatch(share)] if isinstance(block, Mapping) else []
        values = [block[share] for share in sorted(shares)]
        ladder = [limits[0], *values, limits[1]]
        if (
            len(shares) > 1
            and len(shares) == len(block)
            and all(is_number(value) for value in values)
            and all(below < above for below, above in itertools.pairwise(ladder))
        ):
            return {float(share): value for share, value in zip(sorted(shares), values, strict=True)}
        self.problems.append(f'{where} must go from shares such as "0.25" to scores that grow inside the range.')
        return None


def _with_wording(pack: Instrument, questionnaire: Mapping[str, Any]) -> Instrument:
    problems: list[str] = []
    entries = entries_of(questionnaire, problems)
    texts: dict[str, str] = {}
    ids = {item.id for item in pack.items}
    for entry in entries:
        id, text = entry["linkId"], words(entry.get("text"))
        problems += option_problems(entry, pack.range, exact=False)
        if id not in ids:
            problems.append(f"Item {id!r} is not an item of {pack.code}.")
        elif text is None:
            problems.append(f"Item {id!r} has no text.")
        else:
            texts[id] = text
    found = {entry["linkId"] for entry in entries}
    problems += [f"Item {item.id!r} of {pack.code} is missing." for item in pack.items if item.id not in found]
    if problems:
        raise BrokenInstrument(problems)
    items = tuple(dataclasses.replace(item, text=texts[item.id]) for item in pack.items)
    scales = tuple(
        dataclasses.replace(scale, items=tuple(item for item in items if item.scale == scale.code))
        for scale in pack.scales
    )
    return dataclasses.replace(pack, items=items, scales=scales, anchors=anchors_of(entries) or pack.anchors)
