"""Terms that go: one merged into another with all that refers to it, or retired when nothing does. Never deleted.

`by` is the member of staff who acts, or a name. What refers to a term is moved by statements over whole tables, so that
search rows, cards and the feed follow by their triggers, and every profile that changed has it in its history.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, models, transaction

from directory.curation.bulk_history import CHANGED, DELETED, LONGEST_REASON, record, record_therapists
from directory.models import DemandCell, InsurancePlan, Term, Therapist
from directory.models.taxonomy import VOCABULARIES, folded

#: Vocabularies whose terms therapists choose. License types and jurisdictions are made by the law, and never retired.
STATED: Final = tuple(field for field in VOCABULARIES if field not in {"license_types", "jurisdictions"})
#: What marks a stated term, by vocabulary: completed training, what they are best at.
MARKS: Final = {"approaches": "trained", "concerns": "focus"}
#: Where a code of the vocabulary stands in what was asked (DemandCell).
ASKED_AS: Final = {
    "session_formats": "session_format",
    "concerns": "concern",
    "insurance_plans": "insurance_plan",
}


class CannotRetire(Exception):
    """A term cannot go, or not that way; the text says why, in a plain sentence."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a merge would do: `stating` profiles name the term, `both` of them the other one as well; `listed` of them
    are published. `words` go to the other term as synonyms."""

    stating: int
    both: int
    listed: int
    words: list[str]


def vocabulary_of(term: Term | type[Term]) -> str:
    model = term if isinstance(term, type) else type(term)
    return next(name for name, its in VOCABULARIES.items() if its is model)


def is_fixed(term: Term) -> bool:
    """Whether partners, evidence and questions count on the term: the fixtures name its code. Insurance plans are the
    curators' own, wherever they came from."""
    vocabulary = vocabulary_of(term)
    if vocabulary not in STATED:
        return True
    return not isinstance(term, InsurancePlan) and term.code in _shipped_codes(settings.FIXTURES, vocabulary)


@cache
def _shipped_codes(fixtures: Path, vocabulary: str) -> frozenset[str]:
    entries = json.loads((fixtures / "taxonomy" / f"{vocabulary}.json").read_text(encoding="utf-8"))
    return frozenset(entry["code"] for entry in entries)


def with_uses(terms: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The terms of one of the STATED vocabularies with `uses`: how many profiles name each. Part of the same query."""
    through, column = _through(vocabulary_of(terms.model))
    counted = (
        through._default_manager.filter(**{column: models.OuterRef("pk")})
        .order_by()
        .values(column)
        .annotate(uses=models.Count("pk"))
        .values("uses")
    )
    return terms.annotate(uses=models.functions.Coalesce(models.Subquery(counted), 0))


def stating(term: Term) -> tuple[int, int]:
    """How many profiles name the term, and how many of these are published."""
    therapists = _therapists_of(term)
    return therapists.count(), therapists.filter(life=Therapist.Life.PUBLISHED).count()


def preview(*, gone: Term, into: Term) -> Preview:
    """What merge_terms would do now. Raises CannotRetire."""
    _check(gone, into)
    everybody, listed = stating(gone)
    return Preview(
        stating=everybody,
        both=_therapists_of(gone).filter(pk__in=_therapists_of(into)).count(),
        listed=listed,
        words=_words_for(into, gone),
    )


@transaction.atomic
def merge_terms(*, gone: Term, into: Term, by: AbstractBaseUser | str, reason: str, on: dt.date) -> int:
    """Retire a term in favor of another one of its vocabulary; return how many profiles changed.

    Every profile that named it names the other one instead, and keeps a mark (trained, focus) that either had. Its
    code, name and synonyms become synonyms of the other one; what was merged into it before follows. Raises
    CannotRetire, and ValueError without a reason.
    """
    why = f"Merged {gone.code} into {into.code}: {_given(reason)}"
    vocabulary = vocabulary_of(gone)
    _lock(gone, into)
    _check(gone, into)

    changed = _move(vocabulary, gone, into, by=by, why=why)
    into.synonyms = [*into.synonyms, *_words_for(into, gone)]
    _save(into, ["synonyms"], by=by, why=why)
    for earlier in type(gone)._default_manager.filter(replaced_by=gone):
        earlier.replaced_by = into
        _save(earlier, ["replaced_by"], by=by, why=why)
    gone.retired_on, gone.replaced_by = on, into
    _save(gone, ["retired_on", "replaced_by"], by=by, why=why)
    if vocabulary in ASKED_AS:
        DemandCell.objects.move(ASKED_AS[vocabulary], gone.code, into.code)
    return changed


@transaction.atomic
def retire_term(*, term: Term, by: AbstractBaseUser | str, reason: str, on: dt.date) -> None:
    """Retire a term that no profile names, without a replacement: its words mean nothing from now on.

    Raises CannotRetire, naming how many profiles use it, and ValueError without a reason.
    """
    why = f"Retired: {_given(reason)}"
    _lock(term)
    _check_may_go(term)
    uses = _therapists_of(term).count()
    if uses:
        raise CannotRetire(f"{_profiles(uses)} “{term.name}”. Merge it into another term: then they keep it.")
    replaced = type(term)._default_manager.filter(replaced_by=term).count()
    if replaced:
        raise CannotRetire(f"“{term.name}” stands for {replaced} merged before. Merge it: then their codes still work.")
    term.retired_on = on
    _save(term, ["retired_on"], by=by, why=why)


@transaction.atomic
def put_back_term(*, term: Term, by: AbstractBaseUser | str, reason: str) -> None:
    """Put a retired term back into use. The one that replaced it gives its words back; profiles stay as they are.

    Raises CannotRetire when it is in use, and ValueError without a reason.
    """
    why = f"Back in use: {_given(reason)}"
    _lock(*filter(None, (term, term.replaced_by)))
    if term.retired_on is None:
        raise CannotRetire(f"“{term.name}” is in use.")
    into, term.retired_on, term.replaced_by = term.replaced_by, None, None
    if into is not None:
        own = {folded(word) for word in (term.code, term.name, *term.synonyms)}
        into.synonyms = [word for word in into.synonyms if folded(word) not in own]
        _save(into, ["synonyms"], by=by, why=why)
    _save(term, ["retired_on", "replaced_by"], by=by, why=why)
    meanings = type(term)._default_manager.exclude(pk=term.pk).in_use().codes_by_word()
    free = [word for word in term.synonyms if folded(word) not in meanings]
    if free != term.synonyms:  # given to others meanwhile
        term.synonyms = free
        _save(term, ["synonyms"], by=by, why=why)


def _move(vocabulary: str, gone: Term, into: Term, *, by: AbstractBaseUser | str, why: str) -> int:
    """Let everybody who names the one name the other, and return how many that are."""
    through, column = _through(vocabulary)
    mark = MARKS.get(vocabulary)
    table, term = _quoted(through._meta.db_table), _quoted(f"{column}_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stated.id, stated.therapist_id, other.id FROM {table} stated"  # noqa: S608
            f" LEFT JOIN {table} other ON other.therapist_id = stated.therapist_id AND other.{term} = %s"
            f" WHERE stated.{term} = %s",
            [into.pk, gone.pk],
        )
        rows = cursor.fetchall()
        moved = [id for id, _, other in rows if other is None]
        doubled = [id for id, _, other in rows if other is not None]
        therapists = [therapist for _, therapist, _ in rows]
        marked: list[int] = []
        if mark:
            cursor.execute(
                f"UPDATE {table} other SET {mark} = true FROM {table} stated"  # noqa: S608
                f" WHERE stated.id = ANY(%s) AND stated.{mark} AND other.therapist_id = stated.therapist_id"
                f" AND other.{term} = %s AND NOT other.{mark} RETURNING other.id",
                [doubled, into.pk],
            )
            marked = [id for (id,) in cursor.fetchall()]
            record(through, doubled, DELETED, by=by, reason=why)
        if doubled:
            cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [doubled])  # noqa: S608
        if moved:
            cursor.execute(f"UPDATE {table} SET {term} = %s WHERE id = ANY(%s)", [into.pk, moved])  # noqa: S608
    if mark:
        record(through, [*moved, *marked], CHANGED, by=by, reason=why)
    else:
        record_therapists(therapists, CHANGED, by=by, reason=why)
    return len(therapists)


def _lock(*terms: Term) -> None:
    """Wait for everybody who is writing a profile that names one, and let nobody begin to. In the order of a profile
    that is saved: therapists first, then terms."""
    for term in terms:
        list(_therapists_of(term).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    locked = type(terms[0])._default_manager.select_for_update().order_by("pk")
    now = {row.pk: row for row in locked.filter(pk__in=[term.pk for term in terms])}
    for term in terms:
        for name in ("name", "synonyms", "retired_on", "replaced_by_id"):
            setattr(term, name, getattr(now[term.pk], name))


def _check(gone: Term, into: Term) -> None:
    _check_may_go(gone)
    if type(gone) is not type(into) or gone.pk == into.pk:
        raise CannotRetire("Choose another term of the same vocabulary.")
    if into.retired_on is not None:
        raise CannotRetire(f"“{into.name}” is retired itself.")


def _check_may_go(term: Term) -> None:
    if term.retired_on is not None:
        raise CannotRetire(f"“{term.name}” is retired already.")
    if is_fixed(term):
        raise CannotRetire(
            f"“{term.code}” is a fixed code: partners, questions and evidence count on it. "
            "Its name, summary and synonyms can be changed."
        )


def _words_for(into: Term, gone: Term) -> list[str]:
    """The words of the term that goes which the other one does not have yet, and which mean nothing else."""
    meanings = type(gone)._default_manager.exclude(pk__in=[gone.pk, into.pk]).in_use().codes_by_word()
    known = {folded(word) for word in (into.code, into.name, *into.synonyms)} | meanings.keys()
    words = {folded(word): word for word in reversed((gone.code, gone.name, *gone.synonyms))}
    return [word for key, word in reversed(words.items()) if key not in known]


def _therapists_of(term: Term) -> models.QuerySet[Therapist]:
    vocabulary = vocabulary_of(term)
    if vocabulary not in STATED:
        return Therapist.objects.none()
    through, column = _through(vocabulary)
    return Therapist.objects.filter(pk__in=through._default_manager.filter(**{column: term}).values("therapist"))


def _through(vocabulary: str) -> tuple[type[models.Model], str]:
    """The table in which therapists name terms, and its column."""
    field: Any = Therapist._meta.get_field(vocabulary)
    return field.remote_field.through, field.m2m_reverse_field_name()


def _save(term: Term, fields: list[str], *, by: AbstractBaseUser | str, why: str) -> None:
    row: Any = term
    row._history_user, row._change_reason = (None, f"{by}: {why}") if isinstance(by, str) else (by, why)
    row._change_reason = row._change_reason[:LONGEST_REASON]
    term.save(update_fields=fields)


def _given(reason: str) -> str:
    if not reason.strip():
        raise ValueError("Say why: the reason stays on record.")
    return reason.strip()


def _profiles(count: int) -> str:
    return "One profile names" if count == 1 else f"{count:,} profiles name"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
