"""As most Django projects begin: filter by joins, load everyone who matches as objects, rank them in Python."""

from __future__ import annotations

from typing import Any

from directory.models import Therapist
from directory.roster.columns import Columns
from directory.roster.requirements import Requirements
from matching.ranking import Ranked
from tests.benchmarks.answers import Asked, Facets, ranked
from tests.benchmarks.joins import found
from tests.benchmarks.orm_facets import facets_by_orm


def answer_from_objects(asked: Asked) -> tuple[int, tuple[Ranked, ...], Facets]:
    """Everyone who matches with what the criteria read, and the ORM's facets.

    The criteria are ours, so the scores are; they run over columns made from the objects, which costs less than a loop
    over the objects would.
    """
    everyone = found(asked).prefetch_related(
        "stated_approaches__approach", "stated_concerns__concern", "populations", "languages", "insurance_plans",
        "locations",
    )  # fmt: skip
    selection = Columns.from_records([_record(one) for one in everyone]).select(Requirements(on=asked.on))
    return selection.total, ranked(selection, asked), facets_by_orm(asked, selection.ids.tolist())


def _record(therapist: Therapist) -> dict[str, Any]:
    approaches, concerns = therapist.stated_approaches.all(), therapist.stated_concerns.all()
    return {
        "id": therapist.pk,
        "approaches": [stated.approach.code for stated in approaches],
        "trained": [stated.approach.code for stated in approaches if stated.trained],
        "concerns": [stated.concern.code for stated in concerns],
        "focus": [stated.concern.code for stated in concerns if stated.focus],
        "populations": [term.code for term in therapist.populations.all()],
        "languages": [term.code for term in therapist.languages.all()],
        "insurance_plans": [term.code for term in therapist.insurance_plans.all()],
        "gender": therapist.gender,
        "fee_from": therapist.fee_max if therapist.fee_min is None else therapist.fee_min,
        "sliding_scale": therapist.sliding_scale,
        "opening_on": therapist.next_opening_on,
        "places": [(place.latitude, place.longitude) for place in therapist.locations.all()],
    }
