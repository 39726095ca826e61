"""The journey from "what brings you" to ranked therapists. Answers travel in POST bodies and live in the draft."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from assessments.drafts import open_draft, start_draft
from assessments.views import START_AGAIN
from matching import forms
from matching.criteria import CRITERIA, NEUTRAL, RULESET
from matching.intake import InvalidIntake
from matching.matchmaking import find_matches
from matching.result_page import ResultPage, summary_of
from matching.situation_steps import ConcernsStep, FormatStep, ImportanceStep, SafetyStep
from matching.step import Step


@cache_control(no_store=True)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "matching/start.html", {"draft": open_draft(request), "again": "again" in request.GET})


@cache_control(no_store=True)
@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Where the questionnaire hands over: the first page about what the client needs."""
    return redirect("matching:step", slug=forms.STEPS[0].slug)


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of questions about needs."""
    draft = open_draft(request)
    intake: dict[str, Any] = {} if draft is None else draft.data.get("intake", {})
    steps = forms.asked_steps(intake)
    page = next((page for page in forms.STEPS if page.slug == slug), None)
    if page is None:
        raise Http404("There is no such question.")
    if draft is None and request.method != "POST" and page is not forms.STEPS[0]:
        return redirect(START_AGAIN)
    if page not in steps:
        return redirect("matching:needs")
    form = page(intake, request.POST if request.method == "POST" else None)
    changing = "change" in request.GET
    if form.is_valid():
        draft = draft or start_draft(request)
        draft.data["intake"] = form.saved()
        if page.urgent(draft.data["intake"]) - page.urgent(intake):
            response = redirect(reverse("matching:help_first", args=[slug]) + ("?change" if changing else ""))
        else:
            response = redirect(*_after(page, draft.data["intake"], changing=changing))
        draft.save(response)
        return response
    number = steps.index(page)
    return render(
        request,
        f"matching/step_{slug}.html" if slug in {"concerns", "importance"} else "matching/step.html",
        {
            "form": form,
            "number": number + 1,
            "count": len(steps),
            "previous": steps[number - 1].slug if number else None,
            "changing": changing,
        },
        status=422 if form.is_bound else 200,
    )


@cache_control(no_store=True)
@require_safe
def help_first(request: HttpRequest, slug: str) -> HttpResponse:
    """What comes right after an answer that tells of danger: where help is, and the way on. Nothing is stored for it.

    Address and title say nothing, since both stay in the browser's history.
    """
    draft = open_draft(request)
    if draft is None:
        return redirect(START_AGAIN)
    intake = draft.data.get("intake", {})
    page = next((page for page in forms.asked_steps(intake) if page.slug == slug and page.urgent(intake)), None)
    if page is None:
        return redirect("matching:needs")
    following = _after(page, intake, changing="change" in request.GET)
    context = {"slug": slug, "links": page.help, "next": reverse(following[0], args=following[1:])}
    return render(request, f"matching/help_first_{slug}.html", context)


def _after(page: type[Step], intake: dict[str, Any], *, changing: bool) -> tuple[str, ...]:
    """The URL name (and argument) that follows a page."""
    steps = forms.asked_steps(intake)
    following = steps[steps.index(page) + 1 :] if page in steps else []
    if changing:
        # A change may open a page that was not asked before: how much a new concern matters, or safety for couples.
        follow_ups = {ConcernsStep: ImportanceStep, FormatStep: SafetyStep}
        following = [step for step in following if step is follow_ups.get(page)]
        return ("matching:step", following[0].slug) if following else ("matching:check",)
    return ("matching:step", following[0].slug) if following else ("matching:check",)


@cache_control(no_store=True)
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """All answers with links to change them."""
    draft = open_draft(request)
    if draft is None:
        return redirect(START_AGAIN)
    missing = forms.first_unanswered(draft.data.get("intake", {}))
    if missing is not None:
        return redirect("matching:step", slug=missing.slug)
    return render(request, "matching/check.html", {"summary": summary_of(draft.data)})


@cache_control(no_store=True)
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Ranked therapists for the answers in the draft: nothing about them is in the URL."""
    draft = open_draft(request)
    if draft is None:
        return render(request, "matching/no_answers.html", status=200)
    missing = forms.first_unanswered(draft.data.get("intake", {}))
    if missing is not None:
        return redirect("matching:step", slug=missing.slug)
    try:
        matches = find_matches(forms.intake_from(draft.data), on=localdate())
    except InvalidIntake as invalid:
        # An answer that was fine when given and no longer is, such as a code that a curator has retired.
        return render(request, "matching/needs_change.html", {"problems": invalid.problems}, status=422)
    return render(request, "matching/results.html", {"page": ResultPage(matches, draft.data)})


@require_safe
def how_matching_works(request: HttpRequest) -> HttpResponse:
    """The ruleset, from the same data that the ranking uses."""
    return render(
        request,
        "matching/how_matching_works.html",
        {"ruleset": RULESET, "criteria": CRITERIA, "neutral": NEUTRAL},
    )
