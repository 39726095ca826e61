"""The journey from "what brings you" to ranked therapists. Answers travel in POST bodies and live in the draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from assessments.drafts import DraftSession, open_draft, start_draft
from assessments.views import START_AGAIN
from directory.lifetimes import LIFETIMES
from directory.specialties import MOST_APPROACHES, MOST_CONCERNS
from matching import couple, forms, rulebook, unmet
from matching.criteria import CRITERIA
from matching.intake import InvalidIntake
from matching.matchmaking import find_matches
from matching.paths import Presets
from matching.result_page import ResultPage, summary_of
from matching.safety import HELP, help_for
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
@transaction.atomic
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
        urgent = page.urgent(draft.data["intake"]) - page.urgent(intake)
        draft.data.pop("help", None)
        if urgent:
            draft.data["help"] = [[kind, slug] for kind in help_for(urgent)]
        response = redirect(_url_after(page, draft.data, changing=changing))
        couple.save(draft, response)
        return response
    progress = None if changing else Progress.at(page, steps)
    if draft is not None and not form.is_bound and (help_first := _help_first(request, draft, progress=progress)):
        return help_first
    return render(
        request,
        f"matching/step_{slug}.html" if slug in {"concerns", "importance"} else "matching/step.html",
        {
            "form": form,
            "draft": draft,
            "progress": progress,
            "skip": None if changing or page.is_needed else _url_after(page, answers, changing=False),
        },
        status=422 if form.is_bound else 200,
    )


def _help_first(request: HttpRequest, draft: DraftSession, **page: Any) -> HttpResponse | None:
    """Where help is, in place of the page that comes after an answer that tells of danger. Shown once, and forgotten.

    It has the address and the title of that page: both stay in the browser's history, and any that only some answers
    lead to would tell what was answered.
    """
    waiting = draft.data.pop("help", [])
    if not waiting:
        return None
    (kind, answered), *later = waiting
    if later:
        draft.data["help"] = later
    context = {
        "links": HELP[kind],
        "answered": answered,
        "session_format": draft.data["intake"].get("session_format"),
        "view": forms.comers_of(draft.data).path.view,
        **page,
    }
    response = render(request, f"matching/help_first_{kind}.html", context)
    couple.save(draft, response)
    return response


def _url_after(page: type[Step], answers: Mapping[str, Any], *, changing: bool) -> str:
    following = forms.step_after(page, answers, changing=changing)
    if following is None:
        return reverse("matching:check")
    return reverse("matching:step", args=[following.slug]) + ("?change" if changing else "")


@cache_control(no_store=True)
@require_safe
@transaction.atomic
def check(request: HttpRequest) -> HttpResponse:
    """All answers with links to change them."""
    draft = open_draft(request)
    if draft is None:
        return redirect(START_AGAIN)
    missing = forms.first_unanswered(draft.data)
    if missing is not None:
        return redirect("matching:step", slug=missing.slug)
    if help_first := _help_first(request, draft, is_check=True):
        return help_first
    filled_in = forms.comers_of(draft.data).given != Presets()
    return render(
        request, "matching/check.html", {"draft": draft, "summary": summary_of(draft.data), "filled_in": filled_in}
    )


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
    on = localdate()
    try:
        together, intake = couple.asked(draft)
        matches = find_matches(intake, on=on)
    except InvalidIntake as invalid:
        # An answer that was fine when given and no longer is, such as a code that a curator has retired.
        return render(request, "matching/needs_change.html", {"problems": invalid.problems}, status=422)
    response = render(request, "matching/results.html", {"page": ResultPage(matches, draft.data), "couple": together})
    unmet.count_once(request, response, intake, total=matches.total, on=on)
    return response


@require_safe
def how_matching_works(request: HttpRequest) -> HttpResponse:
    """The ruleset, from the same data that the ranking uses."""
    ruleset = rulebook.in_force(localdate())
    studies = rulebook.criterion_evidence(ruleset.edition)
    criteria = [(criterion, ruleset.weights[criterion.code], studies.get(criterion.code, ())) for criterion in CRITERIA]
    context = {
        "ruleset": ruleset,
        "criteria": criteria,
        "lifetimes": LIFETIMES,
        "most_concerns": MOST_CONCERNS,
        "most_approaches": MOST_APPROACHES,
    }
    return render(request, "matching/how_matching_works.html", context)
