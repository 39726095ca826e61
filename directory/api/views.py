"""The directory's part of the API: the codes, the list, the profile; and the description of the whole API."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django_filters.utils import translate_validation
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from directory.api.filters import BY_CODES, TherapistFilter
from directory.api.paging import PageForm
from directory.api.permissions import InvalidQuery, KnownParameters
from directory.api.schema import document
from directory.api.serializers import CardPageSerializer, TaxonomySerializer, TherapistProfileSerializer, card_documents
from directory.cards import cards_in_order_of
from directory.models import Change, Evidence, Scope, Therapist
from directory.models.taxonomy import VOCABULARIES
from directory.roster.current import current
from directory.vocabulary import without_retired


class Gone(APIException):
    status_code = status.HTTP_410_GONE
    default_detail = "This profile has left the directory. Remove it from your pages."
    default_code = "gone"


class Taxonomy(APIView):
    required_scopes = (Scope.DIRECTORY_READ, Scope.MATCHES_CREATE)

    @extend_schema(
        operation_id="taxonomy",
        summary="All codes",
        description=(
            "Every vocabulary with codes, names, synonyms and a plain summary; approaches with what research found. "
            "Codes never change; new ones may appear."
        ),
        tags=["directory"],
        responses=TaxonomySerializer,
    )
    def get(self, request: Request) -> Response:
        terms: dict[str, QuerySet[Any]] = {
            name: model.objects.in_use().in_order() for name, model in VOCABULARIES.items()
        }
        evidence = Evidence.objects.order_by("grade", "situation", "code")
        terms["approaches"] = terms["approaches"].prefetch_related(Prefetch("evidence", evidence))
        return Response(TaxonomySerializer(terms).data)


class TherapistList(APIView):
    required_scopes = (Scope.DIRECTORY_READ,)
    query_parameters = (*TherapistFilter.base_filters, *PageForm.base_fields)
    repeatable_parameters = BY_CODES

    @staticmethod
    def parameter_fields() -> dict[str, forms.Field]:
        return {**TherapistFilter().form.fields, **PageForm.base_fields}

    @extend_schema(
        operation_id="therapists",
        summary="Listed therapists",
        description=(
            "The therapists that meet all filters. Repeat a parameter for *or*; different parameters mean *and*. A "
            "fact that a therapist does not state meets no filter. Filters understand synonyms of codes too."
        ),
        tags=["directory"],
        responses=CardPageSerializer,
    )
    def get(self, request: Request) -> Response:
        on = timezone.localdate()
        filters = valid(TherapistFilter(request.query_params, on=on))
        page = valid(PageForm(request.query_params))
        requirements = filters.to_requirements(on)
        if page.order == "distance" and requirements.near is None:
            raise InvalidQuery(
                {"ordering": [ErrorDetail("`distance` needs `zip`: distance from where?", "zip_needed")]}
            )

        selection = current().select(requirements)
        ids = selection.page(page.order, offset=(page.number - 1) * page.size, limit=page.size)
        body: dict[str, Any] = {
            "results": [*map(card_documents(request), cards_in_order_of(ids.tolist(), on=on))],
            **links(request, page=page.number, last=-(-selection.total // page.size)),
            "total": selection.total,
        }
        if page.cleaned_data["facets"]:
            body["facets"] = without_retired(selection.facets())
        return Response(body)


class TherapistDetail(APIView):
    required_scopes = (Scope.DIRECTORY_READ,)

    @extend_schema(
        operation_id="therapist",
        summary="One profile",
        description=(
            "The whole public profile. Facts that share a date stand in one group with their `as_of`: `availability`, "
            "`fees`, `insurance`, `specialties`. A profile that was listed and is not any more answers 410."
        ),
        tags=["directory"],
        responses={200: TherapistProfileSerializer, 410: None},
    )
    def get(self, request: Request, slug: str) -> Response:
        on = timezone.localdate()
        therapist = Therapist.objects.published(on=on).with_profile().with_slug(slug)
        if therapist is None:
            if Therapist.objects.once_listed().with_slug(slug) or Change.objects.about(slug).exists():
                raise Gone
            raise Http404
        return Response(TherapistProfileSerializer(therapist, context={"request": request, "on": on}).data)


@extend_schema(exclude=True)
class SchemaDocument(APIView):
    """The OpenAPI 3.1 document, open to everyone: YAML, or JSON by `Accept` or `?format=json`."""

    authentication_classes = ()
    permission_classes = (KnownParameters,)
    query_parameters = ("format",)
    renderer_classes = (OpenApiYamlRenderer2, OpenApiJsonRenderer2, OpenApiYamlRenderer, OpenApiJsonRenderer)

    def get_format_suffix(self, **kwargs: Any) -> str | None:
        wanted: str | None = self.request.query_params.get("format")
        if wanted not in (None, "json", "yaml"):
            raise InvalidQuery({"format": [ErrorDetail("Known formats: json, yaml.", "invalid_choice")]})
        return wanted

    def get(self, request: Request) -> Response:
        return Response(document())


@extend_schema(exclude=True)
@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")  # Swagger UI's own icons
class Docs(APIView):
    """The schema as a page, from local files, open to everyone."""

    authentication_classes = ()
    permission_classes = (KnownParameters,)
    renderer_classes = (TemplateHTMLRenderer,)
    template_name = "directory/api_docs.html"

    def get(self, request: Request) -> HttpResponse:
        return render(request._request, self.template_name)


def valid(form: Any) -> Any:
    """The form, when what it holds is valid. Raises InvalidQuery with the names of the parameters."""
    if not form.is_valid():
        raise InvalidQuery(translate_validation(form.errors).detail)
    return form


def links(request: Request, *, page: int, last: int) -> dict[str, str | None]:
    """The addresses of the pages after and before this one."""
    here = request.build_absolute_uri()
    before = min(page - 1, last)
    if before <= 1:
        previous = remove_query_param(here, "page") if before == 1 else None
    else:
        previous = replace_query_param(here, "page", before)
    return {"next": replace_query_param(here, "page", page + 1) if page < last else None, "previous": previous}
