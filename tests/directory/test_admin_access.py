"""Who may open which page of the admin: every page against every caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from directory.models import Concern, Correction, ProblemReport, Reminder, ScreeningFlag, Therapist
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, PartnerFactory, TherapistFactory

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"admin:login", "admin:jsi18n"}
# Neither a page nor a thing with an address of its own: the shortcut to public pages and the catch-all.
NOT_PAGES = {"admin:view_on_site", "admin:app_list", "admin:logout"}


def pages() -> Iterator[str]:
    """The address of every page of the admin, with made-up arguments: whoever may not enter never sees them used."""
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

    for name in sorted(set(names(namespace.url_patterns)) - OPEN_TO_ALL - NOT_PAGES):
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
        "/admin/directory/therapist/license/1/verify/",
        "/admin/directory/therapist/privilege/1/verify/",
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


@pytest.fixture
def things() -> dict[str, Any]:
    therapist = TherapistFactory(name="Ana Demo", compact_privileges=["NY"])
    return {
        "therapist": therapist,
        "license": therapist.licenses.get(),
        "privilege": therapist.compact_privileges.get(),
        "partner": PartnerFactory(),
        "flag": ScreeningFlag.objects.create(
            therapist=therapist, tier="hold", term="x", field="bio", sentence="X.", found_on=TODAY
        ),
        "correction": Correction.objects.create(therapist=therapist, field="name", new="Ana Diaz", asked_on=TODAY),
        "report": ProblemReport.objects.create(therapist=therapist, kind="phone", received_on=TODAY),
        "reminder": Reminder.objects.create(therapist=therapist, kind="asked", due_on=TODAY),
        "concern": Concern.objects.order_by("pk")[0],
    }


@pytest.mark.parametrize(
    ("name", "kind", "who_reads", "who_curates"),
    [
        ("directory_therapist_changelist", None, 200, 200),
        ("directory_therapist_add", None, 403, 200),
        ("directory_therapist_import", None, 403, 200),
        ("directory_therapist_change", "therapist", 200, 200),
        ("directory_therapist_history", "therapist", 200, 200),
        ("directory_screeningflag_changelist", None, 200, 200),
        ("directory_screeningflag_change", "flag", 200, 200),
        ("directory_screeningflag_add", None, 403, 403),
        ("directory_screeningflag_delete", "flag", 403, 403),
        ("directory_correction_changelist", None, 200, 200),
        ("directory_correction_change", "correction", 200, 200),
        ("directory_correction_add", None, 403, 403),
        ("directory_correction_delete", "correction", 403, 403),
        ("directory_problemreport_changelist", None, 200, 200),
        ("directory_problemreport_change", "report", 200, 200),
        ("directory_problemreport_add", None, 403, 403),
        ("directory_problemreport_delete", "report", 403, 403),
        ("directory_reminder_changelist", None, 200, 200),
        ("directory_reminder_change", "reminder", 200, 200),
        ("directory_reminder_add", None, 403, 403),
        ("directory_reminder_delete", "reminder", 403, 403),
        ("directory_concern_change", "concern", 200, 200),
        ("directory_concern_add", None, 403, 200),
        ("directory_concern_delete", "concern", 403, 403),
        ("directory_licensetype_add", None, 403, 403),
        ("directory_jurisdiction_add", None, 403, 403),
        ("directory_evidence_add", None, 403, 403),
        ("directory_license_verify", "license", 403, 200),
        ("directory_compactprivilege_verify", "privilege", 403, 200),
        ("directory_compactmembership_changelist", None, 200, 403),
        ("directory_compactmembership_add", None, 403, 403),
        ("directory_compact_changelist", None, 200, 403),
        ("directory_compact_add", None, 403, 403),
        ("directory_partner_changelist", None, 403, 403),
        ("directory_partner_change", "partner", 403, 403),
        ("directory_partner_issue_key", "partner", 403, 403),
        ("directory_partnerkey_changelist", None, 403, 403),
        ("auth_user_changelist", None, 403, 403),
        ("otp_totp_totpdevice_changelist", None, 403, 403),
        ("axes_accessattempt_changelist", None, 403, 403),
    ],
)
def test_what_readers_and_curators_may_open(
    things: dict[str, Any], name: str, kind: str | None, who_reads: int, who_curates: int
) -> None:
    url = reverse(f"admin:{name}", args=[things[kind].pk] if kind else [])
    reader = curator("rita")
    reader.user_permissions.set(
        Permission.objects.filter(content_type__app_label="directory", codename__startswith="view_").exclude(
            codename__contains="partner"
        )
    )
    assert signed_in(reader).get(url).status_code == who_reads
    assert signed_in(curator()).get(url).status_code == who_curates
    assert signed_in(User.objects.create_superuser("root")).get(url).status_code in (200, 403)


def test_who_only_reads_takes_no_step(things: dict[str, Any]) -> None:
    reader = User.objects.create_user("rita", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_therapist"))
    client, therapist = signed_in(reader), things["therapist"]
    change = reverse("admin:directory_therapist_change", args=[therapist.pk])
    assert "steps" not in client.get(change).context or client.get(change).context["steps"] == []
    assert client.post(reverse("admin:directory_therapist_step", args=[therapist.pk, "attest"])).status_code == 403
    client.post("/admin/directory/therapist/", {"action": "archive", "_selected_action": [therapist.pk]})
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
    with django_assert_max_num_queries(12):  # session, user, two for rights, seven queues, my last actions
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
