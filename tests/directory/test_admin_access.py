"""Who may open which page of the admin: every page against every caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from directory.actions import issue_key
from directory.admin.life import STEPS
from directory.models import (
    Correction,
    DuplicateCandidate,
    NppesProposal,
    Picture,
    ProblemReport,
    Reminder,
    ScreeningFlag,
    Therapist,
)
from directory.models.taxonomy import VOCABULARIES
from directory.roles import NOBODYS, RIGHTS, ROLES, give_rights
from tests.directory.admin_people import curator, signed_in, somebody_as
from tests.factories import TODAY, PartnerFactory, TherapistFactory

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"admin:login", "admin:jsi18n"}
# Neither a page nor a thing with an address of its own: the shortcut to public pages and the catch-all.
NOT_PAGES = {"admin:view_on_site", "admin:app_list", "admin:logout"}


def page_names() -> set[str]:
    """The name of every page of the admin."""
    namespace = next(
        resolver
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.namespace == "admin"
    )

    def names(patterns: list[Any]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from names(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield f"admin:{pattern.name}"

    return set(names(namespace.url_patterns)) - OPEN_TO_ALL - NOT_PAGES


def pages() -> Iterator[str]:
    """The address of every page of the admin, with made-up arguments: whoever may not enter never sees them used."""
    for name in sorted(page_names()):
        for arguments in ([], [1], ["1"], [1, "publish"], [1, 1]):
            try:
                yield reverse(name, args=arguments)
                break
            except NoReverseMatch:
                continue
        else:
            raise AssertionError(f"{name} takes arguments that this test does not know")


def test_every_page_of_the_admin_is_enumerated() -> None:
    everything = set(pages())
    assert {
        "/admin/",
        "/admin/directory/therapist/",
        "/admin/directory/therapist/import/",
        "/admin/directory/therapist/process_import/",
        "/admin/directory/therapist/1/step/publish/",
        "/admin/directory/partner/1/issue-key/",
        "/admin/otp_totp/totpdevice/1/qrcode/",
    } <= everything
    assert len(everything) > 90


def nobody() -> Client:
    return Client()


def a_visitor_with_an_account() -> Client:
    return signed_in(User.objects.create_user("vera"))


def inactive_staff() -> Client:
    return signed_in(User.objects.create_user("ivo", is_staff=True, is_superuser=True, is_active=False))


@pytest.mark.parametrize("caller", [nobody, a_visitor_with_an_account, inactive_staff])
def test_whoever_is_no_staff_gets_no_page(caller: Callable[[], Client]) -> None:
    client = caller()
    for page in pages():
        for answer in (client.get(page), client.post(page)):
            assert answer.status_code == 302, page
            assert answer["Location"].startswith("/admin/login/"), page


def test_staff_without_the_second_factor_get_no_page(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client = signed_in(User.objects.create_superuser("root"))
    for page in pages():
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert answer["Location"].startswith("/admin/login/"), page


def test_staff_without_rights_see_an_empty_desk() -> None:
    therapist = TherapistFactory(pk=1)
    sam = User.objects.create_user("sam", is_staff=True)
    TOTPDevice.objects.create(pk=1, user=sam, name="phone")
    client = signed_in(sam)
    for page in pages():
        if page in ("/admin/", "/admin/password_change/", "/admin/password_change/done/"):
            assert client.get(page).status_code == 200
            continue
        for answer in (client.get(page), client.post(page)):
            # The history of a thing that is not there leads back to the desk.
            at_the_desk = answer.status_code == 302 and answer["Location"] == "/admin/"
            assert at_the_desk or answer.status_code in (403, 404, 405), (page, answer.status_code)
    assert b"Waiting for you" not in client.get("/admin/").content
    therapist.refresh_from_db()
    assert therapist.life == Therapist.Life.PUBLISHED


# --- Every page against every role ------------------------------------------------------------------------------------
# What a page answers to curator, lead and auditor: to a GET, and to an empty POST. Accounts are an administrator's.
# A page that is in no line fails the test: whoever adds one decides here who may open it.
SEE, NO, GONE, NOT_SO = 200, 403, 302, 405
EVERYBODY = {"get": (SEE, SEE, SEE)}
NOBODY = {"get": (NO, NO, NO), "post": (NO, NO, NO)}

EXPECTED: dict[str, dict[str, tuple[int, int, int]]] = {
    # The desk itself.
    "index": EVERYBODY,
    "app_list directory": EVERYBODY,
    "password_change": EVERYBODY,
    "password_change_done": EVERYBODY,
    "autocomplete": {"get": (NO, NO, NO)},  # without naming a field; with one it asks the field's own model
    # Accounts, devices, failed sign-ins: an administrator's.
    "auth_*": NOBODY,
    "otp_*": NOBODY,
    "axes_*": NOBODY,
    # Profiles.
    "directory_therapist_changelist": EVERYBODY,
    "directory_therapist_add": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    "directory_therapist_change": {"get": (SEE, SEE, SEE), "post": (SEE, SEE, NO)},
    "directory_therapist_delete": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
    "directory_therapist_history": EVERYBODY,
    "directory_therapist_simple_history": {"get": (SEE, SEE, SEE), "post": (SEE, SEE, NO)},
    "directory_therapist_revert": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    "directory_therapist_review": EVERYBODY,
    "directory_therapist_preview": EVERYBODY,
    "directory_therapist_export": {"get": (SEE, SEE, SEE), "post": (SEE, SEE, SEE)},
    "directory_therapist_import": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    "directory_therapist_process_import": {"get": (NOT_SO, NOT_SO, NOT_SO), "post": (GONE, GONE, NO)},
    "step publish": {"get": (NO, NOT_SO, NO), "post": (NO, GONE, NO)},
    "step submit": {"get": (NOT_SO, NOT_SO, NO), "post": (GONE, GONE, NO)},
    "step attest": {"get": (NOT_SO, NOT_SO, NO), "post": (GONE, GONE, NO)},
    "step return": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    "step suspend": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    "step archive": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
    "step send-link": {"get": (NOT_SO, NOT_SO, NO), "post": (GONE, GONE, NO)},
    "directory_therapist_picture": EVERYBODY,
    "directory_therapist_confirm_training": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    "directory_license_verify": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    "directory_compactprivilege_verify": {"get": (SEE, SEE, NO), "post": (SEE, SEE, NO)},
    # What others ask, and a curator decides.
    **{
        f"directory_{model}_{page}": answers
        for model in ("correction", "problemreport", "reminder", "nppesproposal", "duplicatecandidate")
        for page, answers in {
            "changelist": EVERYBODY,
            "change": {"get": (SEE, SEE, SEE), "post": (SEE, SEE, NO)},
            "history": EVERYBODY,
            "add": NOBODY,
            "delete": NOBODY,
        }.items()
        if f"directory_{model}_{page}" != "directory_reminder_change"
    },
    "directory_reminder_change": {"get": (SEE, SEE, SEE), "post": (NO, NO, NO)},  # "try again" is a step of the list
    "directory_demandcell_changelist": EVERYBODY,
    # Compacts: facts that a lead keeps.
    "directory_compact_changelist": EVERYBODY,
    "directory_compact_change": {"get": (SEE, SEE, SEE), "post": (NO, SEE, NO)},
    "directory_compact_history": EVERYBODY,
    "directory_compact_add": NOBODY,
    "directory_compact_delete": NOBODY,
    "directory_compactmembership_changelist": EVERYBODY,
    "directory_compactmembership_change": {"get": (SEE, SEE, SEE), "post": (NO, SEE, NO)},
    "directory_compactmembership_history": EVERYBODY,
    "directory_compactmembership_add": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
    "directory_compactmembership_delete": NOBODY,
    # Flags.
    "directory_screeningflag_changelist": EVERYBODY,
    "directory_screeningflag_change": {"get": (SEE, SEE, SEE), "post": (SEE, SEE, NO)},
    "directory_screeningflag_add": NOBODY,
    "directory_screeningflag_delete": NOBODY,
    "directory_screeningflag_history": EVERYBODY,
    # Vocabularies. The first pattern that fits counts, so what the law makes stands before the others.
    "directory_licensetype_add": NOBODY,
    "directory_jurisdiction_add": NOBODY,
    "directory_evidence_add": NOBODY,
    "directory_evidence_change": {"get": (SEE, SEE, SEE), "post": (NO, NO, NO)},
    "directory_jurisdiction_change": {"get": (SEE, SEE, SEE), "post": (NO, GONE, NO)},  # nothing in it is required
    "directory_jurisdiction_simple_history": {"get": (SEE, SEE, SEE), "post": (NO, GONE, NO)},
    **{
        f"directory_{model}_{page}": answers
        for model in (
            "approach", "concern", "population", "sessionformat", "deliverymethod", "language", "insuranceplan",
            "licensetype", "jurisdiction", "evidence",
        )
        for page, answers in {
            "changelist": EVERYBODY,
            "history": EVERYBODY,
            "add": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
            "change": {"get": (SEE, SEE, SEE), "post": (NO, SEE, NO)},
            "delete": NOBODY,
            "simple_history": {"get": (SEE, SEE, SEE), "post": (NO, SEE, NO)},
            "merge": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
            "retire": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
            "put_back": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
        }.items()
        if f"directory_{model}_{page}"
        not in (
            "directory_licensetype_add", "directory_jurisdiction_add", "directory_evidence_add",
            "directory_evidence_change",
            "directory_jurisdiction_change",
            "directory_jurisdiction_simple_history",
            "directory_evidence_simple_history",
            *(f"directory_{fixed}_{step}" for fixed in ("licensetype", "jurisdiction", "evidence")
              for step in ("merge", "retire", "put_back")),
        )
    },
    # Partners.
    "directory_partner_changelist": {"get": (NO, SEE, SEE)},
    "directory_partner_add": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
    "directory_partner_change": {"get": (NO, SEE, SEE), "post": (NO, SEE, NO)},
    "directory_partner_delete": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
    "directory_partner_history": {"get": (NO, SEE, SEE)},
    "directory_partner_issue_key": {"get": (NO, SEE, NO), "post": (NO, SEE, NO)},
    "directory_partnerkey_changelist": {"get": (NO, SEE, SEE)},
    "directory_partnerkey_change": {"get": (NO, SEE, SEE), "post": (NO, NO, NO)},
    "directory_partnerkey_history": {"get": (NO, SEE, SEE)},
    "directory_partnerkey_add": NOBODY,
    "directory_partnerkey_delete": NOBODY,
}  # fmt: skip


def expected(name: str) -> dict[str, tuple[int, int, int]]:
    fitting = [answers for pattern, answers in EXPECTED.items() if fnmatch(name, pattern)]
    assert fitting, f"admin:{name} has no line in EXPECTED: who may open it?"
    assert len(fitting) == 1, f"admin:{name} has {len(fitting)} lines in EXPECTED"
    return fitting[0]


@pytest.fixture
def things() -> dict[str, Any]:
    """One of each, by the name of its model."""
    therapist = TherapistFactory(name="Ana Demo", trained_in=["gottman"], compact_privileges=["NY"])
    therapist.stated_approaches.update(training="Level 1")
    partner = PartnerFactory()
    issue_key(partner=partner)
    TOTPDevice.objects.create(pk=1, user=User.objects.create_user("otto"), name="phone")
    for model in VOCABULARIES.values():
        model.objects.order_by("pk")[0].save()  # for its history
    Picture.objects.create(
        therapist=therapist, content=b"x", width=1, height=1, sha256="0" * 64, made_at=timezone.now()
    )
    return {
        "therapist": therapist,
        "partner": partner,
        "partnerkey": partner.keys.get(),
        "license": therapist.licenses.get(),
        "compactprivilege": therapist.compact_privileges.get(),
        "correction": Correction.objects.create(therapist=therapist, field="name", new="Ana Diaz", asked_on=TODAY),
        "problemreport": ProblemReport.objects.create(therapist=therapist, kind="phone", received_on=TODAY),
        "reminder": Reminder.objects.create(therapist=therapist, kind="asked", due_on=TODAY),
        "duplicatecandidate": DuplicateCandidate.objects.create(
            a=therapist, b=TherapistFactory(), score=80, found_on=TODAY
        ),
        "nppesproposal": NppesProposal.objects.create(
            therapist=therapist,
            npi="1234567893",
            kind="add",
            field="npi",
            theirs="1234567893",
            values={"npi": "1234567893"},
            file_name="npidata.csv",
            file_date=TODAY,
        ),
        "screeningflag": ScreeningFlag.objects.create(
            therapist=therapist, tier="hold", term="x", field="bio", sentence="X.", found_on=TODAY
        ),
    }


def named_pages(things: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and address of every page of the admin, with things that are there."""
    for name in sorted(page_names()):
        short = name.removeprefix("admin:")
        if short == "directory_therapist_step":
            for verb in STEPS:
                yield f"step {verb}", reverse(name, args=[things["therapist"].pk, verb])
            continue
        if short.split("_")[0] == "directory":
            model = apps.get_model("directory", short.split("_")[1])
            thing = things.get(short.split("_")[1]) or model._default_manager.order_by("pk").first()
        else:
            thing = None
        key = 1 if thing is None else thing.pk
        if short == "directory_therapist_confirm_training":
            yield short, reverse(name, args=[key, things["therapist"].stated_approaches.get().pk])
            continue
        history = getattr(type(thing), "history", Therapist.history)
        record = history.filter(id=key).values_list("pk", flat=True).first() or 1
        for arguments in ([], [key], [str(key)], [key, record]):
            try:
                yield short, reverse(name, args=arguments)
                break
            except NoReverseMatch:
                continue
        else:
            raise AssertionError(f"{name} takes arguments that this test does not know")
    yield "app_list directory", reverse("admin:app_list", args=["directory"])


@pytest.mark.parametrize(("place", "role"), list(enumerate(ROLES)))
def test_every_page_answers_every_role_as_the_table_says(things: dict[str, Any], place: int, role: str) -> None:
    wrong = []
    for name, url in named_pages(things):
        answers = expected(name)
        client = signed_in(somebody_as(role))
        for method in ("get", "post"):
            if method not in answers:
                continue
            with transaction.atomic():
                answer = getattr(client, method)(url)
                # The history of a thing that is not there leads back to the desk.
                led_away = answer.status_code == 302 and answer["Location"] == "/admin/"
                status = 403 if led_away else answer.status_code
                transaction.set_rollback(True)
            if status != answers[method][place]:
                wrong.append(f"{method} {name}: {status}, not {answers[method][place]}")
    assert not wrong, "\n".join(wrong)


def test_every_line_of_the_table_is_about_a_page(things: dict[str, Any]) -> None:
    names = {name for name, _ in named_pages(things)}
    assert [pattern for pattern in EXPECTED if not any(fnmatch(name, pattern) for name in names)] == []


def test_every_model_is_somebodys_or_nobodys() -> None:
    models = {model._meta.model_name for model in apps.get_app_config("directory").get_models()}
    ruled = RIGHTS.keys() | NOBODYS
    assert {name for name in models if not str(name).startswith("historical")} == ruled
    assert not RIGHTS.keys() & NOBODYS


def test_an_auditor_sees_everything_and_may_change_nothing() -> None:
    auditor = somebody_as("auditor")
    for model in RIGHTS:
        assert auditor.has_perm(f"directory.view_{model}"), model
    assert {right.split(".")[1].split("_")[0] for right in auditor.get_all_permissions()} == {"view"}


def test_rights_are_brought_back_to_the_table_after_a_migration() -> None:
    group = Group.objects.get(name="curator")
    foreign = Permission.objects.get(codename="view_user")
    group.permissions.add(Permission.objects.get(codename="publish_therapist"), foreign)
    group.permissions.remove(Permission.objects.get(codename="view_therapist"))
    Group.objects.get(name="auditor").delete()
    give_rights(using="default")
    curator_now = somebody_as("curator")
    assert curator_now.has_perm("directory.view_therapist")
    assert not curator_now.has_perm("directory.publish_therapist")
    assert curator_now.has_perm("auth.view_user"), "a right over another app is an administrator's to give"
    assert somebody_as("auditor").has_perm("directory.view_therapist")


def test_who_only_reads_takes_no_step(things: dict[str, Any]) -> None:
    reader = User.objects.create_user("rita", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_therapist"))
    client, therapist = signed_in(reader), things["therapist"]
    change = reverse("admin:directory_therapist_change", args=[therapist.pk])
    assert "steps" not in client.get(change).context or client.get(change).context["steps"] == []
    assert client.post(reverse("admin:directory_therapist_step", args=[therapist.pk, "attest"])).status_code == 403
    client.post(
        "/admin/directory/therapist/",
        {"action": "archive", "confirmed": "1", "reason": "x", "_selected_action": [therapist.pk]},
    )
    therapist.refresh_from_db()
    assert therapist.life == Therapist.Life.PUBLISHED


def test_nothing_of_a_questionnaire_or_a_cache_is_in_the_admin() -> None:
    names = {model._meta.label for model in admin.site._registry}
    assert not any(name.startswith(("assessments.", "matching.", "sessions.")) for name in names)
    assert "directory.ZipCentroid" not in names
    assert "directory.SearchRow" not in names


def test_desk_counts_its_queues_with_one_question_each(django_assert_max_num_queries: Any) -> None:
    client = signed_in(curator())
    TherapistFactory(life="in_review", slug=None)
    TherapistFactory(licenses=[])
    # Session, user, two for rights, fifteen for queues, figures, my last actions.
    with django_assert_max_num_queries(21):
        response = client.get("/admin/")
    counts = {queue.label: queue.count for queue in response.context["queues"]}
    assert counts["profiles to review"] == 1
    assert counts["published, but not listed"] == 1
    for queue in response.context["queues"]:
        assert client.get(queue.url).status_code == 200


def test_crisis_line_is_on_every_page_of_the_admin() -> None:
    client = signed_in(curator())
    for page in ("/admin/", "/admin/directory/therapist/", "/admin/directory/therapist/add/?_popup=1"):
        assert b'href="tel:988"' in client.get(page).content, page
    assert b'href="tel:988"' in Client().get("/admin/login/").content


def test_nobody_is_told_of_a_queue_that_they_may_not_open() -> None:
    reader = User.objects.create_user("rita", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_therapist"))
    client = signed_in(reader)
    shown = client.get("/admin/").context["queues"]
    assert "profiles to review" in {queue.label for queue in shown}
    assert "problems reported" not in {queue.label for queue in shown}
    assert {client.get(queue.url).status_code for queue in shown} == {200}
