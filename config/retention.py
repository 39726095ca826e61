"""What is held about people: every field of every table, every cookie and log line, until when, and who deletes it.

`manage.py what_we_hold` prints it, docs/privacy.md carries that print, and tests/privacy/test_retention.py compares it
with the models and with the database: a stored field that is missing here fails the suite. So a new field is written
down here first, with the day on which it goes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.conf import settings
from django.db.models import Model

from assessments import drafts
from directory import shortlist
from directory.models.attestation import LINK_DAYS, LINKS_KEPT, REMINDERS_KEPT
from directory.models.change import PAST_CARDS_KEPT
from directory.models.report import REPORT_KEPT, TEXT_KEPT


class About(Enum):
    CLIENTS = "clients"
    THERAPISTS = "therapists"
    STAFF = "staff"
    PARTNERS = "partners"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One place that holds something about people. `fields` may name several that are told by one sentence."""

    about: About
    kind: str  # "table", "row of table", "cookie", "code", "log line" or "on the device"
    name: str
    what: str
    until: str
    deleted_by: str
    fields: Mapping[str, str]
    on_page: str = ""  # how /privacy/ names it to clients

    @property
    def field_names(self) -> list[str]:
        return " ".join(self.fields).split()


def unclassified(models: Iterable[type[Model]]) -> list[str]:
    """The stored fields, as "table.column", that have no rule here."""
    return not_in_the_rules({model._meta.db_table: _columns(model) for model in models})


def not_in_the_rules(stored: Mapping[str, Iterable[str]]) -> list[str]:
    known = {holding.name: {*holding.field_names} for holding in HELD if holding.kind == "table"}
    known |= {table: {*fields.split()} for table, fields in ABOUT_NOBODY.items()}
    return sorted(
        f"{table}.{column}" for table, columns in stored.items() for column in {*columns} - known.get(table, set())
    )


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.local_concrete_fields]


def _hours(period: dt.timedelta) -> int:
    return period // dt.timedelta(hours=1)


def _days(period: dt.timedelta) -> int:
    return period // dt.timedelta(days=1)


# --- Clients ----------------------------------------------------------------------------------------------------------
LEAVE_BUTTONS = "“Leave this site now”, “I am under 18”"
DELETE_BUTTONS = f"“Delete my answers”, {LEAVE_BUTTONS}"

CLIENTS: Final = [
    Holding(
        about=About.CLIENTS,
        kind="table",
        name="assessments_draft",
        what="answers, wishes, the two matches last compared and what was counted of them, sealed; "
        "the key is only in the visitor's cookie",
        until=f"{_hours(drafts.IDLE)} idle hours, {_days(drafts.HARD)} days at most",
        deleted_by=f"{DELETE_BUTTONS}, the next touch, `purge` every hour",
        fields={
            "id": "number of the row",
            "digest": "SHA-256 of the cookie's value; finds the row, opens nothing",
            "ciphertext": "all that was answered, which two matches were compared, what was counted this week; "
            "AES-256-GCM, padded",
            "idle_until hard_until": "when it ends",
        },
        on_page="Your answers to the questions",
    ),
    Holding(
        about=About.CLIENTS,
        kind="cookie",
        name="__Host-draft",
        what="the key of the answers (`draft` on the local demo)",
        until="the browser is closed",
        deleted_by=f"the browser, {DELETE_BUTTONS}, “Leave and come back”",
        fields={"value": "256 random bits"},
        on_page="A cookie with the key",
    ),
    Holding(
        about=About.CLIENTS,
        kind="code",
        name="return code",
        what="shown once to whoever asks for one; the key of the answers follows from it; no copy here",
        until="the answers end, or the next code is made",
        deleted_by=f"the person, {DELETE_BUTTONS}",
        fields={"value": "140 random bits"},
        on_page="A return code, if you ask for one",
    ),
    Holding(
        about=About.CLIENTS,
        kind="row of table",
        name="assessments_draft",
        what="a partner's part, sealed; the key follows from the invitation code, which lies only in the two drafts",
        until="the answers of the same person end",
        deleted_by=f"“Delete my part”, {DELETE_BUTTONS}, the next touch, `purge` every hour",
        fields={
            "digest": "SHA-256 of the code and the side; finds the row, opens nothing",
            "ciphertext": "two scores with their errors and whether they may be shown, or nothing; AES-256-GCM, padded",
        },
        on_page="Your part, if you answer with a partner",
    ),
    Holding(
        about=About.CLIENTS,
        kind="cookie",
        name=shortlist.COOKIE,
        what="the shortlist, signed; no copy here",
        until=f"{_days(dt.timedelta(seconds=shortlist.MONTH))} days, or until it is empty",
        deleted_by=f"the browser, “remove” on the list, {LEAVE_BUTTONS}",
        fields={"value": "addresses of profiles"},
        on_page="A cookie with your shortlist, if you make one",
    ),
    Holding(
        about=About.CLIENTS,
        kind="cookie",
        name="__Host-csrf",
        what="guards forms (`csrftoken` on the local demo)",
        until=f"{_days(dt.timedelta(seconds=settings.CSRF_COOKIE_AGE))} days",
        deleted_by=f"the browser, {LEAVE_BUTTONS}",
        fields={"value": "a random value, the same for nobody else, kept nowhere here"},
        on_page="A cookie that guards forms",
    ),
    Holding(
        about=About.CLIENTS,
        kind="table",
        name="directory_problemreport",
        what="what a visitor says is wrong with a listing; nothing tells who said it",
        until=f"the text {_days(TEXT_KEPT)} days after a curator decided; all of it {_days(REPORT_KEPT)} days after it "
        "came, or with the profile",
        deleted_by="`purge` every hour, a curator who deletes the profile",
        fields={
            "id therapist_id": "number, and whose listing",
            "kind text": "what is wrong, and the words that were typed, if any",
            "received_on": "the day; no time",
            "state reason decided_by decided_at": "what a curator decided",
        },
        on_page="A report, if you send one about a listing",
    ),
    Holding(
        about=About.CLIENTS,
        kind="table",
        name="directory_allowance",
        what="how many reports or requests for a link came from one network in an hour, or about one listing in a day",
        until="the hour or the day ends",
        deleted_by="`purge` every hour",
        fields={
            "id digest": "stands for the network or the listing in this hour or day alone; leads to no report",
            "count ends_at": "how many, and until when it counts",
        },
        on_page="A count of reports from your network",
    ),
    Holding(
        about=About.CLIENTS,
        kind="log line",
        name="request",
        what="one for each request",
        until="the operator's log rotation",
        deleted_by="the operator",
        fields={
            "event level timestamp": "that it is a request, and when",
            "method status ms": "how it went",
            "path": "which kind of page; neither whose profile, nor what was typed where no page is",
        },
        on_page="One line in our log for each page",
    ),
    Holding(
        about=About.CLIENTS,
        kind="log line",
        name="fault",
        what="one for each fault of ours, or refused request; never its words, which may be a visitor's",
        until="the operator's log rotation",
        deleted_by="the operator",
        fields={
            "event level timestamp logger": "when, and which part of the software noticed",
            "exception at": "kind of fault and places in the code",
        },
    ),
    Holding(
        about=About.CLIENTS,
        kind="on the device",
        name="list of visited pages",
        what="the browser's own history; answers are in no address, filters of the directory are",
        until="the person clears it",
        deleted_by="the person",
        fields={"address title": "of each page that was seen"},
    ),
    Holding(
        about=About.CLIENTS,
        kind="on the device",
        name="tabs to open again",
        what="what the browser would open its tabs from after a crash",
        until="the browser starts again, or the person clears its history",
        deleted_by="the browser, the person",
        fields={"form": "one that was sent with a mistake, as it was sent; an accepted answer is not there"},
    ),
]

# --- Therapists -------------------------------------------------------------------------------------------------------
ERASED_WITH_PROFILE = "a curator who deletes the profile"
WHILE_LISTED = "the profile is deleted"


def _profile(name: str, what: str, fields: Mapping[str, str]) -> Holding:
    return Holding(
        about=About.THERAPISTS,
        kind="table",
        name=name,
        what=what,
        until=WHILE_LISTED,
        deleted_by=ERASED_WITH_PROFILE,
        fields=fields,
    )


def _chosen(name: str, what: str, column: str) -> Holding:
    return _profile(f"directory_therapist_{name}", what, {f"id therapist_id {column}": "whose, and which"})


FACTS: Final = {
    "id external_id slug": "numbers and address of the profile",
    "name pronouns gender headline bio": "as shown",
    "email phone website": "how clients reach them",
    "npi": "number in the public register NPPES",
    "years_in_practice fee_min fee_max sliding_scale accepting_clients next_opening_on": "as shown",
    "availability_as_of fees_as_of insurance_as_of specialties_as_of": "how fresh each fact is",
    "life life_reason": "where the profile stands, and why",
    "consented_on attested_on created_at updated_at": "when they agreed, confirmed, came, changed",
}
LICENSE: Final = {
    "id therapist_id license_type_id number jurisdiction_id": "which right to practise, whose",
    "status expires_on verified_on source method": "whether it holds, and where and how that was checked",
    "supervisor_name supervisor_license": "who supervises an associate, as shown",
}
PRIVILEGE: Final = {
    "id therapist_id jurisdiction_id compact_id credential_number expires_on": "which right, whose, by what",
    "verified_on source method": "where and how that was checked",
}
OFFICE: Final = {
    "id therapist_id street city jurisdiction_id zip": "the office, as shown",
    "latitude longitude": "middle of the ZIP area, never of the house",
}
APPROACH: Final = {
    "id therapist_id approach_id trained training": "stated approach, and training in it",
    "training_confirmed_on training_source": "whether somebody confirmed the training, and who",
}
CONCERN: Final = {"id therapist_id concern_id focus": "stated concern, and whether they focus on it"}

PROFILE: Final = [
    _profile("directory_therapist", "the profile", FACTS | {"search_document": "words of the texts, for search"}),
    _profile("directory_license", "licenses", LICENSE),
    _profile("directory_compactprivilege", "rights under interstate compacts", PRIVILEGE),
    _profile(
        "directory_verification",
        "every check of a license or a right under a compact; never changed",
        {
            "id therapist_id license_id privilege_id subject": "what was checked, whose",
            "source method result checked_on expires_on note": "where, how, when, and what came of it",
            "by user_id recorded_at": "who checked, and when that was written down",
        },
    ),
    _profile("directory_practicelocation", "offices", OFFICE),
    _profile("directory_therapistapproach", "approaches", APPROACH),
    _profile("directory_therapistconcern", "concerns", CONCERN),
    _profile(
        "directory_picture",
        "the picture, made anew without metadata from what was sent; that is not kept, nor is an earlier one",
        {"id therapist_id content width height sha256 made_at": "as shown, and since when"},
    ),
    _chosen("populations", "whom they work with", "population_id"),
    _chosen("session_formats", "session formats", "sessionformat_id"),
    _chosen("delivery_methods", "delivery methods", "deliverymethod_id"),
    _chosen("languages", "languages", "language_id"),
    _chosen("insurance_plans", "insurance plans", "insuranceplan_id"),
    _profile(
        "directory_screenedtexts",
        "which texts the harmful-practice screen has read",
        {"therapist_id digest screened_on": "a digest of the texts and of the terms, and the day"},
    ),
    _profile(
        "directory_screeningflag",
        "questions of the harmful-practice screen, staff only",
        {
            "id therapist_id tier term field sentence found_on": "what was found, where",
            "decision reason decided_by decided_at": "what a curator decided",
        },
    ),
    _profile(
        "directory_correction",
        "what a therapist asked to correct",
        {
            "id therapist_id field old new note asked_on": "what stood there, what they say, and when",
            "state reason decided_by decided_at": "what a curator decided",
        },
    ),
    Holding(
        about=About.THERAPISTS,
        kind="table",
        name="directory_attestationlink",
        what="links by which a therapist confirms a listing; the secret is only in the letter",
        until=f"{_days(LINKS_KEPT)} days after its {LINK_DAYS} days, or the profile is deleted",
        deleted_by=f"`purge` every hour, {ERASED_WITH_PROFILE}",
        fields={
            "id therapist_id made_by": "whose, and who had it sent",
            "digest": "SHA-256 of the secret; opens nothing",
            "made_at expires_at used_at ended_at": "when it works, was used, was replaced",
        },
    ),
    Holding(
        about=About.THERAPISTS,
        kind="table",
        name="directory_reminder",
        what="letters to therapists that wait or went out; their words are not kept",
        until=f"{_days(REMINDERS_KEPT)} days after the day, or the profile is deleted",
        deleted_by=f"`purge` every hour, {ERASED_WITH_PROFILE}",
        fields={
            "id therapist_id kind due_on asked_by": "to whom, why, since when, at whose wish",
            "sent_at dropped_at": "when it went out, or was not needed any more",
            "attempts next_try_at last_error": "how often a mail server refused it, and with which kind of failure",
        },
    ),
    _profile(
        "directory_nppesproposal",
        "what the public register NPPES says otherwise, staff only",
        {
            "id therapist_id npi kind field jurisdiction ours theirs note": "what differs, in whose row",
            "values": "theirs in parts; the street of an office only until a curator has decided",
            "file_name file_date row_updated_on": "which file said so, and how old its row is",
            "decision reason decided_by decided_at": "what a curator decided",
        },
    ),
    _profile(
        "directory_duplicatecandidate",
        "profiles that may be of one person, staff only",
        {
            "id a_id b_id score why found_on": "which two, and what speaks for it",
            "state kept_id reason decided_by decided_at": "what a curator decided",
        },
    ),
]

HISTORY_OF_ROWS: Final = {
    "history_id history_date history_type history_user_id": "number, when, how and by whom",
    "history_change_reason": "why",
}
HISTORY_OF_CHOICES: Final = {"history_id m2m_history_id": "which version it belongs to"}


def _history(name: str, fields: Mapping[str, str], added: Mapping[str, str] = HISTORY_OF_ROWS) -> Holding:
    return Holding(
        about=About.THERAPISTS,
        kind="table",
        name=f"directory_historical{name}",
        what="every earlier version",
        until="no day: it outlives the profile; erasing a person means deleting these rows as well",
        deleted_by="an administrator, on request",
        fields={**fields, **added},
    )


def _history_of_choice(choice: Holding) -> Holding:
    return _history(choice.name.removeprefix("directory_"), choice.fields, HISTORY_OF_CHOICES)


HISTORY: Final = [
    _history("therapist", FACTS),
    _history("license", LICENSE),
    _history("compactprivilege", PRIVILEGE),
    _history("practicelocation", OFFICE),
    _history("therapistapproach", APPROACH),
    _history("therapistconcern", CONCERN),
    *(_history_of_choice(part) for part in PROFILE if part.name.startswith("directory_therapist_")),
]

DERIVED: Final = [
    Holding(
        about=About.THERAPISTS,
        kind="table",
        name="directory_searchrow",
        what="the profile as codes and numbers, written by triggers",
        until="no day: a row that names nobody stays, so that every worker learns of the removal",
        deleted_by="nobody; it is emptied of its listing",
        fields={
            "therapist_id version listed listed_until": "which, how new, whether shown",
            "gender accepting sliding_scale years_in_practice opening_on fee_from": "facts as numbers",
            "availability_until fees_until insurance_until specialties_until": "how long facts count",
            "approaches_0 trained_0 concerns_0 concerns_1 focus_0 focus_1 populations_0 session_formats_0 "
            "delivery_methods_0 languages_0 languages_1 insurance_plans_0 insurance_plans_1": "codes as bits",
        },
    ),
    Holding(
        about=About.THERAPISTS,
        kind="table",
        name="directory_searchcard",
        what="the public summary, written by triggers",
        until="the profile leaves the directory",
        deleted_by="triggers, in the same transaction",
        fields={"therapist_id card": "the summary", "profile_digest": "tells whether the rest changed"},
    ),
    Holding(
        about=About.THERAPISTS,
        kind="table",
        name="directory_pastcard",
        what="the public summary as it was before a change, to replay an earlier answer; written by triggers",
        until=f"{_days(PAST_CARDS_KEPT)} days, or the profile is deleted",
        deleted_by="`purge` every hour, triggers",
        fields={"therapist_id transaction at": "whose, before which change, and when", "card": "the summary"},
    ),
    Holding(
        about=About.THERAPISTS,
        kind="table",
        name="directory_change",
        what="the feed of changes, for partners",
        until="no day: partners must be able to learn of a removal",
        deleted_by="an administrator, on request",
        fields={"sequence kind therapist_id slug transaction at": "which profile came, changed or left, and when"},
    ),
]

# --- Staff and partners -----------------------------------------------------------------------------------------------
ACCOUNT_GOES = "the account is deleted"
BY_ADMINISTRATOR = "an administrator"


#: Kinds of terms, with what they have beside the words that all have.
TERMS: Final = dict.fromkeys(
    (
        "approach", "concern", "population", "sessionformat", "deliverymethod", "language", "insuranceplan",
        "jurisdiction",
    ),
    "",
) | {"licensetype": " abbreviation"}  # fmt: skip


def _staff(name: str, what: str, until: str, deleted_by: str, fields: Mapping[str, str]) -> Holding:
    return Holding(
        about=About.STAFF, kind="table", name=name, what=what, until=until, deleted_by=deleted_by, fields=fields
    )


_DEVICE = {
    "id user_id name confirmed created_at last_used_at": "whose device, and when it was used",
    "throttling_failure_timestamp throttling_failure_count": "wrong codes in a row",
}
_REQUEST = "id user_agent ip_address username http_accept path_info attempt_time"
_NEVER_WRITTEN = "the table stays empty: switched off"

STAFF: Final = [
    _staff(
        "auth_user",
        "accounts",
        "an administrator deletes it",
        BY_ADMINISTRATOR,
        {
            "id username first_name last_name email password": "who they are; the password hashed",
            "last_login date_joined is_superuser is_staff is_active": "when they came, what they may do",
        },
    ),
    _staff("auth_user_groups", "roles", ACCOUNT_GOES, BY_ADMINISTRATOR, {"id user_id group_id": "who has which"}),
    _staff(
        "auth_user_user_permissions",
        "single permissions",
        ACCOUNT_GOES,
        BY_ADMINISTRATOR,
        {"id user_id permission_id": "who has which"},
    ),
    _staff(
        "django_session",
        "who is signed in; visitors have no session",
        f"{_days(dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))} days, or signing out",
        "signing out, `purge` every hour",
        {"session_key session_data expire_date": "the account and when it ends"},
    ),
    Holding(
        about=About.STAFF,
        kind="cookie",
        name="__Host-session",
        what="names the session (`sessionid` on the local demo)",
        until=f"{_days(dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))} days, or signing out",
        deleted_by="the browser, signing out",
        fields={"value": "a random key"},
    ),
    Holding(
        about=About.STAFF,
        kind="cookie",
        name="messages",
        what="what an action said, until it is shown",
        until="the next page",
        deleted_by="the next page",
        fields={"value": "the sentence, signed"},
    ),
    *(
        _staff(
            f"directory_historical{term}",
            "words of a vocabulary as they were, and who changed them",
            "an administrator deletes the rows",
            BY_ADMINISTRATOR,
            {
                f"id code name synonyms summary bit retired_on replaced_by_id{more}": "the term as it was",
                "history_id history_date history_change_reason history_type history_user_id": "who, when, why",
            },
        )
        for term, more in TERMS.items()
    ),
    _staff(
        "django_admin_log",
        "what was done at the desk",
        ACCOUNT_GOES,
        BY_ADMINISTRATOR,
        {"id action_time user_id content_type_id object_id object_repr action_flag change_message": "who did what"},
    ),
    _staff(
        "axes_accessattempt",
        "failed sign-ins",
        "one hour",
        "the next sign-in, `purge` every hour",
        {
            "id username attempt_time failures_since_start": "the name that was typed, when, how often",
            "ip_address": "a stand-in for the address, never the address",
            "path_info": "the sign-in page",
            "user_agent http_accept get_data post_data": "left empty",
        },
    ),
    _staff(
        "axes_accessattemptexpiration",
        "unused part of django-axes",
        _NEVER_WRITTEN,
        "nobody",
        {"access_attempt_id expires_at": "empty"},
    ),
    _staff(
        "axes_accessfailurelog",
        "unused part of django-axes",
        _NEVER_WRITTEN,
        "nobody",
        {f"{_REQUEST} locked_out": "empty"},
    ),
    _staff(
        "axes_accesslog",
        "unused part of django-axes",
        _NEVER_WRITTEN,
        "nobody",
        {f"{_REQUEST} logout_time session_hash": "empty"},
    ),
    _staff(
        "otp_totp_totpdevice",
        "authenticator apps",
        ACCOUNT_GOES,
        BY_ADMINISTRATOR,
        _DEVICE | {"key step t0 digits tolerance drift last_t": "the shared secret and its clock"},
    ),
    _staff(
        "directory_historicalcompactmembership",
        "every earlier version of which state is in which compact",
        "no day",
        BY_ADMINISTRATOR,
        {
            "id compact_id jurisdiction_id enacted_on operational_on left_on note source as_of curated": "the facts",
            "history_id history_date history_type history_user_id history_change_reason": "when, how, by whom and why",
        },
    ),
    _staff("otp_static_staticdevice", "printed codes", ACCOUNT_GOES, BY_ADMINISTRATOR, _DEVICE),
    _staff(
        "otp_static_statictoken",
        "printed codes not used yet",
        "the code is used",
        "its use",
        {"id device_id token": "the code"},
    ),
]

PARTNERS: Final = [
    Holding(
        about=About.PARTNERS,
        kind="table",
        name="directory_partner",
        what="sites that show our therapists",
        until="an administrator deletes it",
        deleted_by=BY_ADMINISTRATOR,
        fields={"id name contact_email created_at": "who they are, whom to write to"},
    ),
    Holding(
        about=About.PARTNERS,
        kind="table",
        name="directory_partnerkey",
        what="their keys, which are shown once",
        until="the partner is deleted; a revoked one stays as a record",
        deleted_by=BY_ADMINISTRATOR,
        fields={
            "id partner_id prefix digest scopes": "beginning and SHA-256 of the key, and what it opens",
            "created_at expires_at revoked_at last_used_on": "when it holds, the day it was last used",
        },
    ),
]

HELD: Final[list[Holding]] = [*CLIENTS, *PROFILE, *HISTORY, *DERIVED, *STAFF, *PARTNERS]

# --- About nobody -----------------------------------------------------------------------------------------------------
_TERM = "id code name synonyms summary bit retired_on replaced_by_id shipped"
ABOUT_NOBODY: Final[dict[str, str]] = {
    "directory_approach": _TERM,
    "directory_concern": _TERM,
    "directory_population": _TERM,
    "directory_sessionformat": _TERM,
    "directory_deliverymethod": _TERM,
    "directory_language": _TERM,
    "directory_insuranceplan": _TERM,
    "directory_licensetype": f"{_TERM} abbreviation",
    "directory_jurisdiction": _TERM,
    "directory_demandcell": "id week jurisdiction session_format concern insurance_plan asked",
    "directory_evidence": (
        "id code approach_id situation situation_name grade kind finding population citation doi checked_on"
    ),
    "directory_compact": "id code name meaning license_types credential register_url source as_of",
    "directory_compactmembership": (
        "id compact_id jurisdiction_id enacted_on operational_on left_on note source as_of curated"
    ),
    "directory_zipcentroid": "zip latitude longitude",
    "directory_directoryfigures": "id day listed accepting_fresh by_life by_state fresh past",
    "assessments_storedinstrument": "id code document imported_at",
    "auth_group": "id name",
    "auth_group_permissions": "id group_id permission_id",
    "auth_permission": "id name content_type_id codename",
    "django_content_type": "id app_label model",
    "django_migrations": "id app name applied",
}
