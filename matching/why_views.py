"""Why one therapist stands above another. The pair lies in the draft, so that no address tells who was looked at."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from assessments.drafts import open_draft
from matching import couple
from matching.comparison import CannotCompare
from matching.forms import first_unanswered
from matching.intake import InvalidIntake
from matching.matchmaking import compare, find_matches
from matching.why_page import PairForm, WhyPage


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def why(request: HttpRequest) -> HttpResponse:
    """The difference between two therapists for the answers in the draft, and a form that chooses two others."""
    form = PairForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        return _keep(request, [form.cleaned_data["first"], form.cleaned_data["second"]])
    draft = open_draft(request)
    if draft is None:
        return render(request, "matching/no_answers.html")
    missing = first_unanswered(draft.data)
    if missing is not None:
        return redirect("matching:step", slug=missing.slug)
    pair = draft.data.get("why") if form is None else None
    comparison, gone = None, False
    try:
        _, intake = couple.asked(draft)
        matches = find_matches(intake, on=localdate())
        if pair is not None:
            comparison = compare(intake, (pair[0], pair[1]), on=localdate())
    except InvalidIntake as invalid:
        return render(request, "matching/needs_change.html", {"problems": invalid.problems}, status=422)
    except CannotCompare:
        gone = True
    form = form or PairForm(initial=None if pair is None else {"first": pair[0], "second": pair[1]})
    form.offer(matches)
    context = {"page": WhyPage(matches, comparison, gone=gone), "form": form}
    return render(request, "matching/why.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _keep(request: HttpRequest, pair: list[str]) -> HttpResponse:
    response = redirect("matching:why")
    draft = open_draft(request)
    if draft is not None:
        draft.data["why"] = pair
        couple.save(draft, response)
    return response
