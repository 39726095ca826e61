"""The review page: what a curator reads before deciding, the public page as it would look, and the decision."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory import actions
from directory.models import Language, ScreeningFlag, Therapist
from tests.directory.admin_people import curator, signed_in, somebody_as
from tests.factories import LicenseFactory, TherapistFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/directory/therapist/"
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def desk() -> Client:
    return signed_in(curator())


def in_review(**values: Any) -> Therapist:
    values.setdefault("licenses", [{"expires_on": today() + 300 * DAY}])
    options = {"life": "in_review", "slug": None, "attested_on": today(), "consented_on": today()}
    therapist: Therapist = TherapistFactory(**(options | values))
    return therapist


def url(name: str, *arguments: Any) -> str:
    return reverse(f"admin:directory_therapist_{name}", args=arguments)


def text_of(desk: Client, therapist: Therapist) -> str:
    return desk.get(url("review", therapist.pk)).content.decode()


def test_every_fact_stands_there_with_its_day_its_end_and_who_entered_it(desk: Client) -> None:
    ana = in_review(
        name="Ana Demo", languages=["en"], fee_min=120, fees_as_of=today() - 60 * DAY, specialties_as_of=today()
    )
    ana._history_user = User.objects.create_user("ada")
    ana._change_reason = "phone call"
    ana.fee_min = 140
    ana.save()
    facts = {fact.name: fact for fact in desk.get(url("review", ana.pk)).context["facts"]}
    fee = facts["fee min"]
    assert (fee.words, fee.said_on, fee.until) == ("140", today() - 60 * DAY, today() - 15 * DAY)
    assert not fee.counts
    assert fee.source.endswith(": ada, phone call")
    assert (facts["languages"].words, facts["languages"].counts) == ("English", True)
    assert facts["languages"].until == today() + 180 * DAY
    assert not facts["fee max"].is_stated
    assert f"past: {today() - 15 * DAY}" in text_of(desk, ana)


def test_what_is_missing_and_what_the_screen_asks_stand_there_with_links(desk: Client) -> None:
    ana = in_review(licenses=[])
    LicenseFactory(therapist=ana, verified_on=None, source="", number="77")
    flag = ScreeningFlag.objects.create(
        therapist=ana, tier="hold", term="rebirthing", field="bio", sentence="I offer <b>rebirthing</b>.",
        found_on=today(),
    )  # fmt: skip
    text = text_of(desk, ana)
    assert "No current license was verified against a named source." in text
    assert "I offer &lt;b&gt;rebirthing&lt;/b&gt;." in text
    assert reverse("admin:directory_screeningflag_change", args=[flag.pk]) in text
    assert "77" in text
    assert "not verified" in text


def test_a_suspended_profile_is_compared_with_what_the_public_last_saw(desk: Client) -> None:
    ana = in_review(name="Ana Demo", languages=["en"])
    actions.publish(therapist=ana, by="Lea", on=today())
    actions.suspend(therapist=ana, by="Lea", reason="On leave")
    ana.name = "Ana Demo-Reyes"
    ana.save()
    ana.languages.set(Language.objects.filter(code="es"))
    LicenseFactory(therapist=ana, jurisdiction="NY", number="99")
    changes = {c.what: (c.old, c.new) for c in desk.get(url("review", ana.pk)).context["changes"]}
    assert changes["name"] == ("Ana Demo", "Ana Demo-Reyes")
    assert changes["languages"] == ("English", "Spanish")
    assert changes["license"][0] == "–"
    assert "99 (NY)" in changes["license"][1]
    assert set(changes) == {"name", "languages", "license"}


def test_a_published_profile_is_compared_with_the_day_of_publishing(desk: Client) -> None:
    ana = in_review(name="Ana Demo")
    actions.publish(therapist=ana, by="Lea", on=today())
    assert desk.get(url("review", ana.pk)).context["changes"] == []
    ana.fee_min = 90
    ana.save()
    assert [c.what for c in desk.get(url("review", ana.pk)).context["changes"]] == ["fee min"]


def test_a_draft_was_never_published(desk: Client) -> None:
    assert "No published version is on record." in text_of(desk, in_review())


def test_the_preview_is_the_public_page_of_a_draft_for_staff_alone(desk: Client) -> None:
    ana = in_review(name="Ana Demo", headline="Warm and steady", life="draft", consented_on=None, attested_on=None)
    answer = desk.get(url("preview", ana.pk))
    text = answer.content.decode()
    assert "Not public." in text
    assert "Warm and steady" in text
    assert "shortlist/" not in text.partition("</header>")[2].partition("<footer")[0]
    assert "None" not in text
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(url("preview", ana.pk)).status_code == 302
    listed = TherapistFactory(licenses=[{"expires_on": today() + DAY}], attested_on=today(), consented_on=today())
    assert "Not public." not in Client().get(listed.get_absolute_url()).content.decode()


def test_a_profile_is_returned_with_a_reason_handed_in_again_and_published(desk: Client) -> None:
    ana = in_review(name="Ana Demo")
    step = url("step", ana.pk, "return") + "?back=review"
    assert step in text_of(desk, ana)
    assert "This field is required" in desk.post(step, {"reason": ""}).content.decode()
    answer = desk.post(step, {"reason": "Please name your license in New York."})
    assert answer["Location"] == url("review", ana.pk)
    ana.refresh_from_db()
    assert (ana.life, ana.life_reason) == ("draft", "Please name your license in New York.")
    assert ana.history.latest().history_user.username == "cora"
    desk.post(url("step", ana.pk, "submit"))
    desk.post(url("step", ana.pk, "publish"))
    ana.refresh_from_db()
    assert ana.life == "published"


@pytest.mark.parametrize("life", ["draft", "published", "suspended", "archived"])
def test_only_what_is_in_review_can_be_returned(life: str) -> None:
    ana = TherapistFactory(life=life)
    with pytest.raises(actions.CannotMove):
        actions.return_to_draft(therapist=ana, by="Cora", reason="x")


def test_a_return_needs_a_reason() -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.return_to_draft(therapist=in_review(), by="Cora", reason=" ")


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ("lapsed", "The verified license expired on"),
        ("to-review", "No session format is stated"),
        ("lapsing", "The facts were last confirmed more than 90 days ago."),
    ],
)
def test_a_queue_says_of_each_profile_why(desk: Client, queue: str, expected: str) -> None:
    in_review(life="published", slug="a", licenses=[{"expires_on": today() - DAY}])
    in_review(session_formats=[])
    in_review(life="published", slug="c", attested_on=today() - 80 * DAY)
    text = desk.get(LIST, {"queue": queue}).content.decode()
    assert expected in text


def test_a_lapsed_profile_comes_back_by_itself_and_a_suspended_one_by_one_click(desk: Client) -> None:
    ana = in_review(life="published", slug="ana", attested_on=today() - 91 * DAY)
    assert not Therapist.objects.published(on=today()).filter(pk=ana.pk).exists()
    actions.attest(therapist=ana, by="Cora", on=today())
    assert Therapist.objects.published(on=today()).filter(pk=ana.pk).exists()
    actions.suspend(therapist=ana, by="Cora", reason="On leave")
    desk.post(url("step", ana.pk, "publish"))
    assert Therapist.objects.published(on=today()).filter(pk=ana.pk).exists()


# --- Many at once -----------------------------------------------------------------------------------------------------
def act(desk: Client, action: str, *therapists: Therapist, query: str = "", **more: str) -> Any:
    ids = [str(therapist.pk) for therapist in therapists]
    return desk.post(LIST + query, {"action": action, "_selected_action": ids, **more}, follow=True)


def test_a_bulk_step_first_shows_who_will_change_and_who_will_not_and_why(desk: Client) -> None:
    ana, bo = in_review(name="Ana Demo"), in_review(name="Bo Demo", licenses=[])
    before = Therapist.history.count()
    preview = act(desk, "publish", ana, bo).context["preview"]
    assert (preview.will, preview.names) == (1, ["Ana Demo"])
    assert (preview.will_not, preview.refused) == (1, [("Bo Demo", "No license is on record.")])
    assert Therapist.history.count() == before, "a preview writes nothing"
    act(desk, "publish", ana, bo, confirmed="1")
    assert Therapist.objects.get(pk=ana.pk).life == "published"


@pytest.mark.parametrize("action", ["publish", "submit", "return_to_draft", "attest", "suspend", "archive"])
def test_a_preview_says_what_then_happens(desk: Client, action: str) -> None:
    lives = ["draft", "in_review", "published", "suspended", "archived"]
    people = [in_review(name=f"In {life}", life=life, slug=f"s-{life}") for life in lives]
    people.append(in_review(name="Without a license", life="in_review", licenses=[]))
    preview = act(desk, action, *people).context["preview"]
    before = Therapist.history.count()
    act(desk, action, *people, confirmed="1", reason="Because")
    assert Therapist.history.count() == before + preview.will
    assert preview.will + preview.will_not == len(people)


def test_all_that_a_filter_finds_is_chosen_again_by_the_filter(desk: Client) -> None:
    people = [in_review(name=f"Demo {number:03d}") for number in range(60)]
    TherapistFactory(name="Another Demo", life="draft", slug=None)
    query = "?life__exact=in_review"
    answer = act(desk, "publish", people[0], people[1], query=query, select_across="1")
    preview = answer.context["preview"]
    assert (preview.will, len(preview.names)) == (60, 20)
    assert "and 40 more" in answer.content.decode()
    hidden = answer.context["hidden"]
    assert [name for name, _ in hidden].count("_selected_action") == 1, "one id stands for the whole list"
    desk.post(LIST + query, dict(hidden), follow=True)
    assert Therapist.objects.filter(life="published").count() == 60
    assert Therapist.objects.filter(life="draft").count() == 1


def test_whoever_may_not_publish_is_offered_neither_button_nor_bulk_step() -> None:
    cora = User.objects.create_user("carl", is_staff=True)
    cora.groups.add(Group.objects.get(name="curator"))
    desk, ana = signed_in(cora), in_review()
    labels = [step["label"] for step in desk.get(url("review", ana.pk)).context["steps"]]
    assert labels == ["Return for changes…", "Confirm all facts today", "Send a link"]
    offered = [name for name, _ in desk.get(LIST).context["action_form"].fields["action"].choices]
    assert {"submit", "return_to_draft", "attest", "suspend"} <= set(offered)
    assert not {"publish", "archive", "delete_selected"} & set(offered)
    assert desk.post(url("step", ana.pk, "publish")).status_code == 403
    act(desk, "publish", ana, confirmed="1")
    ana.refresh_from_db()
    assert ana.life == "in_review"


def test_who_may_only_look_is_offered_no_check() -> None:
    ana = TherapistFactory(name="Ana Demo", trained_in=["emdr"], compact_privileges=["NY"])
    ana.stated_approaches.update(training="Level 1")
    for role, offered in (("auditor", False), ("curator", True)):
        desk = signed_in(somebody_as(role))
        for page in ("change", "review"):
            assert ("Verify…" in desk.get(url(page, ana.pk)).content.decode()) is offered, (role, page)
        assert ("confirm…" in desk.get(url("change", ana.pk)).content.decode()) is offered, role
