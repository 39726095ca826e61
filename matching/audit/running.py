"""An audit: invented intakes through the same search as everybody's, over the directory as it is. Nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from directory.models import Therapist, ZipCentroid
from directory.roster.current import current
from directory.roster.facts import Facts
from directory.roster.schema import day_number
from directory.vocabulary import abbreviations, names
from matching.asking import asking
from matching.audit.concentration import Lotteries, concentration, why_never_eligible
from matching.audit.exposure import Counting
from matching.audit.groups import Attribute, attributes
from matching.audit.outcome import Audit, MostShown
from matching.audit.supply import Supply
from matching.ranking import Scored
from matching.ruleset import Ruleset

NAMED: Final = 10  # of those who are shown most


def audit_ranking(
    *,
    intakes: int,
    seed: int,
    places: int,
    on: dt.date,
    ruleset: Ruleset,
    progress: Callable[[], object] | None = None,
) -> Audit:
    """Let `intakes` invented clients ask, and count who gets the first `places` places of each."""
    roster = current()
    facts = roster.columns.facts
    listed = facts.listed_until >= day_number(on)
    ids = facts.ids[listed]
    counting = Counting(_attributes(facts, on), len(ids), seed=seed)
    lotteries, supply = Lotteries(len(ids), seed=seed), Supply()
    asked: dict[str, set[str]] = {"session_formats": set(), "delivery_methods": set()}
    for one in asking(intakes, seed=seed, limit=places):
        needs = one.needs(on=on, ruleset=ruleset)
        selection = roster.select(needs.requirements)
        eligible = np.searchsorted(ids, selection.ids)
        best = eligible[Scored(selection, needs).best(places, seed=one.seed)]
        counting.add(one.intake, eligible, best)
        lotteries.add(eligible, len(best))
        supply.add(one.intake, needs.session_format, selection, places)
        asked["session_formats"].add(needs.session_format)
        asked["delivery_methods"].update(one.intake.delivery)
        if progress:
            progress()
    never = lotteries.eligible == 0
    reasons = np.array([*why_never_eligible(facts, listed, _masks(facts, asked))], dtype=object)
    return Audit(
        on=on,
        seed=seed,
        intakes=intakes,
        places=places,
        ruleset=ruleset.code,
        sequence=roster.sequence,
        listed=len(ids),
        places_given=int(counting.shown.sum()),
        none=supply.none,
        few=supply.few,
        no_choice=supply.no_choice,
        helped=dict(supply.helped.most_common()),
        gaps=supply.gaps(names()),
        exposure=counting.figures(),
        concentration=concentration(counting.shown, lotteries),
        never_eligible=dict(Counter(reasons[never].tolist()).most_common()),
        most_shown=_most_shown(ids, counting),
    )


def _attributes(facts: Facts, on: dt.date) -> tuple[Attribute, ...]:
    zips = np.array(ZipCentroid.objects.values_list("latitude", "longitude"), dtype=np.float64).reshape(-1, 2)
    words = {**names(fresh=True), "license_types": abbreviations()}
    return attributes(facts, on=on, names=words, zips=zips)


def _masks(facts: Facts, asked: Mapping[str, set[str]]) -> dict[str, int]:
    return {
        vocabulary: sum(1 << facts.codes[vocabulary][code] for code in codes) for vocabulary, codes in asked.items()
    }


def _most_shown(ids: NDArray[np.int64], counting: Counting) -> tuple[MostShown, ...]:
    rows = np.lexsort((ids, -counting.shown))[:NAMED]
    slugs = dict(Therapist.objects.filter(id__in=ids[rows].tolist()).values_list("id", "slug"))
    return tuple(
        MostShown(
            slug=slugs.get(int(ids[row])) or "(left the directory)",
            places=int(counting.shown[row]),
            places_by_lot=float(counting.by_lot[row]),
        )
        for row in rows
        if counting.shown[row]
    )
