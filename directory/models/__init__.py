"""Who practises, and who may ask."""

from directory.models.attestation import AttestationLink, Correction, Reminder
from directory.models.change import Change, PastCard, SearchCard, SearchRow
from directory.models.compact import Compact, CompactMembership
from directory.models.demand import DemandCell
from directory.models.duplicate import DuplicateCandidate
from directory.models.figures import DirectoryFigures
from directory.models.license import CompactPrivilege, License
from directory.models.nppes import NppesProposal
from directory.models.partner import Partner, PartnerKey, Scope
from directory.models.picture import Picture
from directory.models.practice import PracticeLocation
from directory.models.report import Allowance, ProblemReport
from directory.models.taxonomy import (
    Approach,
    Concern,
    DeliveryMethod,
    Evidence,
    InsurancePlan,
    Jurisdiction,
    Language,
    LicenseType,
    Population,
    SessionFormat,
    Term,
    ZipCentroid,
)
from directory.models.therapist import (
    ScreenedTexts,
    ScreeningFlag,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)
from directory.models.verification import Method, Result, Verification

__all__ = [
    "Allowance",
    "Approach",
    "AttestationLink",
    "Change",
    "Compact",
    "CompactMembership",
    "CompactPrivilege",
    "Concern",
    "Correction",
    "DeliveryMethod",
    "DemandCell",
    "DirectoryFigures",
    "DuplicateCandidate",
    "Evidence",
    "InsurancePlan",
    "Jurisdiction",
    "Language",
    "License",
    "LicenseType",
    "Method",
    "NppesProposal",
    "Partner",
    "PartnerKey",
    "PastCard",
    "Picture",
    "Population",
    "PracticeLocation",
    "ProblemReport",
    "Reminder",
    "Result",
    "Scope",
    "ScreenedTexts",
    "ScreeningFlag",
    "SearchCard",
    "SearchRow",
    "SessionFormat",
    "Term",
    "Therapist",
    "TherapistApproach",
    "TherapistConcern",
    "Verification",
    "ZipCentroid",
]
