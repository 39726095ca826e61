"""Instruments and their scoring for partners. Scoring stores nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from assessments import catalogue
from assessments.api.serializers import (
    InstrumentListSerializer,
    InstrumentSerializer,
    ProfileSerializer,
    RelationshipProfilesSerializer,
    RelationshipsScoreRequestSerializer,
    ScoreRequestSerializer,
)
from assessments.instruments import Instrument, Range
from assessments.relationships import RelationshipProfiles, score_relationships
from assessments.scoring import AttachmentProfile, score

RANGE = re.compile(r"(-?[0-9]{1,3}),(-?[0-9]{1,3})")


def _either(name: str, *shapes: type[Serializer[Any]]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(component_name=name, serializers=list(shapes), resource_type_field_name=None)


class InstrumentList(APIView):
    required_scopes = ("directory:read", "matches:create")

    @extend_schema(operation_id="instruments_list", responses=InstrumentListSerializer, tags=["instruments"])
    def get(self, request: Request) -> Response:
        """All instruments, by code."""
        results = InstrumentSerializer(catalogue.all(), many=True).data
        return Response({"results": results, "next": None, "previous": None, "total": len(results)})


class InstrumentDetail(APIView):
    required_scopes = ("directory:read", "matches:create")

    @extend_schema(operation_id="instruments_retrieve", responses=InstrumentSerializer, tags=["instruments"])
    def get(self, request: Request, code: str) -> Response:
        """One instrument with its items in their published order."""
        return Response(InstrumentSerializer(_instrument(code)).data)


class Score(APIView):
    required_scopes = ("matches:create",)
    query_parameters = ("range",)

    @extend_schema(
        operation_id="instruments_score",
        request=_either("AnyScoreRequest", ScoreRequestSerializer, RelationshipsScoreRequestSerializer),
        responses=_either("AnyProfile", ProfileSerializer, RelationshipProfilesSerializer),
        parameters=[
            OpenApiParameter(
                "range",
                {"type": "string", "pattern": f"^{RANGE.pattern}$"},
                description="`low,high` when the items were asked on another range than the instrument's, as in `1,5`.",
            )
        ],
        tags=["instruments"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Score responses. The answers are not stored.

        Send `responses` for a profile. An instrument with `asked_about` also takes `relationships`, responses about
        each of several relationships, for a profile of each and the global one across them.
        """
        instrument = _instrument(code)
        limits = _range(request.query_params.getlist("range"))
        context = {"instrument": instrument, "range": limits}
        found: AttachmentProfile | RelationshipProfiles
        if instrument.asked_about and isinstance(request.data, Mapping) and "relationships" in request.data:
            about_each = RelationshipsScoreRequestSerializer(data=request.data, context=context)
            about_each.is_valid(raise_exception=True)
            found = score_relationships(instrument, about_each.validated_data["relationships"], range=limits)
        else:
            body = ScoreRequestSerializer(data=request.data, context=context)
            body.is_valid(raise_exception=True)
            found = score(instrument, body.validated_data["responses"], range=limits)
        return Response(found.to_json(), headers={"Cache-Control": "no-store"})


def _instrument(code: str) -> Instrument:
    try:
        return catalogue.get(code)
    except catalogue.UnknownInstrument as unknown:
        raise NotFound(f"There is no instrument {unknown}.") from unknown


def _range(given: list[str]) -> Range | None:
    if not given:
        return None
    match = RANGE.fullmatch(given[0]) if len(given) == 1 else None
    if match is None or int(match[1]) >= int(match[2]):
        raise ValidationError({"range": [ErrorDetail("Must be low,high with the lower first, as in 1,5.", "invalid")]})
    return int(match[1]), int(match[2])
