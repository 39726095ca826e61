"""What the pages of the journey show: the answers in words, and the matches as bars and sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.urls import reverse

from assessments import catalogue
from assessments.people import Person, people_in
from assessments.plane import Plane, plane_of
from assessments.scoring import AttachmentProfile, invalid_responses, score
from assessments.wording import ProfileInWords, in_words
from directory.vocabulary import names
from matching.codes_of_today import in_codes_of_today
from matching.comer_steps import AGES, KINDS, REASONS, WHOM
from matching.evidence import Evidence
from matching.few_matches import FewMatches
from matching.intake import IMPORTANCE, SIGNS, Intake
from matching.matches import Match, Matches
from matching.paths import Comers
from matching.ranking import Finding
from matching.reasons import Card, Reason
from matching.relationship import people_answered, relationship_that_fits
from matching.situation_steps import SafetyStep, format_words
from matching.wish_steps import DELIVERIES, GENDERS, OPENINGS

FOR_A_CHILD: Final = "You look for help for a child. So what you said about yourself does not move the matches."
MOST_OTHERS_FIRST: Final = 3

GRADES_IN_WORDS: Final[Mapping[str, str]] = {
    "A": "tested directly in this situation",
    "B": "works for the group, or first signs that it does",
    "C": "thin, mixed or still open",
}
KINDS_IN_WORDS: Final[Mapping[str, str]] = {
    "no_effect": "tested, and no clear gain was found",
    "link": "shows what goes with what, not that a therapy helps",
    "plan": "planned, with no result yet",
}


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    heading: str
    answers: tuple[str, ...]
    change_url: str


def summary_of(draft: Mapping[str, Any]) -> list[SummaryRow]:
    """All that a client said, in the order of the pages, each with the page that changes it."""
    return list(_summary(draft))


def _summary(draft: Mapping[str, Any]) -> Iterator[SummaryRow]:
    intake = in_codes_of_today(draft.get("intake", {}))
    words = names()
    must = set(intake.get("must", []))

    def row(heading: str, slug: str, answers: Iterable[str | None]) -> SummaryRow:
        url = reverse("matching:step", args=[slug]) + "?change"
        return SummaryRow(heading=heading, answers=tuple(answer for answer in answers if answer), change_url=url)

    def named(vocabulary: str, codes: Iterable[str]) -> Iterator[str]:
        return (words[vocabulary].get(code, code) for code in codes)

    def marked(name: str, answers: Iterable[str]) -> list[str]:
        answers = list(answers)
        return [*answers, "A must"] if answers and name in must else answers

    yield SummaryRow(
        heading="How closeness feels",
        answers=tuple(_answered(person) for person in people_in(draft) if person.is_answered),
        change_url=reverse("assessments:check" if people_in(draft) else "assessments:about"),
    )
    comers = Comers.from_json(draft.get("comers") or {})
    yield row("Who it is for", "for", [REASONS.get(comers.reason or "")])
    if comers.has("family"):
        kinds = ["None of these"] if comers.kinds == () else (KINDS[kind] for kind in comers.kinds or ())
        yield row("Your family", "family", kinds)
        yield row("Who needs help most", "whom", [WHOM.get(comers.whom or "")])
    if comers.has("age"):
        yield row("Age of the children", "age", (AGES[age] for age in comers.ages or ()))
    session_format = intake.get("session_format", "")
    yield row("Who comes", "who", [(format_words("self") | format_words(comers.path.view)).get(session_format)])
    if SafetyStep.is_asked(intake, comers):
        heading = "Safe with your partner" if session_format == "couple" else "Safe at home"
        yield row(heading, "safe", [_yes_no(intake.get("safe_at_home"))])
    concerns = intake.get("concerns", {})
    yield row(
        "What brings you",
        "concerns",
        (f"{words['concerns'].get(code, code)}: {IMPORTANCE[value]}" for code, value in concerns.items()),
    )
    yield row("Something that still feels too much", "trauma", [_yes_no(intake.get("trauma"))])
    sentences = {sign.code: sign.sentence for sign in SIGNS}
    signs = intake.get("signs")
    if comers.has("signs"):
        chosen = ["None of these"] if signs == [] else (sentences[sign] for sign in signs or [])
        yield row("Sounds like you", "signs", chosen)
    near = intake.get("near")
    yield row(
        "Where and how",
        "place",
        [
            *named("jurisdictions", [intake["state"]] if intake.get("state") else []),
            *(dict(DELIVERIES)[code] for code in intake.get("delivery", [])),
            f"Within {near['within']} miles of {near['zip']}" if near else None,
        ],
    )
    yield row("Insurance", "cost", marked("insurance", named("insurance_plans", intake.get("insurance", []))))
    fee = intake.get("fee_max")
    yield row("Most you can pay", "cost", marked("fee_max", [] if fee is None else [f"${fee} a session"]))
    yield row("Knows the life of", "wishes", named("populations", intake.get("populations", [])))
    yield row("Languages", "wishes", marked("languages", named("languages", intake.get("languages", []))))
    genders = dict(GENDERS)
    yield row("Rather talk with", "wishes", marked("genders", (genders[code] for code in intake.get("genders", []))))
    yield row("Ways of working", "wishes", named("approaches", intake.get("approaches", [])))
    openings = dict(OPENINGS)
    days = intake.get("opening_within_days")
    yield row("How soon", "wishes", [None if days is None else openings.get(str(days), f"Within {days} days")])


def _answered(person: Person) -> str:
    answered = sum(value is not None for value in person.responses.values())
    items = len(catalogue.get(catalogue.QUESTIONNAIRE).items)
    return f"About {person.words.addressed}: {answered} of {items} statements answered"


def _yes_no(answer: bool | None) -> str | None:
    return None if answer is None else "Yes" if answer else "No"


@dataclass(frozen=True, kw_only=True)
class FindingRow:
    """One finding as a row of the table: points of at most `most`, and the bar's length of 100."""

    name: str
    points: str
    most: str
    bar: float
    stated: bool
    reason: str
    as_of: dt.date | None

    @classmethod
    def of(cls, finding: Finding, reason: Reason) -> FindingRow:
        return cls(
            name=finding.criterion.name,
            points=f"{finding.points / 100:.2f}",
            most=f"{finding.most_points / 100:.2f}",
            bar=round(100 * finding.points / max(finding.most_points, 1), 1),
            stated=finding.stated,
            reason=reason.text,
            as_of=reason.as_of,
        )


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One finding's piece of the whole bar, in points of 100: where it begins and how long it is."""

    start: float
    points: float
    stated: bool


@dataclass(frozen=True, kw_only=True)
class OtherFirst:
    """Somebody who would come first, and when: "“Cost” counted half as much"."""

    name: str
    url: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Study:
    """What one study found about one or more approaches, and how far it carries."""

    approaches: str
    finding: str
    population: str
    grade: str
    strength: str
    citation: str
    doi: str


class MatchCard:
    """One match as the page shows it; numbers and sentences are those of the API. `above` is the card before it."""

    def __init__(self, match: Match, *, above: Card | None = None) -> None:
        self.rank = match.rank
        self.above = above
        self.therapist = match.card
        self.url = reverse("directory:therapist", args=[match.card["slug"]])
        self.score = f"{match.score:.2f}"
        self.percent_known = round(100 * match.confidence)
        self.reasons = [reason.text for reason in match.explanation.reasons]
        self.cautions = match.explanation.cautions
        self.questions = match.explanation.questions
        self.findings = [FindingRow.of(finding, reason) for finding, reason in match.findings]
        self.segments = _segments(match)
        self.studies = studies_of(row for _, reason in match.findings for row in reason.evidence)

    @property
    def tags(self) -> list[str]:
        words = names()
        return [
            words[vocabulary].get(code, code)
            for vocabulary in ("session_formats", "delivery_methods")
            for code in self.therapist[vocabulary]
        ]


def _segments(match: Match) -> list[Segment]:
    """The points of the findings end to end: together as long as the score."""
    points = [finding.points / 100 for finding, _ in match.findings]
    return [
        Segment(start=round(sum(points[:place]), 2), points=points[place], stated=finding.stated)
        for place, (finding, _) in enumerate(match.findings)
    ]


def studies_of(rows: Iterable[Evidence]) -> list[Study]:
    """The studies behind these rows: each finding once, however many rows, approaches or situations rest on it."""
    called = names()["approaches"]
    found: dict[tuple[str, str], list[Evidence]] = {}
    for row in rows:
        found.setdefault((row.finding, row.citation), []).append(row)
    return [
        Study(
            approaches=", ".join(dict.fromkeys(called.get(row.approach, row.approach) for row in rows)),
            finding=rows[0].finding,
            population=rows[0].population,
            grade=rows[0].grade,
            strength=KINDS_IN_WORDS.get(rows[0].kind, GRADES_IN_WORDS[rows[0].grade]),
            citation=rows[0].citation,
            doi=rows[0].doi,
        )
        for rows in found.values()
    ]


@dataclass(frozen=True, kw_only=True)
class Closeness:
    """How closeness seems to feel with one person; `counts` when it is this profile that moves the matches."""

    about: str
    profile: AttachmentProfile
    counts: bool

    @property
    def plane(self) -> Plane | None:
        return plane_of(self.profile)

    @property
    def words(self) -> ProfileInWords:
        return in_words(self.profile)


class ResultPage:
    """What results.html shows for the matches of a draft."""

    def __init__(self, matches: Matches, draft: Mapping[str, Any]) -> None:
        self._matches = matches
        self._draft = draft
        self._people = people_answered(draft, catalogue.get(catalogue.QUESTIONNAIRE))
        intake = Intake.from_json(draft.get("intake", {}))
        counts = bool(self._people) and Comers.from_json(draft.get("comers") or {}).is_about_client
        self._choice = relationship_that_fits(intake, self._people) if counts else None
        self.total = matches.total
        self.shown_total = f"{matches.total:,}"
        self.few = FewMatches.of(matches)
        self.ruleset, self.seed = matches.ruleset, matches.seed
        self.on: dt.date = matches.on
        self.safety = matches.needs.safety
        self.guidance = matches.needs.guidance
        self.pairing = matches.needs.pairing
        self.family = matches.family
        self.profile = matches.profile
        self.is_couple = draft.get("intake", {}).get("session_format") == "couple"
        self.has_part = "couple" in draft
        self.instead_of_couple = self.is_couple and matches.needs.session_format != "couple"

    @cached_property
    def matches(self) -> list[MatchCard]:
        matches = self._matches.matches
        above = (None, *(match.card for match in matches))
        return [MatchCard(match, above=next_up) for match, next_up in zip(matches, above, strict=False)]

    @cached_property
    def others_first(self) -> list[OtherFirst]:
        """Who else would come first if one thing counted half or twice as much, who needs the fewest changes last."""
        conditions: dict[str, list[str]] = {}
        cards = {card["slug"]: card for _, card in self._matches.order_changes}
        for change, card in self._matches.order_changes:
            conditions.setdefault(card["slug"], []).append(change.condition)
        return [
            OtherFirst(
                name=cards[slug]["name"],
                url=reverse("directory:therapist", args=[slug]),
                conditions=tuple(conditions[slug]),
            )
            for slug in sorted(conditions, key=lambda slug: -len(conditions[slug]))
        ][:MOST_OTHERS_FIRST]

    @cached_property
    def pairing_studies(self) -> list[Study]:
        return studies_of(self._matches.needs.pairing_evidence)

    @cached_property
    def family_studies(self) -> list[Study]:
        return studies_of(self.family.evidence if self.family else ())

    @cached_property
    def closeness(self) -> list[Closeness]:
        """A profile for each person answered about, in the order of answering."""
        instrument = catalogue.get(catalogue.QUESTIONNAIRE)
        return [
            Closeness(
                about=person.addressed,
                profile=score(instrument, person.responses),
                counts=self._choice is not None and person is self._choice.person,
            )
            for person in self._people
            # An answer that a newer edition does not know: that of the one who counts was refused before.
            if not any(invalid_responses(instrument, person.responses))
        ]

    @property
    def whose(self) -> str:
        """Which profile was used, and why, in a sentence."""
        return self._choice.sentence if self._choice else FOR_A_CHILD

    @cached_property
    def summary(self) -> list[SummaryRow]:
        return summary_of(self._draft)

    @property
    def signs_for(self) -> list[str]:
        return _sentences(self.guidance.speaking_for)

    @property
    def signs_against(self) -> list[str]:
        return _sentences(self.guidance.speaking_against)


def _sentences(codes: Iterable[str]) -> list[str]:
    sentences = {sign.code: sign.sentence for sign in SIGNS}
    return [sentences[code] for code in codes]
