"""Two partners who answer alone, each in their own draft, joined by a code that one passes to the other in person."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.codes import code_from, shown
from assessments.drafts import DraftSession, open_draft, start_draft
from assessments.parts import CannotJoin, Part
from directory import shortlist
from matching.couple import couple_of, is_couple, is_unsafe, save, told_by
from matching.couple_forms import JoinForm, ShareForm
from matching.forms import comers_of, first_unanswered
from matching.paths import walk
from matching.safety import UNSAFE_AT_HOME, Link
from matching.situation_steps import FormatStep, SafetyStep


@cache_control(no_store=True)
@require_safe
def couple(request: HttpRequest) -> HttpResponse:
    """Where one stands with a partner. It says the same whatever the partner did or did not do."""
    draft = open_draft(request)
    if draft is None:
        return render(request, "matching/no_answers.html")
    part = Part.of(draft.data)
    if not is_couple(draft.data) and part is None:
        return redirect("matching:step", slug=FormatStep.slug)
    couple_of(draft)
    context = {
        "draft": draft,
        "hotline": _hotline(draft),
        "is_couple": is_couple(draft.data),
        "has_part": part is not None,
        "code": shown(part.code) if part is not None and part.side == "host" else None,
        "is_told": told_by(draft.data) is not None,
        "shares": _shares(draft),
        "to_do": _to_do(draft),
        "has_results": first_unanswered(draft.data) is None,
    }
    return render(request, "matching/couple.html", context)


@cache_control(no_store=True)
@require_POST
@transaction.atomic
def invite(request: HttpRequest) -> HttpResponse:
    """Make a code to pass on. Nobody who does not feel safe is led here, and nothing is made for them."""
    response = redirect("matching:couple")
    draft = open_draft(request)
    if draft is not None and is_couple(draft.data) and not is_unsafe(draft.data):
        draft.invite()
        save(draft, response)
    return response


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@transaction.atomic
def join(request: HttpRequest) -> HttpResponse:
    """Take a partner's code, having said what each of the two will learn."""
    draft = open_draft(request)
    handed_over = "handed_over" in request.POST  # on one device: the code comes along, and is asked about first
    if request.method == "POST" and not handed_over:
        form = JoinForm(request.POST)
        if form.is_valid() and (response := _joined(request, draft, form)):
            return response
    else:
        code = code_from(request.POST.get("code", ""))
        form = JoinForm(initial={"code": code and shown(code)})
    context = {
        "form": form,
        "draft": draft,
        "handed_over": handed_over,
        "has_part": draft is not None and Part.of(draft.data) is not None,
        "hotline": () if draft is None else _hotline(draft),
    }
    return render(request, "matching/join.html", context, status=422 if form.is_bound else 200)


def _joined(request: HttpRequest, draft: DraftSession | None, form: JoinForm) -> HttpResponse | None:
    code, response = form.cleaned_data["code"], redirect("matching:couple")
    part = None if draft is None else Part.of(draft.data)
    if part is not None and part.code == code:
        if part.side == "guest":
            return response
        form.add_error("code", form.OWN)
        return None
    draft = draft or start_draft(request)
    try:
        with transaction.atomic():
            draft.join(code)
            intake, comers = walk(draft.data.get("intake", {}), comers_of(draft.data), reason="couple")
            intake["session_format"] = "couple"
            if intake.get("safe_at_home"):
                del intake["safe_at_home"]  # said before there was this partner: it is asked again
            draft.data |= {"intake": intake, "comers": comers.to_json()}
            save(draft, response)
    except CannotJoin:
        form.add_error("code", form.NOT_OPEN)
        return None
    return response


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@transaction.atomic
def hand_over(request: HttpRequest) -> HttpResponse:
    """On one device: put the own answers away under a return code, so that the partner starts with none of them."""
    draft = open_draft(request)
    part = None if draft is None else Part.of(draft.data)
    if draft is None or part is None or part.side != "host" or is_unsafe(draft.data):
        return redirect("matching:couple")
    if request.method != "POST":
        return render(request, "matching/hand_over.html")
    code = draft.put_under_new_code()
    if code is None:  # deleted in another tab
        return redirect("matching:couple")
    context = {"return_code": shown(code), "invitation": part.code, "draft": draft}
    response = render(request, "matching/hand_over.html", context)
    draft.leave(response)
    response.delete_cookie(shortlist.COOKIE, samesite="Lax")  # whom one looked at is not the partner's to see
    return response


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@transaction.atomic
def share(request: HttpRequest) -> HttpResponse:
    """Whether the partner may see the scores; can be changed at any time."""
    draft = open_draft(request)
    if draft is None or Part.of(draft.data) is None or not is_couple(draft.data) or is_unsafe(draft.data):
        return redirect("matching:couple")
    form = ShareForm(request.POST if request.method == "POST" else None, initial={"share": _shares(draft)})
    if form.is_valid():
        draft.data["couple"]["share"] = form.cleaned_data["share"] == "yes"
        response = redirect("matching:couple")
        save(draft, response)
        return response
    return render(request, "matching/share.html", {"form": form}, status=422 if form.is_bound else 200)


@cache_control(no_store=True)
@require_POST
@transaction.atomic
def withdraw(request: HttpRequest) -> HttpResponse:
    """Delete the own part at once. The own answers stay."""
    response = redirect("matching:withdrawn")
    draft = open_draft(request)
    if draft is not None:
        draft.withdraw()
        save(draft, response)
    return response


@cache_control(no_store=True)
@require_safe
def withdrawn(request: HttpRequest) -> HttpResponse:
    return render(request, "matching/withdrawn.html", {"draft": open_draft(request)})


def _hotline(draft: DraftSession) -> tuple[Link, ...]:
    return UNSAFE_AT_HOME.links if is_unsafe(draft.data) else ()


def _shares(draft: DraftSession) -> str:
    return "yes" if draft.data.get("couple", {}).get("share") else "no"


def _to_do(draft: DraftSession) -> str:
    """The page to answer before the own part tells anything."""
    intake = draft.data["intake"]
    if first_unanswered(draft.data) is not None:
        return reverse("assessments:about")
    if intake.get("safe_at_home") is None:
        return reverse("matching:step", args=[SafetyStep.slug]) + "?change"
    return reverse("assessments:check")
