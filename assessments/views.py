"""The questionnaire, one question a page. Answers arrive in POST bodies and live in the draft, nowhere else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import catalogue
from assessments.drafts import DraftSession, forget, open_draft, start_draft
from assessments.forms import WHY, AboutForm, AnswerForm, answer_words, initial_answer, statement
from assessments.instruments import Instrument
from assessments.people import MOST_PEOPLE, Person, choose_person, people_in, remove_person

NEXT_STEP = "matching:needs"  # the page after the questions; assessments knows no more of matching
# For whoever comes to a later page, by Back or a bookmark, without answers. The start page says why there are none.
START_AGAIN = "/match/?again"


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@transaction.atomic
def about(request: HttpRequest, place: int) -> HttpResponse:
    """Whom the answers are about, first or second. Answers about another person are kept while there is room."""
    draft = open_draft(request)
    people = people_in(draft.data) if draft else []
    if place > len(people) + 1:
        return _start_again(draft)
    here = people[place - 1] if place <= len(people) else None
    others = [person.about for person in people if person is not here]
    if request.method == "POST":
        form = AboutForm(request.POST, others=others)
        if form.is_valid():
            draft = draft or start_draft(request)
            chosen = form.cleaned_data["about"]
            if _changing(request) and here and here.about == chosen:
                response = redirect("assessments:check")
            else:
                response = redirect("assessments:question", place=choose_person(draft.data, place, chosen), number=1)
            draft.save(response)
            return response
    else:
        form = AboutForm(initial={"about": here and here.about}, others=others)
    context = {
        "form": form,
        "place": place,
        "count": len(_instrument().items),
        "changing": _changing(request),
        "answered": bool(here and here.responses),
        "has_room": len(people) < MOST_PEOPLE,
        "skip": reverse(NEXT_STEP),
    }
    return render(request, "assessments/about.html", context, status=422 if form.is_bound else 200)


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@transaction.atomic
def question(request: HttpRequest, place: int, number: int) -> HttpResponse:
    """One statement about the first or second person, with the stored answer chosen."""
    instrument = _instrument()
    if not 1 <= number <= len(instrument.items):
        raise Http404("There is no such question.")
    draft = open_draft(request)
    people = people_in(draft.data) if draft else []
    if draft is None or place > len(people):
        return _start_again(draft)
    item, person = instrument.items[number - 1], people[place - 1]
    if number == len(instrument.items) or _changing(request):
        following = reverse("assessments:check")
    else:
        following = reverse("assessments:question", kwargs={"place": place, "number": number + 1})
    if request.method == "POST":
        form = AnswerForm(instrument, request.POST)
        if form.is_valid():
            person.responses[item.id] = form.saved()
            response = redirect(following)
            draft.save(response)
            return response
    else:
        form = AnswerForm(instrument, initial={"answer": initial_answer(person.responses, item)})
    context = {
        "form": form,
        "statement": statement(item, person),
        "why": WHY[item.scale],
        "place": place,
        "number": number,
        "previous": number - 1,
        "count": len(instrument.items),
        "changing": _changing(request),
        "following": following,
        "skip": reverse(NEXT_STEP),
    }
    return render(request, "assessments/question.html", context, status=422 if form.is_bound else 200)


@cache_control(no_store=True)
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """All answers with links to change them, and the offer to answer about someone else too."""
    draft = open_draft(request)
    people = people_in(draft.data) if draft else []
    if not people:
        return _start_again(draft)
    instrument = _instrument()
    context = {
        "draft": draft,
        "people": [_on_the_check_page(instrument, person) for person in people],
        "may_add": len(people) < MOST_PEOPLE and people[0].is_answered,
        "count": len(instrument.items),
        "next": reverse(NEXT_STEP),
    }
    return render(request, "assessments/check.html", context)


@cache_control(no_store=True)
@require_POST
@transaction.atomic
def remove(request: HttpRequest, place: int) -> HttpResponse:
    """Forget what was said about one of two people."""
    response = redirect("assessments:check")
    draft = open_draft(request)
    if draft is not None:
        remove_person(draft.data, place)
        draft.save(response)
    return response


@cache_control(no_store=True)
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Delete all that the visitor said, at once."""
    response = redirect("assessments:deleted")
    forget(request, response)
    return response


@cache_control(no_store=True)
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "assessments/deleted.html")


def _instrument() -> Instrument:
    return catalogue.get(catalogue.QUESTIONNAIRE)


def _changing(request: HttpRequest) -> bool:
    # Came from "check your answers" and goes back there. Says nothing about the answer, so it may be in the address.
    return "change" in request.GET


def _start_again(draft: DraftSession | None) -> HttpResponse:
    return redirect(START_AGAIN if draft is None else reverse("assessments:about", kwargs={"place": 1}))


def _on_the_check_page(instrument: Instrument, person: Person) -> dict[str, Any]:
    return {
        "words": person.words,
        "too_few": not all(scale.has_enough(person.responses) for scale in instrument.scales),
        "rows": [
            {
                "number": number,
                "statement": statement(item, person),
                "answer": answer_words(instrument, person.responses, item),
            }
            for number, item in enumerate(instrument.items, start=1)
        ],
    }
