"""The curators' main page: what it finds, what it saves, what it refuses, and what it says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory.actions import suspend, verify_license
from directory.models import Approach, Concern, License, PracticeLocation, ScreeningFlag, Therapist
from tests.directory.admin_forms import as_sent, fields_of
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, LicenseFactory, TherapistFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/directory/therapist/"


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


def listed(**values: Any) -> Therapist:
    """A therapist who is listed on the real today: the admin asks the clock."""
    values.setdefault("licenses", [{"expires_on": today() + dt.timedelta(days=300)}])
    values.setdefault("attested_on", today())
    therapist: Therapist = TherapistFactory(consented_on=today(), **values)
    return therapist


def page(therapist: Therapist) -> str:
    return reverse("admin:directory_therapist_change", args=[therapist.pk])


def save(desk: Client, therapist: Therapist, **changes: Any) -> Any:
    """Open the page of a therapist, change these fields, save, and follow."""
    return desk.post(page(therapist), as_sent(desk.get(page(therapist)), **changes), follow=True)


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def errors(response: Any) -> str:
    assert response.status_code == 200
    return str(response.context["errors"])


# --- The list ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("therapists", [2, 25])
def test_list_asks_the_same_number_of_questions_for_any_length(
    desk: Client, therapists: int, django_assert_num_queries: Any
) -> None:
    for _ in range(therapists):
        therapist = TherapistFactory(licenses=[{"jurisdiction": "CA"}, {"jurisdiction": "NY"}])
        flag(therapist)
    # session, user, two for rights, count, page, licenses, flags, states of the filter
    with django_assert_num_queries(9):
        response = desk.get(LIST)
    assert response.context["cl"].result_count == therapists
    assert b"CA, NY" in response.content


@pytest.mark.parametrize(
    ("description", "query"),
    [
        ("part of a name", "ana"),
        ("part of an e-mail address", "ana.demo@"),
        ("an NPI", "1234567893"),
        ("an external id", "ext-1"),
        ("a license number", "LMFT-77"),
    ],
)
def test_a_therapist_is_found_by(desk: Client, description: str, query: str) -> None:
    TherapistFactory(
        name="Ana Demo",
        email="ana.demo@example.org",
        npi="1234567893",
        external_id="ext-1",
        licenses=[{"number": "LMFT-77"}],
    )
    TherapistFactory(name="Bo Demo")
    assert [t.name for t in desk.get(LIST, {"q": query}).context["cl"].result_list] == ["Ana Demo"]


@pytest.mark.parametrize(
    ("description", "query", "found"),
    [
        ("life", {"life__exact": "draft"}, {"Draft"}),
        ("waiting list", {"accepting_clients__exact": "waitlist"}, {"Waitlist"}),
        ("state of a license, lapsed ones too", {"state": "NY"}, {"Lapsed"}),
        ("facts confirmed long ago", {"confirmed": "stale"}, {"Stale"}),
        ("facts never confirmed", {"confirmed": "never"}, {"Draft"}),
        ("open flags", {"flags": "open"}, {"Flagged"}),
        ("queue: published, not listed", {"queue": "lapsed"}, {"Lapsed", "Stale", "Flagged"}),
        ("queue: leaving soon", {"queue": "lapsing"}, {"Lapsing"}),
        ("queue: to review", {"queue": "to-review"}, {"Review"}),
        ("queue: flagged", {"queue": "flagged"}, {"Flagged"}),
    ],
)
def test_list_is_narrowed_by(desk: Client, description: str, query: dict[str, str], found: set[str]) -> None:
    listed(name="Fine")
    listed(name="Draft", life="draft", attested_on=None)
    listed(name="Review", life="in_review")
    listed(name="Waitlist", accepting_clients="waitlist")
    listed(name="Lapsed", licenses=[{"jurisdiction": "NY", "expires_on": today() - dt.timedelta(days=1)}])
    listed(name="Lapsing", licenses=[{"expires_on": today() + dt.timedelta(days=5)}])
    listed(name="Stale", attested_on=today() - dt.timedelta(days=91))
    flag(listed(name="Flagged"))
    assert {t.name for t in desk.get(LIST, query).context["cl"].result_list} == found


# --- Saving -----------------------------------------------------------------------------------------------------------
def test_what_a_curator_changes_shows_in_the_next_search(desk: Client) -> None:
    from directory.roster.current import current
    from directory.roster.requirements import Requirements

    ana = listed(name="Ana Demo", languages=["en"])
    spanish = Requirements(on=today(), languages=("es",))
    assert current().select(spanish).total == 0

    terms = Therapist._meta.get_field("languages").remote_field.model.objects
    save(desk, ana, languages=[terms.get(code="en").pk, terms.get(code="es").pk])

    assert list(current().select(spanish).ids) == [ana.pk]


def test_saving_without_a_change_changes_nothing_public(desk: Client) -> None:
    ana = listed(name="Ana Demo", approaches=["gottman"], focus_concerns=["intimacy"], zips=["90012"], fee_min=100)
    before = Therapist.objects.values().get(pk=ana.pk)
    save(desk, ana)
    after = Therapist.objects.values().get(pk=ana.pk)
    assert {name for name in after if after[name] != before[name]} == {"updated_at"}


@pytest.mark.parametrize(
    ("description", "changes", "dated"),
    [
        ("availability", {"accepting_clients": "waitlist"}, "availability_as_of"),
        ("fees", {"fee_min": "90"}, "fees_as_of"),
        ("sliding scale", {"sliding_scale": "true"}, "fees_as_of"),
        ("populations", {"populations": "some"}, "specialties_as_of"),
        ("an approach", {"stated_approaches": "one"}, "specialties_as_of"),
        ("a text", {"headline": "Warm and steady."}, None),
    ],
)
def test_a_fact_that_changes_is_dated_today(
    desk: Client, description: str, changes: dict[str, Any], dated: str | None
) -> None:
    old = dt.date(2026, 1, 2)
    dates = dict.fromkeys(["availability_as_of", "fees_as_of", "insurance_as_of", "specialties_as_of"], old)
    ana = listed(**dates)
    if "populations" in changes:
        population = Therapist._meta.get_field("populations").remote_field.model.objects.get(code="adults")
        changes = {"populations": [population.pk]}
    if "stated_approaches" in changes:
        changes = {
            "stated_approaches-TOTAL_FORMS": "1",
            "stated_approaches-0-approach": str(Approach.objects.get(code="gottman").pk),
            "stated_approaches-0-therapist": str(ana.pk),
        }
    save(desk, ana, **changes)
    ana.refresh_from_db()
    expected = {name: today() if name == dated else old for name in dates}
    assert {name: getattr(ana, name) for name in dates} == expected


def test_a_date_that_the_curator_enters_stays(desk: Client) -> None:
    ana = listed(fees_as_of=None)
    save(desk, ana, fee_min="90", fees_as_of="2026-02-03")
    ana.refresh_from_db()
    assert ana.fees_as_of == dt.date(2026, 2, 3)


def test_texts_are_screened_and_the_sentence_is_shown(desk: Client) -> None:
    ana = listed(name="Ana Demo")
    response = save(desk, ana, bio="I am kind. I offer rebirthing therapy to children. Call me.")
    assert "I offer rebirthing therapy to children." in said(response)
    assert "not listed until this is decided" in said(response)
    assert not Therapist.objects.published(on=today()).filter(pk=ana.pk).exists()
    assert "waits for a decision" in desk.get(page(ana)).content.decode()


def test_markup_in_texts_is_taken_out(desk: Client) -> None:
    ana = listed()
    save(desk, ana, bio="I <b>listen</b>.<script>alert(1)</script>")
    ana.refresh_from_db()
    assert ana.bio == "I listen."


def test_an_office_gets_the_coordinates_of_its_zip(desk: Client) -> None:
    ana = listed()
    save(
        desk,
        ana,
        **{"locations-TOTAL_FORMS": "1", "locations-0-zip": "90012", "locations-0-city": "Los Angeles"},
        **{"locations-0-therapist": str(ana.pk)},
    )
    office = PracticeLocation.objects.get(therapist=ana)
    assert (round(office.latitude), round(office.longitude)) == (34, -118)


@pytest.mark.parametrize(
    ("description", "changes", "message"),
    [
        ("fees the wrong way round", {"fee_min": "200", "fee_max": "100"}, "lowest fee is above the highest"),
        ("an NPI with a wrong check digit", {"npi": "1234567890"}, "check digit is wrong"),
        ("an NPI that somebody else has", {"npi": "1234567893"}, "already exists"),
        ("consent of a published profile", {"consented_on": ""}, "needs the day of their consent"),
        ("a day in the future", {"attested_on": "2999-01-01"}, "in the future"),
        ("an unknown ZIP", {"locations-TOTAL_FORMS": "1", "locations-0-zip": "00000"}, "do not know the ZIP 00000"),
        ("a name that is blank", {"name": " "}, "required"),
    ],
)
def test_what_cannot_be_true_is_an_error_on_the_form(
    desk: Client, description: str, changes: dict[str, str], message: str
) -> None:
    TherapistFactory(npi="1234567893")
    ana = listed(name="Ana Demo")
    assert message in errors(save(desk, ana, **changes))
    ana.refresh_from_db()
    assert ana.name == "Ana Demo"


def test_a_changed_license_number_wants_to_be_verified_again(desk: Client) -> None:
    therapist = TherapistFactory()
    license = therapist.licenses.get()

    save(desk, therapist, **{"licenses-0-number": "another-number"})
    license.refresh_from_db()
    assert (license.number, license.verified_on, license.source) == ("another-number", None, "")

    save(desk, therapist, **{"licenses-0-verified_on": "2026-11-20", "licenses-0-source": "Board register"})
    license.refresh_from_db()
    assert license.verified_on is None, "only a check that goes into the log verifies"

    verify_license(license=license, by="Cora", source="Board register", on=TODAY)
    save(desk, therapist, **{"licenses-0-status": "inactive"})
    license.refresh_from_db()
    assert license.verified_on is not None, "that it is out of force takes no check away"
    save(desk, therapist, **{"licenses-0-status": "active"})
    license.refresh_from_db()
    assert license.verified_on is None, "that it is in force again wants a check"


def test_a_license_of_somebody_else_is_an_error_on_the_form(desk: Client) -> None:
    LicenseFactory(therapist=TherapistFactory(), number="77")
    ana = listed()
    assert "already listed" in errors(save(desk, ana, **{"licenses-0-number": "77"}))


def test_six_focus_concerns_are_an_error_on_the_form(desk: Client) -> None:
    concerns = list(Concern.objects.order_by("code")[:6])
    ana = listed(focus_concerns=[concern.code for concern in concerns[:5]])
    sixth = {
        "stated_concerns-TOTAL_FORMS": "6",
        "stated_concerns-5-concern": str(concerns[5].pk),
        "stated_concerns-5-focus": "on",
        "stated_concerns-5-therapist": str(ana.pk),
    }
    assert "At most 5" in errors(save(desk, ana, **sixth))
    save(desk, ana, **sixth, **{"stated_concerns-0-DELETE": "on"})
    assert ana.stated_concerns.filter(focus=True).count() == 5


def test_the_address_of_a_published_page_cannot_be_changed(desk: Client) -> None:
    form = desk.get(page(listed())).context["adminform"].form
    assert "slug" not in form.fields
    assert "slug" in desk.get(page(listed(life="draft"))).context["adminform"].form.fields


def test_a_new_profile_starts_as_a_draft_with_what_is_missing(desk: Client) -> None:
    add = reverse("admin:directory_therapist_add")
    response = desk.post(add, as_sent(desk.get(add), name="Cleo Demo", _continue="1"), follow=True)
    cleo = Therapist.objects.get(name="Cleo Demo")
    assert (cleo.life, cleo.slug, cleo.external_id, cleo.npi) == ("draft", None, None, None)
    assert "No license is on record." in response.content.decode()


# --- Its life ---------------------------------------------------------------------------------------------------------
def act(desk: Client, action: str, *therapists: Therapist, **more: str) -> Any:
    ids = [str(therapist.pk) for therapist in therapists]
    return desk.post(LIST, {"action": action, "_selected_action": ids, **more}, follow=True)


def test_publish_says_of_each_profile_what_came_of_it(desk: Client) -> None:
    ana = listed(name="Ana Demo", life="in_review", slug=None)
    bo = listed(name="Bo Demo", life="in_review", licenses=[])
    response = act(desk, "publish", ana, bo, confirmed="1")
    ana.refresh_from_db()
    bo.refresh_from_db()
    assert (ana.life, ana.slug, bo.life) == ("published", "ana-demo", "in_review")
    assert "Published 1." in said(response)
    assert "Bo Demo: No license is on record." in said(response)
    assert ana.history.latest().history_user.username == "cora"


def test_names_in_messages_are_escaped(desk: Client) -> None:
    response = act(desk, "publish", listed(name="<b>Bo</b>", life="in_review", licenses=[]), confirmed="1")
    assert "<b>Bo</b>" not in response.content.decode()


@pytest.mark.parametrize(("action", "life"), [("suspend", "suspended"), ("archive", "archived")])
def test_leaving_the_directory_asks_for_a_reason(desk: Client, action: str, life: str) -> None:
    ana = listed(name="Ana Demo")
    asked = act(desk, action, ana)
    assert "Ana Demo" in asked.content.decode()
    blank = act(desk, action, ana, confirmed="1", reason=" ")
    assert "This field is required" in blank.content.decode()
    ana.refresh_from_db()
    assert ana.life == "published"

    act(desk, action, ana, confirmed="1", reason="On leave until May")
    ana.refresh_from_db()
    assert (ana.life, ana.life_reason) == (life, "On leave until May")


def test_buttons_of_a_profile_take_one_step(desk: Client) -> None:
    ana = listed(name="Ana Demo", life="draft", attested_on=None)
    step = {verb: reverse("admin:directory_therapist_step", args=[ana.pk, verb]) for verb in ("submit", "attest")}
    assert desk.get(step["submit"]).status_code == 405
    desk.post(step["submit"])
    desk.post(step["attest"])
    ana.refresh_from_db()
    assert (ana.life, ana.attested_on) == ("in_review", today())
    labels = [button["label"] for button in desk.get(page(ana)).context["steps"]]
    assert labels == ["Publish", "Return for changes…", "Confirm all facts today", "Send a link"]


def test_a_step_that_its_life_does_not_allow_is_refused_in_words(desk: Client) -> None:
    ana = listed(life="archived")
    response = act(desk, "publish", ana, confirmed="1")
    assert "A profile that is archived cannot become published." in said(response)


# --- Where it stands, and what was ------------------------------------------------------------------------------------
def test_form_says_why_a_profile_is_not_listed(desk: Client) -> None:
    ana = listed(life="in_review", licenses=[{"expires_on": dt.date(2026, 1, 31)}], attested_on=None)
    text = desk.get(page(ana)).content.decode()
    assert "The verified license expired on 2026-01-31." in text
    assert "The facts were never confirmed." in text


def test_form_shows_the_card_that_partners_get(desk: Client) -> None:
    ana = listed(name="Ana Demo", headline="Warm & steady", licenses=[{"expires_on": dt.date(2999, 1, 1)}])
    text = desk.get(page(ana)).content.decode()
    assert '<table class="card-preview">' in text
    assert "Warm &amp; steady" in text


def test_history_tells_who_changed_what_and_why(desk: Client) -> None:
    ana = listed(name="Ana Demo", languages=["en"])
    terms = Therapist._meta.get_field("languages").remote_field.model.objects
    license = License.objects.get(therapist=ana)
    save(
        desk,
        ana,
        name="Ana Demo-Reyes",
        languages=[terms.get(code="es").pk],
        change_reason="phone call",
        **{"licenses-0-number": "NEW-1"},
    )
    act(desk, "suspend", ana, confirmed="1", reason="On leave")
    text = desk.get(reverse("admin:directory_therapist_history", args=[ana.pk])).content.decode()
    for expected in (
        "phone call", "cora", "Ana Demo &rarr; Ana Demo-Reyes", "[English]", "[Spanish]",
        "Published &rarr; Suspended", "On leave", f"{license.number} &rarr; NEW-1",
    ):  # fmt: skip
        assert expected in text, expected


def put_back(desk: Client, therapist_id: int, version: Any) -> Any:
    """Open an old version, save it as it is, and follow."""
    url = reverse("admin:directory_therapist_simple_history", args=[therapist_id, version.pk])
    return desk.post(url, fields_of(desk.get(url).context["adminform"].form), follow=True)


def test_an_old_version_can_be_put_back(desk: Client) -> None:
    ana = listed(name="Ana Demo")
    save(desk, ana, name="Wrong Name")
    put_back(desk, ana.pk, ana.history.earliest())
    ana.refresh_from_db()
    assert ana.name == "Ana Demo"


def test_an_old_version_brings_back_no_old_life(desk: Client) -> None:
    ana = listed(name="Ana Demo", slug="ana-demo")
    published = ana.history.earliest()
    suspend(therapist=ana, by="Curator", reason="On leave")
    put_back(desk, ana.pk, published)
    ana.refresh_from_db()
    assert (ana.life, ana.life_reason, ana.slug) == ("suspended", "On leave", "ana-demo")


def test_a_version_from_before_publishing_leaves_the_profile_published(desk: Client) -> None:
    ana = listed(name="Ana Demo", slug="ana-demo")
    Therapist.history.filter(id=ana.pk).update(life="draft", slug=None, name="Ana Draft")
    put_back(desk, ana.pk, ana.history.earliest())
    ana.refresh_from_db()
    assert (ana.life, ana.slug, ana.name) == ("published", "ana-demo", "Ana Draft")


def test_a_version_of_a_deleted_profile_comes_back_as_a_draft(desk: Client) -> None:
    ana = listed(name="Ana Demo")
    pk, published = ana.pk, ana.history.earliest()
    ana.delete()
    put_back(desk, pk, published)
    back = Therapist.objects.get(pk=pk)
    assert (back.life, back.slug, back.name) == ("draft", None, "Ana Demo")


def test_an_old_text_that_is_put_back_is_screened(desk: Client) -> None:
    ana = listed(name="Ana Demo", bio="I am kind.")
    save(desk, ana, bio="I offer rebirthing therapy to children.")
    harmful = ana.history.latest()
    save(desk, ana, bio="I am kind.")
    assert Therapist.objects.published(on=today()).filter(pk=ana.pk).exists()
    assert "not listed until this is decided" in said(put_back(desk, ana.pk, harmful))
    assert not Therapist.objects.published(on=today()).filter(pk=ana.pk).exists()


def flag(therapist: Therapist, **values: Any) -> ScreeningFlag:
    return ScreeningFlag.objects.create(
        **{
            "therapist": therapist,
            "tier": "hold",
            "term": "rebirthing",
            "field": "bio",
            "sentence": "I offer rebirthing.",
            "found_on": today(),
            **values,
        }
    )
