"""The curators' desk in a browser, under the site's own Content-Security-Policy (tests/journeys/conftest.py: guard)."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from directory.curation.figures import record_figures
from directory.models import ScreeningFlag, Therapist
from tests.factories import PartnerFactory, TherapistFactory

PASSWORD = "correct horse battery"
SHOTS = os.environ.get("ADMIN_SCREENSHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture
def desk(page: Page, live_server: Any) -> Page:
    """The desk, after cora has signed in with her password."""
    page.set_viewport_size({"width": 1280, "height": 900})
    User.objects.create_superuser("cora", password=PASSWORD)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("cora")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{live_server.url}/admin/")
    return page


@pytest.fixture
def ana() -> Therapist:
    today = timezone.localdate()
    therapist: Therapist = TherapistFactory(
        name="Ana Demo",
        life="in_review",
        slug=None,
        headline="Steady help for couples",
        trained_in=["gottman"],
        approaches=["emotionally-focused"],
        focus_concerns=["trust-and-abandonment"],
        concerns=["childhood-trauma"],
        languages=["en"],
        populations=["adults"],
        zips=["90012"],
        consented_on=today,
        attested_on=today,
        licenses=[{"expires_on": today + dt.timedelta(days=300)}, {"jurisdiction": "NY", "expires_on": today}],
    )
    return therapist


def test_a_curator_reviews_changes_and_publishes_a_profile(desk: Page, live_server: Any, ana: Therapist) -> None:
    # Given a profile in the queue
    desk.reload()
    shot(desk, "desk")
    desk.get_by_role("link", name="1 profiles to review").click()
    desk.get_by_role("link", name="Ana Demo", exact=True).click()
    shot(desk, "therapist")

    # When the curator adds a language found by its name, and publishes
    languages = desk.locator(".field-languages .select2-selection")
    languages.click()
    desk.locator(".field-languages .select2-search__field").fill("Spanish")
    desk.locator(".select2-results__option", has_text="Spanish").first.click()
    desk.get_by_label("Reason for this change").fill("phone call")
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("Published 1.")

    # Then the public page is there
    ana.refresh_from_db()
    assert (ana.life, ana.slug) == ("published", "ana-demo")
    expect(desk.locator(".field-public_page a")).to_have_attribute("href", "/therapists/ana-demo/")

    # And suspending asks why
    desk.get_by_role("link", name="Suspend…").click()
    desk.get_by_label("Reason").fill("On leave until May")
    shot(desk, "reason")
    desk.get_by_role("button", name="Suspend").click()
    expect(desk.locator(".field-life_reason")).to_contain_text("On leave until May")
    desk.get_by_role("link", name="History").click()
    expect(desk.locator("#change-history")).to_contain_text("Published → Suspended")
    expect(desk.locator("#change-history")).to_contain_text("phone call")
    shot(desk, "history")


def test_a_profile_is_returned_handed_in_again_and_approved(desk: Page, live_server: Any, ana: Therapist) -> None:
    # Given the review page of a profile, with its public page to look at
    desk.goto(f"{live_server.url}/admin/directory/therapist/?queue=to-review")
    shot(desk, "queue-to-review")
    desk.get_by_role("link", name="Review Ana Demo").click()
    expect(desk.locator("#content h1")).to_have_text("Review: Ana Demo")
    shot(desk, "review")
    desk.get_by_role("link", name="Preview of the public page").click()
    expect(desk.get_by_role("note")).to_contain_text("Not public.")
    shot(desk, "preview")
    desk.go_back()

    # When the curator returns it with a reason, and it is handed in again
    desk.get_by_role("link", name="Return for changes…").click()
    desk.get_by_label("Reason").fill("Please say which days you have room")
    desk.get_by_role("button", name="Return for changes").click()
    expect(desk.locator("#content")).to_contain_text("Draft: Please say which days you have room")
    desk.get_by_role("button", name="Send to review").click()
    expect(desk.locator(".messagelist")).to_contain_text("Sent to review 1.")

    # Then it is approved where it was read
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("Published 1.")
    ana.refresh_from_db()
    assert ana.life == "published"


def test_many_are_published_after_a_look_at_what_will_change(desk: Page, live_server: Any, ana: Therapist) -> None:
    TherapistFactory(name="Bo Demo", life="in_review", slug=None, licenses=[])
    desk.goto(f"{live_server.url}/admin/directory/therapist/?queue=to-review")
    desk.locator("#action-toggle").check()
    desk.locator("select[name=action]").select_option("publish")
    desk.get_by_role("button", name="Go").click()
    expect(desk.locator("#content")).to_contain_text("1 would change")
    expect(desk.locator("#content")).to_contain_text("Bo Demo: No license is on record.")
    shot(desk, "bulk-preview")
    assert Therapist.objects.filter(life="published").count() == 0
    desk.get_by_role("button", name="Publish (1)").click()
    expect(desk.locator(".messagelist")).to_contain_text("Published 1.")
    assert Therapist.objects.get(life="published") == ana


def test_a_mistake_is_reverted_from_the_history(desk: Page, live_server: Any, ana: Therapist) -> None:
    ana.name = "Wrong Name"
    ana.save()
    ana.languages.clear()
    desk.goto(f"{live_server.url}/admin/directory/therapist/{ana.pk}/history/")
    shot(desk, "history-with-revert")
    desk.get_by_role("link", name="Revert to the version of").nth(1).click()
    expect(desk.locator(".import-preview")).to_contain_text("Wrong Name")
    shot(desk, "revert")
    desk.get_by_label("Reason").fill("entered by mistake")
    desk.get_by_role("button", name="Revert to this").click()
    expect(desk.locator(".messagelist")).to_contain_text("Put back the version of")
    ana.refresh_from_db()
    assert (ana.name, [term.code for term in ana.languages.all()]) == ("Ana Demo", ["en"])


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_of_the_desk_fit(desk: Page, live_server: Any, ana: Therapist, width: int) -> None:
    record_figures(timezone.localdate())
    desk.set_viewport_size({"width": width, "height": 900})
    record = Therapist.history.filter(id=ana.pk).latest()
    for path in (
        "",
        f"directory/therapist/{ana.pk}/review/",
        f"directory/therapist/{ana.pk}/preview/",
        f"directory/therapist/{ana.pk}/history/",
        f"directory/therapist/{ana.pk}/revert/{record.pk}/",
        f"directory/therapist/{ana.pk}/step/return/",
        "directory/therapist/export/",
    ):
        desk.goto(f"{live_server.url}/admin/{path}")
        sideways = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{path} scrolls sideways by {sideways}px"
        shot(desk, f"{width}-{path.replace('/', '-').strip('-') or 'home'}")


def test_an_import_is_previewed_and_confirmed(desk: Page, live_server: Any, ana: Therapist) -> None:
    ana.external_id = "d1"
    ana.save()
    desk.goto(f"{live_server.url}/admin/directory/therapist/import/")
    shot(desk, "import")
    bad = "external_id,name,approaches\nd1,Ana Demo,Bananas\n"
    desk.set_input_files("input[type=file]", {"name": "p.csv", "mimeType": "text/csv", "buffer": bad.encode()})
    desk.get_by_role("button", name="Submit").click()
    expect(desk.locator(".import-problems")).to_contain_text("is not a known approach")
    shot(desk, "import-problems")

    good = "external_id,name,fee_min,headline\nd1,Ana Demo,120,New words\nd2,Bo Demo,90,Calm\n"
    desk.set_input_files("input[type=file]", {"name": "p.csv", "mimeType": "text/csv", "buffer": good.encode()})
    desk.get_by_role("button", name="Submit").click()
    expect(desk.locator(".import-preview")).to_contain_text("Bo Demo (d2)")
    shot(desk, "import-preview")
    desk.get_by_role("button", name="Import all of it").click()
    expect(desk.locator(".messagelist")).to_contain_text("1 new, 1 changed, 0 unchanged")
    shot(desk, "therapists")


def test_a_curator_says_which_eft_is_meant(desk: Page, live_server: Any) -> None:
    therapist = TherapistFactory(name="Ben Demo")
    ScreeningFlag.objects.create(
        therapist=therapist, tier="ask", term="EFT", field="bio", sentence="Certified in EFT.", found_on="2026-11-24"
    )
    desk.goto(f"{live_server.url}/admin/directory/screeningflag/")
    desk.get_by_role("link", name="Certified in EFT.").click()
    expect(desk.get_by_role("group", name="Which EFT is meant?")).to_be_visible()
    shot(desk, "which-eft")
    desk.set_viewport_size({"width": 360, "height": 800})
    shot(desk, "which-eft-360")
    desk.get_by_role("button", name="Emotionally focused therapy").click()
    expect(desk.get_by_text("Ben Demo: EFT here means emotionally focused therapy.")).to_be_visible()
    assert list(therapist.approaches.values_list("code", flat=True)) == ["emotionally-focused"]


def test_main_pages_keep_the_policy(desk: Page, live_server: Any, ana: Therapist) -> None:
    ScreeningFlag.objects.create(
        therapist=ana, tier="hold", term="rebirthing", field="bio", sentence="I offer rebirthing.",
        found_on=timezone.localdate(),
    )  # fmt: skip
    partner = PartnerFactory()
    device = TOTPDevice.objects.create(user=User.objects.get(), name="phone")
    for path in (
        "directory/therapist/",
        "directory/therapist/?queue=to-review&_facets=True",
        "directory/therapist/add/",
        f"directory/therapist/{ana.pk}/change/",
        f"directory/therapist/{ana.pk}/delete/",
        "directory/screeningflag/",
        f"directory/screeningflag/{ana.screening_flags.get().pk}/change/",
        "directory/approach/",
        "directory/approach/add/?_popup=1",
        "directory/evidence/",
        f"directory/partner/{partner.pk}/change/",
        f"directory/partner/{partner.pk}/issue-key/",
        "directory/partnerkey/",
        "auth/user/",
        "auth/user/add/",
        "otp_totp/totpdevice/add/",
        f"otp_totp/totpdevice/{device.pk}/config/",
        "axes/accessattempt/",
        "password_change/",
    ):
        answer = desk.goto(f"{live_server.url}/admin/{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert desk.locator("a[href='tel:988']").first.is_visible(), path
        sideways = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{path} scrolls sideways by {sideways}px"
        shot(desk, path.split("?")[0].replace("/", "-").strip("-"))


def test_the_second_factor_is_asked_under_the_same_policy(page: Page, live_server: Any, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    device = TOTPDevice.objects.create(user=User.objects.create_superuser("cora", password=PASSWORD), name="phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("cora")
    page.get_by_label("Password").fill(PASSWORD)
    shot(page, "login")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errornote")).to_contain_text("Please enter the one-time code")
    page.get_by_label("Password").fill(PASSWORD)
    token = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift).token()
    page.get_by_label("One-time code").fill(f"{token:06d}")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{live_server.url}/admin/")
