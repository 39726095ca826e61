"""Taking a term out of use on the desk: merge it, with a preview, retire it, put it back. Each with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from directory import actions
from directory.admin.life import ReasonForm, staff
from directory.curation.terms import Preview, is_fixed, preview, stating, with_uses
from directory.models import Term

MAY_MERGE = "directory.merge_term"
WHY_FIXED = "Fixed code: partners, questions and evidence count on it. It can be renamed, not merged or retired."


class MergeForm(ReasonForm):
    field_order = ["into", "reason"]

    def __init__(self, *args: Any, term: Term, **options: Any) -> None:
        super().__init__(*args, **options)
        others = type(term)._default_manager.in_use().exclude(pk=term.pk).in_order()
        self.fields["into"] = forms.ModelChoiceField(
            others, label="Merge into", help_text="Profiles that name the one will name the other."
        )
        self.order_fields(self.field_order)


class UseFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unused", "No profile names it"), ("retired", "Retired"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Not retired",
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "unused":
                return with_uses(queryset.in_use()).filter(uses=0)
            case "retired":
                return queryset.exclude(retired_on=None)
            case "all":
                return queryset
        return queryset.in_use()


class TermSteps(admin.ModelAdmin):
    """A ModelAdmin of terms with their uses, and with buttons that call directory.actions."""

    change_form_template = "directory/admin/term_form.html"

    @admin.display(description="profiles", ordering="uses")
    def uses(self, term: Any) -> str:
        return f"{term.uses:,}"

    @admin.display(description="retired", ordering="retired_on", empty_value="")
    def retired(self, term: Term) -> str | None:
        if term.retired_on is None:
            return None
        return f"{term.retired_on}" + (f", now {term.replaced_by.code}" if term.replaced_by else "")

    @admin.display(description="used by")
    def used_by(self, term: Term) -> str:
        if term.pk is None:
            return "–"
        everybody, listed = stating(term)
        return f"{everybody:,} profile{'' if everybody == 1 else 's'} ({listed:,} published)"

    @admin.display(description="standing")
    def standing(self, term: Term) -> str | SafeString:
        if term.pk is None:
            return "–"
        if term.retired_on is None:
            return WHY_FIXED if is_fixed(term) else "In use."
        if term.replaced_by is None:
            return f"Retired on {term.retired_on}."
        return format_html(
            'Retired on {}: merged into <a href="{}">{}</a>.',
            term.retired_on,
            self._url("change", term.replaced_by),
            term.replaced_by,
        )

    def get_urls(self) -> list[URLPattern]:
        steps: dict[str, Callable[..., HttpResponse]] = {
            "merge": self.merge_view,
            "retire": self.retire_view,
            "put-back": self.put_back_view,
        }
        own = [
            path(
                f"<path:object_id>/{step}/",
                self.admin_site.admin_view(view),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{step.replace('-', '_')}",
            )
            for step, view in steps.items()
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        term = kw.get("obj")
        if term is not None and self._may(request, term):
            if term.retired_on is not None:
                context["steps"] = [("Put back into use…", self._url("put_back", term))]
            elif not is_fixed(term):
                context["steps"] = [("Merge into…", self._url("merge", term)), ("Retire…", self._url("retire", term))]
        return super().render_change_form(request, context, *args, **kw)

    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks for the other term and the reason, shows what would change, and does it when that is confirmed."""
        term = self._term(request, object_id)
        form = MergeForm(request.POST or None, term=term)
        shown: Preview | None = None
        if request.method == "POST" and form.is_valid():
            into, reason = form.cleaned_data["into"], form.cleaned_data["reason"]
            try:
                if "confirmed" in request.POST:
                    changed = actions.merge_terms(
                        gone=term, into=into, by=staff(request), reason=reason, on=timezone.localdate()
                    )
                    done = f"Merged “{term.name}” into “{into.name}”: {changed:,} profiles changed."
                    return self._done(request, term, done, to=into)
                shown = preview(gone=term, into=into)
            except actions.CannotRetire as refusal:
                form.add_error(None, str(refusal))
        return self._ask(request, term, form, title=f"Merge “{term.name}” into…", button="Merge", preview=shown)

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        term = self._term(request, object_id)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                actions.retire_term(
                    term=term, by=staff(request), reason=form.cleaned_data["reason"], on=timezone.localdate()
                )
            except actions.CannotRetire as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, term, f"Retired “{term.name}”.", to=term)
        return self._ask(request, term, form, title=f"Retire “{term.name}”: why?", button="Retire")

    def put_back_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        term = self._term(request, object_id)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                actions.put_back_term(term=term, by=staff(request), reason=form.cleaned_data["reason"])
            except actions.CannotRetire as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, term, f"“{term.name}” is back in use. Profiles stay as they are.", to=term)
        return self._ask(request, term, form, title=f"Put “{term.name}” back into use: why?", button="Put back")

    def _term(self, request: HttpRequest, object_id: str) -> Any:
        if not self._may(request):
            raise PermissionDenied
        term = self.get_object(request, unquote(object_id))
        if term is None:
            raise Http404
        return term

    def _may(self, request: HttpRequest, term: Any = None) -> bool:
        return self.has_change_permission(request, term) and request.user.has_perm(MAY_MERGE)

    def _ask(self, request: HttpRequest, term: Term, form: forms.Form, **context: Any) -> HttpResponse:
        everybody, listed = stating(term)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "term": term,
            "form": form,
            "stating": f"{everybody:,}",
            "listed": f"{listed:,}",
            "back": self._url("change", term),
            **context,
        }
        return TemplateResponse(request, "directory/admin/term_step.html", page)

    def _done(self, request: HttpRequest, term: Term, done: str, *, to: Term) -> HttpResponse:
        self.log_change(request, term, done)
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self._url("change", to))

    def _url(self, page: str, term: Term) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[term.pk])
