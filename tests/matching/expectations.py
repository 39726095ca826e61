"""What can be expected of the answer to a vignette, as sentences that hold or do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.matching.vignette import Answer


@dataclass(frozen=True)
class Above:
    """Each stands before the next by merit, not by taking turns."""

    names: tuple[str, ...]

    def holds(self, answer: Answer) -> bool:
        pairs = zip(self.names, self.names[1:], strict=False)
        return answer.places.keys() >= set(self.names) and all(
            answer.merit(better) > answer.merit(worse) for better, worse in pairs
        )

    def __str__(self) -> str:
        return " stands above ".join(f"“{name}”" for name in self.names)


def above(*names: str) -> Above:
    return Above(names)


@dataclass(frozen=True)
class First:
    """Stands before everybody else by merit."""

    name: str

    def holds(self, answer: Answer) -> bool:
        others = answer.places.keys() - {self.name}
        return self.name in answer.places and all(answer.merit(self.name) > answer.merit(other) for other in others)

    def __str__(self) -> str:
        return f"“{self.name}” is first"


def first_is(name: str) -> First:
    return First(name)


@dataclass(frozen=True)
class NotInTop:
    """Is shown, and at least `places` others stand before by merit."""

    places: int
    name: str

    def holds(self, answer: Answer) -> bool:
        if self.name not in answer.places:
            return False
        return sum(answer.merit(other) > answer.merit(self.name) for other in answer.places) >= self.places

    def __str__(self) -> str:
        return f"“{self.name}” is not among the first {self.places}"


def not_in_top(places: int, name: str) -> NotInTop:
    return NotInTop(places, name)


@dataclass(frozen=True)
class Tied:
    """Are equals, and take turns."""

    names: tuple[str, ...]

    def holds(self, answer: Answer) -> bool:
        return answer.places.keys() >= set(self.names) and len({answer.merit(name) for name in self.names}) == 1

    def __str__(self) -> str:
        return f"{' and '.join(f'“{name}”' for name in self.names)} are equals"


def tied(*names: str) -> Tied:
    return Tied(names)


@dataclass(frozen=True)
class Shown:
    """Are among the matches, wherever."""

    names: tuple[str, ...]

    def holds(self, answer: Answer) -> bool:
        return answer.places.keys() >= set(self.names)

    def __str__(self) -> str:
        return f"{' and '.join(f'“{name}”' for name in self.names)} are shown"


def shown(*names: str) -> Shown:
    return Shown(names)


@dataclass(frozen=True)
class Absent:
    """Is not shown, for these requirements and no other."""

    name: str
    because: frozenset[str]

    def holds(self, answer: Answer) -> bool:
        return self.name not in answer.places and answer.broken_by(self.name) == self.because

    def __str__(self) -> str:
        return f"“{self.name}” is not shown because of: {', '.join(sorted(self.because))}"


def absent(name: str, *, because: str) -> Absent:
    return Absent(name, frozenset(because.split()))


@dataclass(frozen=True)
class Says:
    """The match of a therapist has these reasons or cautions."""

    name: str
    codes: frozenset[str]

    def holds(self, answer: Answer) -> bool:
        if self.name not in answer.places:
            return False
        explanation = answer.explained(self.name)
        return self.codes <= {said.code for said in (*explanation.findings, *explanation.cautions)}

    def __str__(self) -> str:
        return f"“{self.name}” comes with: {', '.join(sorted(self.codes))}"


def says(name: str, *codes: str) -> Says:
    return Says(name, frozenset(codes))


@dataclass(frozen=True)
class Cites:
    """Whether these studies are shown beside what a therapist does: a DOI each, or how the citation begins."""

    name: str
    studies: tuple[str, ...]
    yes: bool

    def holds(self, answer: Answer) -> bool:
        if self.name not in answer.places:
            return False
        rows = [row for said in answer.explained(self.name).findings for row in said.evidence]
        shown = (any(study == row.doi or row.citation.startswith(study) for row in rows) for study in self.studies)
        return all(shown) if self.yes else not any(shown)

    def __str__(self) -> str:
        return f"“{self.name}” comes with{'' if self.yes else 'out'} the studies {', '.join(self.studies)}"


def cites(name: str, *studies: str) -> Cites:
    return Cites(name, studies, yes=True)


def never_cites(name: str, *studies: str) -> Cites:
    return Cites(name, studies, yes=False)


@dataclass(frozen=True)
class Notes:
    """The safety notes, the most urgent one first: these and no other."""

    codes: tuple[str, ...]

    def holds(self, answer: Answer) -> bool:
        return tuple(note.code for note in answer.needs.safety) == self.codes

    def __str__(self) -> str:
        return f"said before any match: {', '.join(self.codes) or 'nothing'}"


def notes(*codes: str) -> Notes:
    return Notes(codes)


@dataclass(frozen=True)
class Needed:
    """What the intake amounts to: `what` is one of the needs, `value` how it should be read."""

    what: str
    value: str | None

    def holds(self, answer: Answer) -> bool:
        needs = answer.needs
        read: Mapping[str, str | None] = {
            "session format": needs.session_format,
            "guidance": needs.guidance.attachment_focused,
            "pairing": needs.pairing and needs.pairing.code,
        }
        return read[self.what] == self.value

    def __str__(self) -> str:
        return f"{self.what} is {self.value}"


def searches(session_format: str) -> Needed:
    return Needed("session format", session_format)


def guidance(answer: str) -> Needed:
    return Needed("guidance", answer)


def pairing(code: str | None) -> Needed:
    return Needed("pairing", code)


@dataclass(frozen=True)
class Asked:
    """Whether a criterion counts for this client at all."""

    criterion: str
    yes: bool

    def holds(self, answer: Answer) -> bool:
        return bool(answer.places) and (self.criterion in answer.asked) == self.yes

    def __str__(self) -> str:
        return f"{self.criterion} {'counts' if self.yes else 'does not count'}"


def counts(criterion: str) -> Asked:
    return Asked(criterion, yes=True)


def never_counts(criterion: str) -> Asked:
    return Asked(criterion, yes=False)
