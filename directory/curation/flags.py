"""Keeps the flags of the harmful-practice screen in step with the texts they are about."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from directory.curation.coercive_terms import ASK
from directory.curation.screening import Hit, screen
from directory.models import ScreeningFlag, Therapist

SCREENED = ("headline", "bio")


def refresh_flags(
    therapists: Sequence[Therapist], *, on: dt.date, also: Mapping[int, Iterable[tuple[str, Hit]]] | None = None
) -> int:
    """Screen the texts of these therapists and write what is new; return how many flags were added.

    A flag that waits for a decision goes when its sentence went; a decided one stays on record. `also` holds, by
    therapist id, further hits and the field each was found in (what an import found in a cell).
    """
    known: dict[int, dict[tuple[str, str, str], ScreeningFlag]] = defaultdict(dict)
    for flag in ScreeningFlag.objects.filter(therapist__in=[therapist.pk for therapist in therapists]):
        known[flag.therapist_id][flag.field, flag.term, flag.sentence] = flag

    new: list[ScreeningFlag] = []
    changed: list[ScreeningFlag] = []
    gone: list[int] = []
    for therapist in therapists:
        hits = [(field, hit) for field in SCREENED for hit in screen(getattr(therapist, field))]
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
            if key not in found and flag.decision == ScreeningFlag.Decision.OPEN and flag.field in SCREENED
        ]
    if gone:
        ScreeningFlag.objects.filter(pk__in=gone).delete()
    if changed:
        ScreeningFlag.objects.bulk_update(changed, ["tier"])
    if new:
        ScreeningFlag.objects.bulk_create(new, batch_size=1000)
    return len(new)


def which_eft(cells: Iterable[str]) -> Hit | None:
    """The question to ask when a list of approaches says "EFT" and nothing that tells which of the two is meant."""
    words = [" ".join(cell.casefold().replace("-", " ").split()) for cell in cells]
    if "eft" in words and not any(word.startswith("emotionally focused") for word in words):
        return Hit(tier=ASK, term="EFT", sentence="EFT")
    return None
