"""The answer to an intake, described for the schema. `Matches.to_json` writes it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from assessments.api.serializers import ProfileSerializer
from directory.api.serializers import CardSerializer
from matching.relaxations import FEW_MATCHES


def counts(help_text: str, **options: Any) -> serializers.DictField:
    return serializers.DictField(child=serializers.IntegerField(min_value=0), help_text=help_text, **options)


class GuidanceSerializer(serializers.Serializer[Any]):
    attachment_focused = serializers.ChoiceField(["worth_considering", "not_indicated", "unclear"])

    def get_fields(self) -> dict[str, Any]:
        signs = {
            name: serializers.ListField(child=serializers.CharField(), help_text=help_text)
            for name, help_text in (
                ("for", "Signs that speak for attachment-focused work."),
                ("against", "Signs that were asked and do not apply."),
            )
        }
        return {**super().get_fields(), **signs}


class LinkSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField(help_text="`tel:` or `sms:`.")


class SafetyNoteSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="`crisis`, `unsafe_at_home`, `unsafe_in_family` or `domestic_violence`.")
    text = serializers.CharField()
    links = LinkSerializer(many=True)


class MatchEvidenceSerializer(serializers.Serializer[Any]):
    grade = serializers.ChoiceField(["A", "B", "C"])
    citation = serializers.CharField()
    doi = serializers.CharField(help_text="Without https://doi.org/; empty when the source has none.")
    approach = serializers.CharField()
    situation = serializers.CharField()
    finding = serializers.CharField()
    kind = serializers.ChoiceField(
        ["result", "no_effect", "link", "plan"],
        help_text="Only a result lifts; a link tested nothing, a plan is to come.",
    )
    population = serializers.CharField(help_text="Who was studied.")


class PairingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    choosing = serializers.CharField(help_text="What it means for choosing a therapist.")
    evidence = MatchEvidenceSerializer(many=True, help_text="About couples who meet in this way; may be empty.")


class FamilySerializer(serializers.Serializer[Any]):
    parent = serializers.CharField(help_text="What can be a parent's part.")  # type: ignore[assignment]
    child = serializers.CharField(help_text="What can be the child's part, by age and kind of family.")
    evidence = MatchEvidenceSerializer(many=True, help_text="About such families, studies that found little included.")


class FindingSerializer(serializers.Serializer[Any]):
    criterion = serializers.CharField()
    name = serializers.CharField()
    weight = serializers.IntegerField(help_text="Relative weight of the ruleset.")
    fit = serializers.FloatField(
        allow_null=True, min_value=0, max_value=1, help_text="Null when not stated; it then counts as 0.3."
    )
    stated = serializers.BooleanField()
    points = serializers.FloatField(help_text="most_points x fit. The points of a match sum to its score.")
    most_points = serializers.FloatField(help_text="The weight as a share of 100 points.")
    reason = serializers.CharField()
    reason_code = serializers.CharField()
    as_of = serializers.DateField(allow_null=True, help_text="When the therapist last confirmed it; null if not known.")
    evidence = MatchEvidenceSerializer(many=True)


class CautionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class MatchSerializer(serializers.Serializer[Any]):
    rank = serializers.IntegerField(min_value=1)
    score = serializers.FloatField(min_value=0, max_value=100)
    confidence = serializers.FloatField(
        min_value=0, max_value=1, help_text="Share of the weight asked for which the therapist states a fact."
    )
    therapist = CardSerializer()
    findings = FindingSerializer(many=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="At most four, the strongest first.")
    cautions = CautionSerializer(many=True)
    questions = serializers.ListField(
        child=serializers.CharField(), help_text="Three to five, for the first consultation."
    )


class FirstSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class OrderChangeSerializer(serializers.Serializer[Any]):
    criterion = serializers.CharField()
    counts = serializers.ChoiceField(["half", "twice"], help_text="What its weight is changed to.")
    first = FirstSerializer(help_text="Who would come first then, of all who meet every requirement.")
    text = serializers.CharField()


class RelaxationSerializer(serializers.Serializer[Any]):
    requirements = serializers.ListField(
        child=serializers.CharField(), help_text="What it eases: one requirement, or two that have to change together."
    )
    change = serializers.DictField(
        child=serializers.JSONField(), help_text="Fields of the intake with the values that they would have."
    )
    more = serializers.IntegerField(min_value=1, help_text="How much larger `total` would be, exactly.")
    text = serializers.CharField()


class MatchesSerializer(serializers.Serializer[Any]):
    ruleset = serializers.CharField()
    seed = serializers.CharField(help_text="Where the shuffle of equal scores began.")
    sequence = serializers.IntegerField(help_text="The last change of the directory that was known.")
    on = serializers.DateField()
    total = serializers.IntegerField(help_text="How many therapists meet every requirement.")
    guidance = GuidanceSerializer()
    safety = SafetyNoteSerializer(many=True, help_text="To be shown before any therapist.")
    profile = ProfileSerializer(allow_null=True)
    pairing = PairingSerializer(allow_null=True, help_text="How two clear styles meet; it does not say who is who.")
    family = FamilySerializer(allow_null=True, help_text="Null unless the needs speak of a parent or a child.")
    session_format = serializers.CharField(
        help_text="The format that was searched: individual when couple work is not safe."
    )
    removed_by = counts("Requirement to the number of therapists that do not meet it.")
    relaxations = RelaxationSerializer(
        many=True,
        help_text=f"Changes that would bring more, the smallest first; [] when {FEW_MATCHES} or more match.",
    )
    facets = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        allow_null=True,
        help_text="Filter to code to exact count, each filter counted with itself left out; null unless asked.",
    )
    matches = MatchSerializer(many=True)
    order_changes = OrderChangeSerializer(
        many=True, help_text="Every change of one weight to half or double that would put somebody else first."
    )


class SideSerializer(serializers.Serializer[Any]):
    rank = serializers.IntegerField(
        min_value=1,
        allow_null=True,
        help_text="The place among all who meet every requirement; null when this therapist does not.",
    )
    score = serializers.FloatField(min_value=0, max_value=100)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    not_met = serializers.ListField(
        child=serializers.CharField(), help_text="The requirements not met, by the names of `removed_by`."
    )
    therapist = CardSerializer()
    cautions = CautionSerializer(many=True)


class ComparedFindingSerializer(serializers.Serializer[Any]):
    criterion = serializers.CharField()
    a = FindingSerializer()
    b = FindingSerializer()
    difference = serializers.FloatField(help_text="Points of `a` minus points of `b`.")


class ComparisonSerializer(serializers.Serializer[Any]):
    ruleset = serializers.CharField()
    seed = serializers.CharField()
    sequence = serializers.IntegerField()
    on = serializers.DateField()
    safety = SafetyNoteSerializer(many=True, help_text="To be shown before any therapist.")
    session_format = serializers.CharField(help_text="The format that was searched, as in matches.")
    decided_by = serializers.ChoiceField(
        ["requirement", "score", "known", "turn"],
        help_text=(
            "A requirement that not both meet; the score; of equal scores, that more of what was asked is known; or "
            "the turn that equals take from day to day."
        ),
    )
    above = serializers.CharField(
        allow_null=True, help_text="Slug of the one who stands above; null when neither meets every requirement."
    )
    text = serializers.CharField(help_text="Why, in a few plain sentences.")
    a = SideSerializer(help_text="The first therapist of the request.")
    b = SideSerializer(help_text="The second.")
    findings = ComparedFindingSerializer(many=True)
    difference = serializers.FloatField(
        help_text="Score of `a` minus score of `b`; the findings' differences sum to it."
    )
