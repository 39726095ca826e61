"""The journey from "what brings you" to ranked therapists. Answers travel in POST bodies and live in the draft."""

from __future__ import annotations

from collections.abc import Mapping
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
from matching import couple, forms
from matching.criteria import CRITERIA, NEUTRAL, RULESET
from matching.intake import InvalidIntake
from matching.matchmaking import find_matches
from matching.paths import Presets
from matching.result_page import ResultPage, summary_of
from matching.step import Progress, Step


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
    answers = {} if draft is None else draft.data
    intake = answers.get("intake", {})
    comers, changing = forms.comers_of(answers), "change" in request.GET
    page = next((page for page in forms.STEPS if page.slug == slug), None)
    if page is None:
        raise Http404("There is no such question.")
    steps = forms.asked_steps(answers)
    if draft is None and request.method != "POST" and page is not forms.STEPS[0]:
        return redirect(START_AGAIN)
    if page not in steps and not (changing and slug in comers.path.settles):
        return redirect("matching:needs")
    form = page(intake, comers, request.POST if request.method == "POST" else None)
    if form.is_valid():
        draft = draft or start_draft(request)
        draft.data |= form.saved()
        if page.urgent(draft.data["intake"]) - page.urgent(intake):
            response = redirect(reverse("matching:help_first", args=[slug]) + ("?change" if changing else ""))
        else:
            response = redirect(_url_after(page, draft.data, changing=changing))
        couple.save(draft, response)
        return response
    return render(
        request,
        f"matching/step_{slug}.html" if slug in {"concerns", "importance"} else "matching/step.html",
        {
            "form": form,
            "progress": None if changing else Progress.at(page, steps),
            "skip": None if changing or page.is_needed else _url_after(page, answers, changing=False),
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
    page = next((page for page in forms.STEPS if page.slug == slug and page.urgent(intake)), None)
    if page is None:
        return redirect("matching:needs")
    following = _url_after(page, draft.data, changing="change" in request.GET)
    context = {"slug": slug, "links": page.help, "next": following, "session_format": intake.get("session_format")}
    return render(request, f"matching/help_first_{slug}.html", context)


def _url_after(page: type[Step], answers: Mapping[str, Any], *, changing: bool) -> str:
    following = forms.step_after(page, answers, changing=changing)
    if following is None:
        return reverse("matching:check")
    return reverse("matching:step", args=[following.slug]) + ("?change" if changing else "")


@cache_control(no_store=True)
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """All answers with links to change them."""
    draft = open_draft(request)
    if draft is None:
        return redirect(START_AGAIN)
    missing = forms.first_unanswered(draft.data)
    if missing is not None:
        return redirect("matching:step", slug=missing.slug)
    filled_in = forms.comers_of(draft.data).given != Presets()
    return render(request, "matching/check.html", {"summary": summary_of(draft.data), "filled_in": filled_in})


@cache_control(no_store=True)
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Ranked therapists for the answers in the draft: nothing about them is in the URL."""
    draft = open_draft(request)
    if draft is None:
        return render(request, "matching/no_answers.html", status=200)
    missing = forms.first_unanswered(draft.data)
    if missing is not None:
        return redirect("matching:step", slug=missing.slug)
    together = couple.couple_of(draft)
    try:
        intake = forms.intake_from(draft.data)
        matches = find_matches(intake if together is None else together.added_to(intake), on=localdate())
    except InvalidIntake as invalid:
        # An answer that was fine when given and no longer is, such as a code that a curator has retired.
        return render(request, "matching/needs_change.html", {"problems": invalid.problems}, status=422)
    return render(request, "matching/results.html", {"page": ResultPage(matches, draft.data), "couple": together})


@require_safe
def how_matching_works(request: HttpRequest) -> HttpResponse:
    """The ruleset, from the same data that the ranking uses."""
    return render(
        request,
        "matching/how_matching_works.html",
        {"ruleset": RULESET, "criteria": CRITERIA, "neutral": NEUTRAL},
    )
