"""Writes with consequences: publish, suspend, verify, screen, issue a key. Keyword-only, each in one transaction.

`by` is the member of staff who acts, or the name of who does when there is no account ("import by Ada").
"""

from directory.actions.checks import CannotVerify, leave_compact, verify_license, verify_privilege
from directory.actions.keys import UnknownScope, issue_key, revoke_key
from directory.actions.letters import CannotReach, queue_link, send_link
from directory.actions.life import (
    TRANSITIONS,
    CannotMove,
    CannotPublish,
    archive,
    publish,
    return_to_draft,
    submit_for_review,
    suspend,
    why_not_moved,
    why_not_published,
)
from directory.actions.pairs import call_different, merge_therapists
from directory.actions.profile import (
    CannotConfirm,
    attest,
    confirm_training,
    place,
    remove_picture,
    renew_consent,
    revert_therapist,
    set_picture,
)
from directory.actions.proposals import accept_proposal, decline_proposal
from directory.actions.refusals import AlreadyDecided, ReasonMissing
from directory.actions.screen import NotAsked, answer_eft, decide_flag, screen_texts
from directory.actions.wishes import ask_correction, decide_correction, report_problem, resolve_report
from directory.curation.nppes_decisions import CannotAccept, ProposalDecided
from directory.curation.terms import CannotRetire, merge_terms, put_back_term, retire_term

__all__ = [
    "TRANSITIONS",
    "AlreadyDecided",
    "CannotAccept",
    "CannotConfirm",
    "CannotMove",
    "CannotPublish",
    "CannotReach",
    "CannotRetire",
    "CannotVerify",
    "NotAsked",
    "ProposalDecided",
    "ReasonMissing",
    "UnknownScope",
    "accept_proposal",
    "answer_eft",
    "archive",
    "ask_correction",
    "attest",
    "call_different",
    "confirm_training",
    "decide_correction",
    "decide_flag",
    "decline_proposal",
    "issue_key",
    "leave_compact",
    "merge_terms",
    "merge_therapists",
    "place",
    "publish",
    "put_back_term",
    "queue_link",
    "remove_picture",
    "renew_consent",
    "report_problem",
    "resolve_report",
    "retire_term",
    "return_to_draft",
    "revert_therapist",
    "revoke_key",
    "screen_texts",
    "send_link",
    "set_picture",
    "submit_for_review",
    "suspend",
    "verify_license",
    "verify_privilege",
    "why_not_moved",
    "why_not_published",
]
