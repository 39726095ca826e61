"""Keeps the flags of the harmful-practice screen in step with the texts they are about."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from directory.curation.coercive_terms import ASK
from directory.curation.folding import fold, letters_of
from directory.curation.screened_texts import remember
from directory.curation.screening import Hit, screen, screen_address
from directory.models import PracticeLocation, ScreeningFlag, Therapist, TherapistApproach


@dataclass(frozen=True, kw_only=True)
class Screened:
    """A text that a therapist brings in. `columns` are those of the import that change it."""

    field: str
    columns: tuple[str, ...]
    find: Callable[[str], list[Hit]] = screen


#: Every text of a profile that is more than a choice from a list. A new one is screened when it stands here, is read by
#: `_texts_of`, and is part of the digest (directory/curation/screened_texts.py).
SCREENED: Final = (
    Screened(field="name", columns=("name",)),
    Screened(field="pronouns", columns=("pronouns",)),
    Screened(field="headline", columns=("headline",)),
    Screened(field="bio", columns=("bio",)),
    Screened(field="website", columns=("website",), find=screen_address),
    Screened(field="email", columns=("email",), find=screen_address),
    Screened(field="offices", columns=("street", "city", "zip")),
    Screened(field="trainings", columns=()),  # an import names none
)
FIELDS: Final = frozenset(text.field for text in SCREENED)
#: The columns of an import that make it worth looking again; a list of approaches can ask which EFT is meant.
COLUMNS: Final = frozenset({"approaches", *(column for text in SCREENED for column in text.columns)})


def refresh_flags(
    therapists: Sequence[Therapist], *, on: dt.date, also: Mapping[int, Iterable[tuple[str, Hit]]] | None = None
) -> int:
    """Screen the texts of these therapists and write what is new; return how many flags were added.

    A flag that waits for a decision goes when its sentence went; a decided one stays on record, and a sentence that
    comes back finds its decision again. `also` holds, by therapist id, further hits and the field each was found in
    (what an import found in a cell).
    """
    ids = [therapist.pk for therapist in therapists]
    known: dict[int, dict[tuple[str, str, str], ScreeningFlag]] = defaultdict(dict)
    for flag in ScreeningFlag.objects.filter(therapist__in=ids):
        known[flag.therapist_id][flag.field, flag.term, flag.sentence] = flag
    of_rows = {"offices": _offices_of(ids), "trainings": _trainings_of(ids)}

    new: list[ScreeningFlag] = []
    changed: list[ScreeningFlag] = []
    gone: list[int] = []
    for therapist in therapists:
        hits = [
            (text.field, hit)
            for text in SCREENED
            for part in _texts_of(therapist, text.field, of_rows)
            for hit in text.find(part)
        ]
        hits += (also or {}).get(therapist.pk, [])
        flags = known[therapist.pk]
        found = set()
        for field, hit in hits:
            key = (field, hit.term, hit.sentence)
            if key in found:
                continue
            found.add(key)
            flag_now = flags.get(key)
            if flag_now is None:
                new.append(
                    ScreeningFlag(
                        therapist_id=therapist.pk,
                        tier=hit.tier,
                        term=hit.term,
                        field=field,
                        sentence=hit.sentence,
                        found_on=on,
                    )
                )
            elif flag_now.tier != hit.tier and flag_now.decision == ScreeningFlag.Decision.OPEN:
                flag_now.tier = hit.tier
                changed.append(flag_now)
        gone += [
            flag.pk
            for key, flag in flags.items()
            # A question that another way of entry asked (a cell of an import) is not ours to take back.
            if key not in found and flag.decision == ScreeningFlag.Decision.OPEN and flag.field in FIELDS
        ]
    if gone:
        ScreeningFlag.objects.filter(pk__in=gone).delete()
    if changed:
        ScreeningFlag.objects.bulk_update(changed, ["tier"])
    if new:
        ScreeningFlag.objects.bulk_create(new, batch_size=1000)
    remember(ids, on=on)
    return len(new)


def which_eft(cells: Iterable[str]) -> Hit | None:
    """The question to ask when a list of approaches says "EFT" and nothing that tells which of the two is meant."""
    words = [fold(cell).replace("-", " ").strip() for cell in cells]
    if any(word.startswith("emotionally focused") for word in words):
        return None
    if any(letters_of(word) == "eft" for word in words):
        return Hit(tier=ASK, term="EFT", sentence="EFT")
    return None


def who_taps(therapist_ids: Sequence[int]) -> set[int]:
    """Those among these therapists whose "EFT" in a list of approaches a curator found to be tapping."""
    answered = ScreeningFlag.objects.filter(
        therapist__in=therapist_ids,
        field="approaches",
        term="EFT",
        decision=ScreeningFlag.Decision.CLEARED,
        reason=ScreeningFlag.Eft.TAPPING.label,
    )
    return set(answered.values_list("therapist_id", flat=True))


def _offices_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """The addresses of therapists, by id."""
    offices: dict[int, list[str]] = defaultdict(list)
    rows = PracticeLocation.objects.filter(therapist__in=ids).exclude(street="", city="").order_by("pk")
    for therapist, street, city in rows.values_list("therapist_id", "street", "city"):
        offices[therapist].append(", ".join(part for part in (street, city) if part))
    return offices


def _trainings_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of completed trainings, by the id of the therapist."""
    trainings: dict[int, list[str]] = defaultdict(list)
    rows = TherapistApproach.objects.filter(therapist__in=ids).exclude(training="").order_by("pk")
    for therapist, training in rows.values_list("therapist_id", "training"):
        trainings[therapist].append(training)
    return trainings


def _texts_of(therapist: Therapist, field: str, of_rows: Mapping[str, Mapping[int, list[str]]]) -> list[str]:
    """What a therapist says in a screened field."""
    if field in of_rows:
        return of_rows[field].get(therapist.pk, [])
    text = getattr(therapist, field)
    return [text] if text else []
