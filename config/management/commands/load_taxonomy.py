"""Loads vocabularies, evidence, compacts and ZIP centroids from fixtures/, and checks the shipped instruments.

Safe to run at any time and on every deployment: what is there is updated by code, nothing that a curator added, changed
or retired is undone, and a bit once given to a code stays with it.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from assessments import catalogue
from assessments.instruments import BrokenInstrument
from directory.actions import leave_compact
from directory.models import Approach, Compact, CompactMembership, Evidence, Jurisdiction, ZipCentroid
from directory.models.taxonomy import VOCABULARIES, LicenseType, Term, folded
from directory.roster.schema import CODES_PER_WORD, WORDS
from matching import rulebook

Entry = dict[str, Any]
Outcome = Counter[str]
COLUMNS = ("created", "updated", "unchanged", "removed")


class Command(BaseCommand):
    help = "Load or update the vocabularies, evidence, compacts and ZIP centroids from fixtures/. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        fixtures: Path = settings.FIXTURES
        outcomes: dict[str, Outcome] = {}
        kept: list[str] = []
        with transaction.atomic():
            for vocabulary, model in VOCABULARIES.items():
                path = fixtures / "taxonomy" / f"{vocabulary}.json"
                outcomes[vocabulary] = load_vocabulary(path, vocabulary=vocabulary, model=model, kept=kept)
            edition = rulebook.in_force(timezone.localdate()).edition
            outcomes["evidence"] = load_evidence(fixtures / "evidence" / f"{edition}.json")
            outcomes["compacts"] = load_compacts(fixtures / "compacts.json")
            outcomes["zip_centroids"] = load_zip_centroids(fixtures / "zip_centroids.csv")
            instruments = checked_instruments()
        if options["verbosity"] > 0:
            self.stdout.write(table(outcomes))
            if kept:
                self.stdout.write(f"Kept as curators changed them: {', '.join(kept)}")
            self.stdout.write(f"Instruments in order: {', '.join(instruments)}")


def load_vocabulary(path: Path, *, vocabulary: str, model: type[Term], kept: list[str]) -> Outcome:
    """Bring one vocabulary to what its file says. New codes get the next free bits, in the order of the file.

    What a curator changed since the last load stays, and its code is added to `kept`: what the file says anew is only
    taken over where the row still says what the file said then.
    """
    fields = ["name", "synonyms", "summary"] + (["abbreviation"] if model is LicenseType else [])
    entries = read_entries(path, keys={"code", *fields})
    check_words(path, entries)
    there = {term.code: term for term in model._default_manager.all()}
    bit = model._default_manager.next_bit()
    room = CODES_PER_WORD * WORDS[vocabulary]
    created: list[Term] = []
    updated: list[Term] = []
    noted: list[Term] = []  # nothing changes but what the file says
    for entry in entries:
        wanted = words = {field: entry[field] for field in fields}
        term = there.get(entry["code"])
        if term is not None:
            wanted = merged(words, was=term.shipped, now={field: getattr(term, field) for field in fields})
            kept += [term.code] if wanted != words else []
        if term is None:
            if bit >= room:
                raise CommandError(
                    f"{path.name}: {entry['code']}: no room, {vocabulary} holds {room} codes. "
                    f"Raise WORDS[{vocabulary!r}] in directory/roster/schema.py and migrate."
                )
            term = model(bit=bit)
            bit += 1
            created.append(term)
        elif any(getattr(term, field) != wanted[field] for field in fields):
            updated.append(term)
        elif term.shipped != words:
            noted.append(term)
        else:
            continue
        term.code, term.shipped = entry["code"], words
        for field in fields:
            setattr(term, field, wanted[field])
        check_row(path, term)
    model._default_manager.bulk_create(created)
    if updated or noted:
        model._default_manager.bulk_update([*updated, *noted], [*fields, "shipped"])
    return outcome(created=len(created), updated=len(updated), total=len(entries))


def merged(words: Entry, *, was: Entry | None, now: Entry) -> Entry:
    """The words of a term from what the file says, what it said at the last load (None: never), and the row.

    Synonyms are taken one by one: those that a curator added or took away stay so.
    """
    if was is None:
        return words
    wanted = {field: text if now[field] == was.get(field) else now[field] for field, text in words.items()}
    before, says = was.get("synonyms", []), words["synonyms"]
    if now["synonyms"] == before:
        return wanted | {"synonyms": says}
    stay = [word for word in now["synonyms"] if word in says or word not in before]
    return wanted | {"synonyms": stay + [word for word in says if word not in before and word not in stay]}


def load_evidence(path: Path) -> Outcome:
    """Bring the evidence to what the edition says that ranks; rows that are not in it are removed."""
    fields = [
        "approach", "situation", "situation_name", "grade", "kind", "finding", "population", "citation", "doi",
        "checked_on",
    ]  # fmt: skip
    entries = read_entries(path, keys={"code", *fields})
    approaches = {approach.code: approach for approach in Approach.objects.all()}
    there = {row.code: row for row in Evidence.objects.select_related("approach")}
    created: list[Evidence] = []
    updated: list[Evidence] = []
    for entry in entries:
        values = entry | {
            "approach": approaches.get(entry["approach"]),
            "checked_on": day_of(path, entry["code"], entry["checked_on"]),
        }
        if values["approach"] is None:
            raise CommandError(f"{path.name}: {entry['code']}: there is no approach {entry['approach']!r}")
        row = there.get(entry["code"])
        if row is None:
            row = Evidence()
            created.append(row)
        elif any(getattr(row, field) != values[field] for field in fields):
            updated.append(row)
        else:
            continue
        for field in ("code", *fields):
            setattr(row, field, values[field])
        check_row(path, row)
    removed = there.keys() - {entry["code"] for entry in entries}
    Evidence.objects.filter(code__in=removed).delete()
    Evidence.objects.bulk_create(created)
    if updated:
        Evidence.objects.bulk_update(updated, fields)
    return outcome(created=len(created), updated=len(updated), removed=len(removed), total=len(entries))


def load_compacts(path: Path) -> Outcome:
    """Bring compacts and memberships to what the file says; a membership that was changed at the desk stays as it is.

    Nothing is removed: a state that leaves has a day on which it left, and what hangs on it ends then.
    """
    try:
        document: dict[str, list[Entry]] = json.loads(path.read_text(encoding="utf-8"))
        compacts, memberships = document["compacts"], document["memberships"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path.name}: cannot be read: {error}") from error
    did: Outcome = Counter()
    states = {state.code: state for state in Jurisdiction.objects.all()}
    for entry in compacts:
        values = dated(path, entry["code"], entry, "as_of")
        compact = Compact.objects.filter(code=entry["code"]).first() or Compact()
        did[changed := _bring(compact, values)] += 1
        if changed != "unchanged":
            compact.save()
    known = {compact.code: compact for compact in Compact.objects.all()}
    there = {
        (row.compact_id, row.jurisdiction_id): row
        for row in CompactMembership.objects.select_related("compact", "jurisdiction")
    }
    for entry in memberships:
        code = f"{entry['compact']} {entry['jurisdiction']}"
        if entry["compact"] not in known or entry["jurisdiction"] not in states:
            raise CommandError(f"{path.name}: {code}: there is no such compact or jurisdiction")
        values = dated(path, code, entry, "as_of", "enacted_on", "operational_on", "left_on")
        values |= {"compact": known[entry["compact"]], "jurisdiction": states[entry["jurisdiction"]]}
        left_on = values.pop("left_on")
        row = there.get((values["compact"].pk, values["jurisdiction"].pk)) or CompactMembership()
        if row.curated:
            did["unchanged"] += 1
            continue
        changed = _bring(row, values)
        row._change_reason = path.name  # type: ignore[attr-defined]  # simple_history reads it
        if changed != "unchanged":
            row.save()
        if left_on is not None and row.left_on != left_on:
            leave_compact(membership=row, by=path.name, on=left_on)
            changed = "updated" if changed == "unchanged" else changed
        did[changed] += 1
    return did


def dated(path: Path, code: str, entry: Entry, *days: str) -> Entry:
    """The entry with these days as dates; null stays null."""
    return entry | {name: day_of(path, code, entry[name]) if entry[name] else None for name in days}


def _bring(row: Compact | CompactMembership, values: Entry) -> str:
    """Set the row's fields to the values; say whether it is created, updated or unchanged. The caller saves."""
    different = [name for name, value in values.items() if row.pk is None or getattr(row, name) != value]
    for name in different:
        setattr(row, name, values[name])
    return "created" if row.pk is None else "updated" if different else "unchanged"


def load_zip_centroids(path: Path) -> Outcome:
    """Replace the centroids by COPY when they are not exactly those of the file."""
    wanted = read_centroids(path)
    there = {zip: (lat, lon) for zip, lat, lon in ZipCentroid.objects.values_list("zip", "latitude", "longitude")}
    if there == wanted:
        return outcome(total=len(wanted))
    ZipCentroid.objects.all().delete()
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY directory_zipcentroid (zip, latitude, longitude) FROM STDIN") as copy,
    ):
        for zip, (latitude, longitude) in wanted.items():
            copy.write_row((zip, latitude, longitude))
    return outcome(
        created=len(wanted.keys() - there.keys()),
        updated=sum(there[zip] != wanted[zip] for zip in wanted.keys() & there.keys()),
        removed=len(there.keys() - wanted.keys()),
        total=len(wanted),
    )


def checked_instruments() -> list[str]:
    """The codes of the shipped instruments, each read and checked."""
    try:
        return sorted(catalogue.shipped())
    except (BrokenInstrument, ValueError) as error:
        raise CommandError(f"instruments: {error}") from error


def read_entries(path: Path, *, keys: set[str]) -> list[Entry]:
    """The entries of a fixture: objects with exactly these keys, all text but the synonyms, each code once."""
    try:
        entries: list[Entry] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CommandError(f"{path.name}: must be a list of objects")
    codes: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        code = entry.get("code") or f"entry {number}"
        if entry.keys() != keys:
            raise CommandError(
                f"{path.name}: {code}: missing or unknown keys: {', '.join(sorted(entry.keys() ^ keys))}"
            )
        for key, value in entry.items():
            if key == "synonyms" and not isinstance(value, list):
                raise CommandError(f"{path.name}: {code}: synonyms must be a list")
            for text in value if key == "synonyms" else [value]:
                if not isinstance(text, str) or text != text.strip():
                    raise CommandError(f"{path.name}: {code}: {key} must be text without spaces around it")
        if code in codes:
            raise CommandError(f"{path.name}: {code}: the code is there twice")
        codes.add(code)
    return entries


def read_centroids(path: Path) -> dict[str, tuple[float, float]]:
    """ZIP → latitude and longitude, in degrees."""
    centroids: dict[str, tuple[float, float]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                try:
                    centroids[row["zip"]] = (float(row["lat"]), float(row["lon"]))
                except (KeyError, TypeError, ValueError) as error:
                    raise CommandError(f"{path.name}: {row.get('zip')}: not a centroid: {error}") from error
    except OSError as error:
        raise CommandError(f"{path.name}: cannot be read: {error}") from error
    return centroids


def check_words(path: Path, entries: list[Entry]) -> None:
    """No word may mean two things: codes, names and synonyms of different terms differ when folded."""
    meaning: dict[str, str] = {}
    for entry in entries:
        for word in (entry["code"], entry["name"], *entry["synonyms"]):
            other = meaning.setdefault(folded(word), entry["code"])
            if other != entry["code"]:
                raise CommandError(f"{path.name}: {entry['code']}: {word!r} already means {other}")


def check_row(path: Path, row: Term | Evidence) -> None:
    try:
        row.clean_fields(exclude={"approach"})
    except ValidationError as error:
        problems = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
        raise CommandError(f"{path.name}: {row.code}: {problems}") from error


def day_of(path: Path, code: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{path.name}: {code}: {text!r} is not a date") from error


def outcome(*, total: int, created: int = 0, updated: int = 0, removed: int = 0) -> Outcome:
    return Counter(created=created, updated=updated, unchanged=total - created - updated, removed=removed)


def table(outcomes: dict[str, Outcome]) -> str:
    lines = [f"{'':<15}" + "".join(f"{column:>11}" for column in COLUMNS)]
    for name, counts in outcomes.items():
        lines.append(f"{name:<15}" + "".join(f"{counts[column]:>11,}" for column in COLUMNS))
    return "\n".join(lines)
