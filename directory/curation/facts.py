"""What a profile states, fact by fact: who entered it, on which day it was said, and until when it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from directory.curation.versions import TERMS
from directory.lifetimes import LIFETIMES
from directory.models import Therapist

#: Facts in the order of the form; each with the lifetime that it has, or none.
_AGING: Final = {fact: lifetime for lifetime in LIFETIMES for fact in lifetime.facts}
PLAIN: Final = (
    "name", "pronouns", "gender", "years_in_practice", "npi", "external_id", "email", "phone", "website",
    "consented_on", "attested_on", "headline", "bio", "accepting_clients", "next_opening_on", "fee_min", "fee_max",
    "sliding_scale",
)  # fmt: skip
MOST_RECORDS: Final = 200


@dataclass(frozen=True, kw_only=True)
class StatedFact:
    """One fact in words. `source` is who entered what it says now; `until` the last day on which it counts."""

    name: str
    words: str
    source: str
    said_on: dt.date | None
    until: dt.date | None
    ages: bool
    counts: bool

    @property
    def is_stated(self) -> bool:
        return bool(self.words)


def stated_facts(therapist: Therapist, *, on: dt.date) -> list[StatedFact]:
    """All facts of a profile from `with_profile()`, stated or not. A handful of queries over its history."""
    sources = _sources(therapist)
    facts = [_fact(therapist, name, _plain(therapist, name), sources, on) for name in PLAIN]
    for name in TERMS:
        words = ", ".join(term.name for term in getattr(therapist, name).all())
        facts.append(_fact(therapist, name, words, sources, on))
    rows: dict[str, Iterable[Any]] = {
        "approaches": therapist.stated_approaches.all(),
        "concerns": therapist.stated_concerns.all(),
        "locations": therapist.locations.all(),
    }
    for name, stated in rows.items():
        facts.append(_fact(therapist, name, "; ".join(map(str, stated)), sources, on))
    return facts


def _fact(therapist: Therapist, name: str, words: str, sources: dict[str, str], on: dt.date) -> StatedFact:
    lifetime = _AGING.get(name)
    said_on = therapist.said_on(lifetime) if lifetime else None
    return StatedFact(
        name={"locations": "offices", "npi": "NPI"}.get(name, name.replace("_", " ")),
        words=words,
        source=sources.get(name, ""),
        said_on=said_on,
        until=said_on + dt.timedelta(days=lifetime.days) if said_on and lifetime else None,
        ages=lifetime is not None,
        counts=lifetime is None or lifetime.counts(said_on, on=on),
    )


def _plain(therapist: Therapist, name: str) -> str:
    value = getattr(therapist, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    field: Any = Therapist._meta.get_field(name)
    return "" if value in (None, "") else str(dict(field.flatchoices).get(value, value))


def _sources(therapist: Therapist) -> dict[str, str]:
    """Who entered what each fact says now, when and why, as far back as the newest records reach."""
    records = list(
        Therapist.history.filter(id=therapist.pk)
        .select_related("history_user")
        .order_by("-history_date", "-pk")[:MOST_RECORDS]
    )
    terms = {name: _terms_of(records, name) for name in TERMS}
    sources: dict[str, str] = {}

    def value(record: Any, name: str) -> Any:
        return terms[name].get(record.pk, frozenset()) if name in TERMS else getattr(record, name)

    for name in (*PLAIN, *TERMS):
        entered = None
        for newer, older in pairwise([*records, None]):
            entered = newer
            if older is None or value(newer, name) != value(older, name):
                break
        if entered is not None:
            sources[name] = _by_whom(entered)
    for name, manager in (
        ("approaches", therapist.stated_approaches),
        ("concerns", therapist.stated_concerns),
        ("locations", therapist.locations),
    ):
        history: Any = manager.model.history
        newest = history.filter(therapist_id=therapist.pk).select_related("history_user")
        if (record := newest.order_by("-history_date", "-history_id").first()) is not None:
            sources[name] = _by_whom(record)
    return sources


def _terms_of(records: list[Any], name: str) -> dict[int, frozenset[int]]:
    if not records:
        return {}
    model: Any = getattr(records[0], name).model
    column = f"{Therapist._meta.get_field(name).remote_field.model._meta.model_name}_id"  # type: ignore[union-attr]
    found: dict[int, set[int]] = {}
    for record, term in model.objects.filter(history__in=[r.pk for r in records]).values_list("history_id", column):
        found.setdefault(record, set()).add(term)
    return {record: frozenset(ids) for record, ids in found.items()}


def _by_whom(record: Any) -> str:
    who = str(record.history_user) if record.history_user else ""
    parts = [who, record.history_change_reason or ""]
    return f"{record.history_date:%Y-%m-%d}: {', '.join(part for part in parts if part) or 'no name on record'}"
