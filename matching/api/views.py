"""POST /matches/: an intake in, ranked therapists with reasons out. Nothing is stored."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directory.api.serializers import card_document
from directory.models import Scope
from matching.api.documents import MatchesSerializer
from matching.api.serializers import IntakeSerializer, errors_of
from matching.intake import InvalidIntake
from matching.matchmaking import find_matches


class MatchList(APIView):
    required_scopes = (Scope.MATCHES_CREATE,)

    @extend_schema(
        operation_id="matches",
        summary="Therapists ranked for an intake",
        description=(
            "Ranks the listed therapists that meet every requirement, with reasons, evidence and what is unknown. The "
            "same intake, day and data give the same answer, byte for byte. Show `safety` first. Nothing is stored."
        ),
        tags=["matches"],
        request=IntakeSerializer,
        responses=MatchesSerializer,
    )
    def post(self, request: Request) -> Response:
        body = IntakeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            matches = find_matches(body.to_intake(), on=timezone.localdate())
        except InvalidIntake as invalid:
            raise ValidationError(errors_of(invalid)) from invalid
        document = matches.to_json(lambda card: card_document(dict(card), request=request))
        return Response(document, headers={"Cache-Control": "no-store"})
