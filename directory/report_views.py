"""“Report a problem with this listing”: no account, and nothing that tells who it was."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from directory.actions import report_problem
from directory.limits import is_allowed, stand_in_address
from directory.models import Therapist
from directory.report_form import ReportForm
from directory.views import not_listed

REPORTS_AN_HOUR: Final = 5  # from one network
REPORTS_A_DAY: Final = 20  # about one therapist


@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what is wrong with a listing. It goes before a curator, and changes nothing by itself."""
    on, at = timezone.localdate(), timezone.now()
    therapist = Therapist.objects.published(on=on).with_slug(slug)
    if therapist is None:
        return not_listed(request, slug)
    form = ReportForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        from_here = is_allowed(
            "reports", stand_in_address(request), most=REPORTS_AN_HOUR, per=dt.timedelta(hours=1), at=at
        )
        if not from_here or not is_allowed(
            "reports about", str(therapist.pk), most=REPORTS_A_DAY, per=dt.timedelta(days=1), at=at
        ):
            return render(request, "429.html", status=429)
        said = form.cleaned_data
        report_problem(therapist=therapist, kind=said["kind"], text=said["text"], on=on)
        return redirect("directory:report_thanks")
    context = {"form": form, "therapist": therapist}
    return render(request, "directory/report.html", context, status=422 if form.errors else 200)


@cache_control(no_store=True)
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """What happens with a report now; says about nobody whom it was about."""
    return render(request, "directory/report_thanks.html")
