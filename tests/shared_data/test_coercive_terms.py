"""Our terms of coercive practice hold all of the shared list, each in its tier."""

from __future__ import annotations

import json

from directory.curation.coercive_terms import ASK, CONTEXT, HOLD, NEVER, TERMS, tiers
from tests.shared_data.test_ecr_sample import SHARED_DATA

SHARED = SHARED_DATA / "coercive_terms.json"


def test_every_shared_term_is_in_its_tier_and_in_no_other() -> None:
    shared = json.loads(SHARED.read_text())
    lists = {
        HOLD: shared["hold"],
        CONTEXT: shared["flag_in_context"]["terms"],
        NEVER: shared["never_flag"],
        ASK: list(shared["ask_which"]),
    }
    ours = tiers()
    for tier, terms in lists.items():
        assert terms, tier
        assert set(terms) <= set(ours[tier]), tier
        for other in set(lists) - {tier}:
            assert not set(terms) & set(ours[other]), (tier, other)


def test_the_shared_lists_stand_in_our_file_as_they_are() -> None:
    shared, ours = json.loads(SHARED.read_text()), json.loads(TERMS.read_text())
    assert {key: ours[key] for key in shared} == shared
