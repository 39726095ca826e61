"""The questionnaire, one question a page. Answers arrive in POST bodies and live in the draft, nowhere else."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import catalogue
from assessments.drafts import open_draft, start_draft
from assessments.forms import PEOPLE, WHY, AboutForm, AnswerForm, answer_words, initial_answer, statement
from assessments.instruments import Instrument

NEXT_STEP = "matching:needs"  # the page after the questions; assessments knows no more of matching


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def about(request: HttpRequest) -> HttpResponse:
    """Whom the answers are about. Another person than before starts the questions anew."""
    draft = open_draft(request)
    chosen = draft.data.get("about") if draft else None
    if request.method == "POST":
        form = AboutForm(request.POST)
        if form.is_valid():
            draft = draft or start_draft(request)
            if form.cleaned_data["about"] != chosen:
                draft.data |= {"about": form.cleaned_data["about"], "responses": {}}
            response = redirect("assessments:check" if _changing(request) else _question(1))
            draft.save(response)
            return response
    else:
        form = AboutForm(initial={"about": chosen})
    context = {
        "form": form,
        "count": len(_instrument().items),
        "changing": _changing(request),
        "lost": "lost" in request.GET,
        "answered": bool(draft and draft.data["responses"]),
        "skip": reverse(NEXT_STEP),
    }
    return render(request, "assessments/about.html", context, status=422 if form.is_bound else 200)


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, number: int) -> HttpResponse:
    """One statement, with the stored answer chosen."""
    instrument = _instrument()
    if not 1 <= number <= len(instrument.items):
        raise Http404("There is no such question.")
    draft = open_draft(request)
    if draft is None or draft.data.get("about") not in PEOPLE:
        return redirect(f"{reverse('assessments:about')}?lost" if draft is None else "assessments:about")
    item = instrument.items[number - 1]
    responses = draft.data["responses"]
    if request.method == "POST":
        form = AnswerForm(instrument, request.POST)
        if form.is_valid():
            responses[item.id] = form.saved()
            is_last = number == len(instrument.items)
            response = redirect("assessments:check" if is_last or _changing(request) else _question(number + 1))
            draft.save(response)
            return response
    else:
        form = AnswerForm(instrument, initial={"answer": initial_answer(responses, item)})
    context = {
        "form": form,
        "statement": statement(item, draft.data["about"]),
        "why": WHY[item.scale],
        "number": number,
        "previous": number - 1,
        "count": len(instrument.items),
        "changing": _changing(request),
        "skip": reverse(NEXT_STEP),
    }
    return render(request, "assessments/question.html", context, status=422 if form.is_bound else 200)


@cache_control(no_store=True)
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """All answers with links to change them, before the journey goes on."""
    draft = open_draft(request)
    if draft is None or draft.data.get("about") not in PEOPLE:
        return redirect(f"{reverse('assessments:about')}?lost" if draft is None else "assessments:about")
    instrument = _instrument()
    person, responses = draft.data["about"], draft.data["responses"]
    rows = [
        {
            "number": number,
            "statement": statement(item, person),
            "answer": answer_words(instrument, responses, item),
        }
        for number, item in enumerate(instrument.items, start=1)
    ]
    context = {
        "person": PEOPLE[person][0],
        "rows": rows,
        "too_few": _too_few(instrument, responses),
        "count": len(rows),
        "next": reverse(NEXT_STEP),
    }
    return render(request, "assessments/check.html", context)


@cache_control(no_store=True)
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Delete all that the visitor said, at once."""
    response = redirect("assessments:deleted")
    draft = open_draft(request)
    if draft is not None:
        draft.delete(response)
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


def _question(number: int) -> str:
    return reverse("assessments:question", args=[number])


def _too_few(instrument: Instrument, responses: dict[str, int | None]) -> bool:
    return any(
        sum(responses.get(item.id) is not None for item in scale.items) < scale.minimum_answered
        for scale in instrument.scales
    )
