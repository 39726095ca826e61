"""Leave and come back: a code that is shown once, and the page that takes it. It is in no address, session or log."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.code_forms import ReturnForm
from assessments.codes import shown
from assessments.drafts import DraftSession, open_draft, open_with_code

CHECK_NEEDS = "matching:check"  # where the journey goes on; assessments knows no more of matching


@cache_control(no_store=True)
@require_http_methods(["GET", "POST"])
@transaction.atomic
def code(request: HttpRequest) -> HttpResponse:
    """Offer a code; a POST makes one, and its response is the only place where it is ever shown."""
    draft = open_draft(request)
    if draft is None:
        return redirect("assessments:come_back")
    context = {"draft": draft, "next": _where_one_was(draft)}
    if request.method != "POST":
        return render(request, "assessments/return_code.html", context)
    code = draft.put_under_new_code()
    if code is None:  # deleted in another tab
        return redirect("assessments:come_back")
    response = render(request, "assessments/return_code.html", context | {"code": shown(code)})
    draft.give_cookie(response)
    return response


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@transaction.atomic
def come_back(request: HttpRequest) -> HttpResponse:
    """Take a code and open its draft here. Other answers in this browser are left only when the person says so."""
    here = open_draft(request)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        draft = open_with_code(request, form.cleaned_data["code"])
        if draft is None:
            form.add_error("code", form.OPENS_NOTHING)
        elif here is not None and not here.is_same_as(draft) and not form.cleaned_data["replace"]:
            form.add_error("replace", form.ASK_FIRST)
        else:
            response = redirect(_where_one_was(draft))
            draft.give_cookie(response)  # nothing has changed: a part beside it goes on telling what it told
            return response
    context = {"form": form, "here": here}
    return render(request, "assessments/come_back.html", context, status=422 if form.is_bound else 200)


@cache_control(no_store=True)
@require_POST
@transaction.atomic
def drop_code(request: HttpRequest) -> HttpResponse:
    """Make a return code useless: somebody else may have taken it on this device, or found it."""
    response = redirect("assessments:code_dropped")
    draft = open_draft(request)
    if draft is not None:
        draft.drop_code(response)
    return response


@cache_control(no_store=True)
@require_safe
def code_dropped(request: HttpRequest) -> HttpResponse:
    draft = open_draft(request)
    if draft is None:
        return redirect("assessments:come_back")
    return render(request, "assessments/code_dropped.html", {"next": _where_one_was(draft)})


@cache_control(no_store=True)
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "assessments/left.html")


def _where_one_was(draft: DraftSession) -> str:
    return CHECK_NEEDS if draft.data.get("intake") else "assessments:check"
