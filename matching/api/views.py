"""POST /matches/: an intake in, ranked therapists with reasons out; or two of them compared.

Nothing of an intake is stored. One that finds fewer than five adds to the weekly counts of what was asked.
"""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directory.api.serializers import card_documents
from directory.models import Scope
from matching import unmet
from matching.api.documents import ComparisonSerializer, MatchesSerializer
from matching.api.serializers import CompareSerializer, IntakeSerializer, errors_of
from matching.comparison import CannotCompare
from matching.intake import InvalidIntake
from matching.matchmaking import compare, find_matches


class MatchList(APIView):
    required_scopes = (Scope.MATCHES_CREATE,)
    only_reads = True  # a POST because of what is asked, not because of what it does: a replica may answer

    @extend_schema(
        operation_id="matches",
        summary="Therapists ranked for an intake",
        description=(
            "Ranks the listed therapists that meet every requirement, with reasons, evidence and what is unknown. The "
            "same intake, day and data give the same answer, byte for byte. Show `safety` first. The "
            "intake is not stored; when fewer than five match, weekly counts of state, session format, concern and "
            "insurance plan go up by one."
        ),
        tags=["matches"],
        request=IntakeSerializer,
        responses=MatchesSerializer,
    )
    def post(self, request: Request) -> Response:
        body = IntakeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        intake, on = body.to_intake(), timezone.localdate()
        try:
            matches = find_matches(intake, on=on)
        except InvalidIntake as invalid:
            raise ValidationError(errors_of(invalid)) from invalid
        document = matches.to_json(card_documents(request))
        unmet.count(intake, total=matches.total, on=on)
        return Response(document, headers={"Cache-Control": "no-store"})


class Compare(APIView):
    required_scopes = (Scope.MATCHES_CREATE,)
    only_reads = True  # a POST because of what is asked, not because of what it does: a replica may answer

    @extend_schema(
        operation_id="compare",
        summary="Why one therapist stands above another",
        description=(
            "Compares two listed therapists for an intake. Places, scores and findings are those of the matches for "
            "the same intake, and the differences of the findings sum to that of the scores. Nothing is stored."
        ),
        tags=["matches"],
        request=CompareSerializer,
        responses=ComparisonSerializer,
    )
    def post(self, request: Request) -> Response:
        body = CompareSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        one, other = body.validated_data["therapists"]
        try:
            comparison = compare(body.to_intake(), (one, other), on=timezone.localdate())
        except InvalidIntake as invalid:
            raise ValidationError({"intake": errors_of(invalid)}) from invalid
        except CannotCompare as refused:
            raise ValidationError({"therapists": errors_of(refused)}) from refused
        document = comparison.to_json(card_documents(request))
        return Response(document, headers={"Cache-Control": "no-store"})
