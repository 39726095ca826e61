"""From an intake to ranked therapists: the whole story. Read this first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.crypto import salted_hmac

from assessments import catalogue
from assessments.scoring import AttachmentProfile, invalid_responses, profile_from_scores, score
from directory import models
from directory.cards import ReadCards, cards_by_id
from directory.models.taxonomy import UnknownZip
from directory.roster.current import Roster, current
from directory.roster.requirements import Near
from directory.roster.schema import GENDERS, day_number
from directory.roster.selection import Selection
from directory.vocabulary import names, without_retired
from matching import rulebook
from matching.comparison import CannotCompare, Comparison, Side
from matching.explanation import explain
from matching.family import family_of
from matching.intake import Answers, Attachment, Intake, InvalidIntake, Problem
from matching.matches import Match, Matches
from matching.needs import Needs, needs_of, requirements_of
from matching.ranking import TURNS, Scored
from matching.relaxations import Relaxation, relaxations_of
from matching.ruleset import Ruleset
from matching.standings import standings
from matching.weighing import order_changes
from matching.wording import Names, Wording


def find_matches(intake: Intake, *, on: dt.date) -> Matches:
    """Rank the listed therapists for an intake, as the directory stands on that day.

    The same intake, day and data give the same answer. Raises InvalidIntake, naming each place, for codes, a ZIP, an
    instrument or responses that do not exist.
    """
    ruleset = rulebook.in_force(on)
    return matches_of(
        intake,
        on=on,
        ruleset=ruleset,
        seed=seed_of(intake, on=on, ruleset=ruleset),
        roster=current(),
        read_cards=cards_by_id,
    )


def matches_of(
    intake: Intake, *, on: dt.date, ruleset: Ruleset, seed: str, roster: Roster, read_cards: ReadCards
) -> Matches:
    """What these give, today or in a year. `read_cards` for what is shown of the therapists. Raises InvalidIntake."""
    vocabulary, profile, needs = _understood(intake, on=on, ruleset=ruleset)
    selection = roster.select(needs.requirements)
    scored = Scored(selection, needs)
    best = scored.best(intake.limit, seed=int(seed, 16))
    ranked = scored.ranked(best)
    changes = order_changes(scored, best, seed=int(seed, 16))

    shown = [*(place.therapist_id for place in ranked), *(change.therapist_id for change in changes)]
    cards = read_cards(dict.fromkeys(shown), on=on)
    say = Wording(vocabulary)
    return Matches(
        ruleset=ruleset.code,
        seed=seed,
        sequence=roster.sequence,
        on=on,
        total=selection.total,
        needs=needs,
        family=family_of(needs, say),
        profile=profile,
        removed_by=selection.removed_by,
        relaxations=_relaxations(intake, needs, selection),
        facets=without_retired(selection.facets()) if intake.facets else None,
        matches=tuple(
            Match(ranked=place, card=card, explanation=explain(place, card, needs, say))
            for place in ranked
            if (card := cards.get(place.therapist_id)) is not None  # gone since the roster was read
        ),
        order_changes=tuple((change, cards[change.therapist_id]) for change in changes if change.therapist_id in cards),
    )


def compare(intake: Intake, slugs: tuple[str, str], *, on: dt.date) -> Comparison:
    """Why one of two therapists stands above the other for an intake: with the places and findings of `find_matches`.

    Either may be one who does not meet a requirement. Raises InvalidIntake as `find_matches` does, and CannotCompare
    for one therapist twice or for who is not listed on that day.
    """
    if slugs[0] == slugs[1]:
        detail = "This is the first one again. Name two different therapists."
        raise CannotCompare([Problem(path=("1",), code="same_therapist", detail=detail)])
    ruleset = rulebook.in_force(on)
    vocabulary, _, needs = _understood(intake, on=on, ruleset=ruleset)
    seed = seed_of(intake, on=on, ruleset=ruleset)

    listed = models.Therapist.objects.published(on=on)
    ids = {slug: therapist_id for slug in slugs for therapist_id in listed.ids_of_slugs([slug])}
    roster = current()
    found = standings(roster, ids.values(), needs, seed=int(seed, 16))

    cards = cards_by_id(found, on=on)
    if missing := [place for place, slug in enumerate(slugs) if ids.get(slug) not in cards]:
        raise CannotCompare(
            Problem(path=(str(place),), code="not_listed", detail=f"No therapist “{slugs[place]}” is listed.")
            for place in missing
        )
    say = Wording(vocabulary)
    a, b = (
        Side(standing=found[its], card=cards[its], explanation=explain(found[its].weighed, cards[its], needs, say))
        for its in (ids[slug] for slug in slugs)
    )
    return Comparison(ruleset=ruleset.code, seed=seed, sequence=roster.sequence, on=on, needs=needs, a=a, b=b)


def seed_of(intake: Intake, *, on: dt.date, ruleset: Ruleset) -> str:
    """What the order of equals begins with: 16 hexadecimal digits that follow from intake, day and ruleset.

    The first twelve shuffle equals and stay the same from day to day; the last four count the days, so that equals
    take turns evenly. Keyed with this site's secret: nobody outside can work out an intake that favors somebody.
    """
    drawn = salted_hmac("matching.rotation", f"{intake.canonical()}\n{ruleset.code}", algorithm="sha256").digest()
    shuffle, start = int.from_bytes(drawn[:6]), int.from_bytes(drawn[6:8])
    return f"{shuffle * TURNS + (start + day_number(on)) % TURNS:016x}"


def _understood(intake: Intake, *, on: dt.date, ruleset: Ruleset) -> tuple[Names, AttachmentProfile | None, Needs]:
    """The names that sentences use, the client's profile, and the needs. Raises InvalidIntake."""
    vocabulary = names()
    if any(_unknown_codes(intake, vocabulary)):
        vocabulary = names(fresh=True)  # perhaps a curator has just added it
    near = _checked(intake, vocabulary)
    profile = profile_of(intake.attachment)
    needs = needs_of(
        intake,
        on=on,
        ruleset=ruleset,
        profile=profile,
        partner_profile=profile_of(intake.partner_attachment, "partner_attachment"),
        near=near,
    )
    return vocabulary, profile, needs


def _relaxations(intake: Intake, needs: Needs, found: Selection) -> tuple[Relaxation, ...]:
    """What would bring more: each number is the total for a changed intake, in the same directory."""

    def total_of(changed: Intake) -> int:
        wider = replace(needs.near, miles=changed.near.within) if needs.near and changed.near else None
        return found.total_with(requirements_of(changed, on=needs.on, ruleset=needs.ruleset, near=wider))

    return relaxations_of(intake, session_format=needs.session_format, total=found.total, total_of=total_of)


def _checked(intake: Intake, vocabulary: Names) -> Near | None:
    """The place of the intake's ZIP, if it has one. Raises InvalidIntake for what is not in the directory's books."""
    problems = list(_unknown_codes(intake, vocabulary))
    near = None
    if intake.near is not None:
        try:
            near = models.ZipCentroid.objects.near(intake.near.zip, intake.near.within)
        except UnknownZip as unknown:
            problems.append(Problem(path=("near", "zip"), code="unknown_zip", detail=str(unknown)))
    if problems:
        raise InvalidIntake(problems)
    return near


def _unknown_codes(intake: Intake, vocabulary: Names) -> Iterator[Problem]:
    for field, term, known in (
        ("state", "jurisdictions", vocabulary["jurisdictions"]),
        ("delivery", "delivery methods", vocabulary["delivery_methods"]),
        ("session_format", "session formats", vocabulary["session_formats"]),
        ("populations", "populations", vocabulary["populations"]),
        ("concerns", "concerns", vocabulary["concerns"]),
        ("approaches", "approaches", vocabulary["approaches"]),
        ("insurance", "insurance plans", vocabulary["insurance_plans"]),
        ("languages", "languages", vocabulary["languages"]),
        ("genders", "genders", GENDERS),
    ):
        value = getattr(intake, field)
        for code in [value] if isinstance(value, str) else value:
            if code not in known:
                path = (field, code) if field == "concerns" else (field,)
                yield Problem(path=path, code="unknown_code", detail=f"“{code}” is not one of the {term}.")


def profile_of(attachment: Attachment | None, field: str = "attachment") -> AttachmentProfile | None:
    """What the answers, or the scores brought along, amount to. Raises InvalidIntake under `field`."""
    if attachment is None:
        return None
    limits: Any = attachment.range
    if not isinstance(attachment, Answers):
        return profile_from_scores(
            anxiety=attachment.anxiety,
            avoidance=attachment.avoidance,
            range=limits,
            standard_error=attachment.standard_error,
        )
    try:
        instrument = catalogue.get(attachment.instrument)
    except catalogue.UnknownInstrument:
        detail = f"There is no instrument “{attachment.instrument}”."
        raise InvalidIntake([Problem(path=(field, "instrument"), code="unknown_instrument", detail=detail)]) from None
    problems = [
        Problem(path=(field, "responses", wrong.item), code=wrong.code, detail=wrong.sentence)
        for wrong in invalid_responses(instrument, attachment.responses, range=limits)
    ]
    if problems:
        raise InvalidIntake(problems)
    return score(instrument, attachment.responses, range=limits)
