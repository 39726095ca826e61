"""Every page a client can meet, in every state it can be in: how to get a browser there.

A page that is new belongs in STATES; `test_every_state.py` fails while an address of the site is in none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from assessments import catalogue
from directory.listing_views import THANKS
from directory.models import InsurancePlan, License, Therapist
from directory.vocabulary import names
from tests.directory.links import link_to
from tests.factories import TODAY, TherapistFactory

#: Well formed, and nobody's.
UNKNOWN_CODE = "0123 4567 89AB CDEF GHJK MNPQ RSTV"
CONCERNS = {"suicidal-thoughts": "3", "trust-and-abandonment": "2"}


class Visitor:
    """A browser, and beside it a client without one that answers pages quickly; both carry the same cookies."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.client = Client(raise_request_exception=False)

    def opens(self, path: str) -> None:
        for name, morsel in self.client.cookies.items():
            self.page.context.add_cookies([{"name": name, "value": morsel.value, "url": self.site}])
        self.page.goto(self.site + path)

    def sends(self, path: str, data: dict[str, Any] | None = None) -> None:
        response = self.client.post(path, data or {})
        assert response.status_code == 302, f"{path} refused {data}: {response.status_code}"

    def presses(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).click()

    # --- What somebody says -----------------------------------------------------------------------------------------
    def has_in_mind(self, person: str = "partner") -> None:
        self.sends(reverse("assessments:about"), {"about": person})

    def answers_statements(self, *answers: int) -> None:
        """Answer the first statements; keyed so that a 7 is as anxious and as close as can be."""
        items = catalogue.get(catalogue.QUESTIONNAIRE).items
        for number, (item, answer) in enumerate(zip(items, answers, strict=False), start=1):
            kept = answer if (item.scale == "anxiety") != item.reverse_keyed else 8 - answer
            self.sends(reverse("assessments:question", args=[number]), {"answer": str(kept)})

    def says(self, slug: str, **answers: Any) -> None:
        self.sends(reverse("matching:step", args=[slug]), answers)

    def needs(self, *, who: str = "individual", **place: Any) -> None:
        """Say the least that matches need."""
        self.says("who", session_format=who)
        self.says("place", **({"state": "CA", "delivery": ["telehealth"], "within": "25"} | place))

    def is_matched(self) -> None:
        """Answer everything, so that every part of the results is there."""
        self.has_in_mind()
        self.answers_statements(*[7] * 12)
        self.needs()
        self.says("concerns", concerns=list(CONCERNS))
        self.says("importance", **CONCERNS)
        self.says("trauma", trauma="yes")
        self.says("signs", signs=["same_patterns", "early_trauma"])
        self.says("cost", fee_max="120", insurance=["aetna"])
        self.says("wishes", approaches=["emotionally-focused"], languages=["es"], opening_within_days="14")

    def keeps(self, slug: str) -> None:
        self.sends(reverse("directory:change_shortlist", args=[slug]), {"keep": "yes"})


Reach = Callable[[Visitor], None]


def some_therapists() -> None:
    TherapistFactory(
        name="Ana Demo",
        slug="ana-demo",
        headline="Steady help for couples",
        bio="I work slowly and with care.",
        pronouns="she/her",
        trained_in=["emotionally-focused"],
        approaches=["attachment-based"],
        focus_concerns=["trust-and-abandonment"],
        concerns=["childhood-trauma"],
        session_formats=["individual", "couple", "family"],
        delivery_methods=["telehealth", "in_person"],
        languages=["en", "es"],
        insurance_plans=["aetna"],
        populations=["adults", "couples"],
        fee_min=90,
        fee_max=150,
        zips=["90012"],
    )
    TherapistFactory(name="Bo Demo", slug="bo-demo", session_formats=["individual", "couple"])
    TherapistFactory(name="Gone Demo", slug="gone-demo", life="suspended")


def link_of(name: str) -> str:
    """The address of a new link of one of these therapists."""
    return link_to(Therapist.objects.get(name=name), at=timezone.now())


def linked(page: str = "", name: str = "Ana Demo") -> Reach:
    def reach(visitor: Visitor) -> None:
        visitor.opens(link_of(name) + page)

    return reach


opens_listing = linked()


def opens_draft(visitor: Visitor) -> None:
    TherapistFactory(name="Dee Demo", slug=None, life="draft", licenses=[])
    visitor.opens(link_of("Dee Demo"))


def mistypes(visitor: Visitor) -> None:
    opens_listing(visitor)
    for name, typed in {"phone": "call me", "fee_min": "much", "office_0_zip": "00000", "email": ""}.items():
        visitor.page.locator(f"[name={name}]").fill(typed)
    visitor.presses("Save my changes and confirm")


def opens_paused_listing(visitor: Visitor) -> None:
    visitor.sends(f"{link_of('Ana Demo')}pause/")
    opens_listing(visitor)


def cannot_come_back(visitor: Visitor) -> None:
    opens_paused_listing(visitor)
    License.objects.all().update(verified_on=None)
    visitor.presses("All of this is right: put it back")


def reports_nothing(visitor: Visitor) -> None:
    visitor.opens(reverse("directory:report", args=["ana-demo"]))
    visitor.presses("Send the report")


def asks_without_an_address(visitor: Visitor) -> None:
    visitor.opens(reverse("directory:listing_new"))
    visitor.page.locator("[name=email]").fill("ana")
    visitor.presses("Send me a new link")


@dataclass(frozen=True, kw_only=True)
class State:
    """`name` reads as a sentence's subject; `address` is the name of the URL pattern that shows it."""

    name: str
    address: str
    reach: Reach
    therapists: bool = False


def at(address: str, *args: Any, query: str = "", before: Reach | None = None) -> Reach:
    def reach(visitor: Visitor) -> None:
        if before is not None:
            before(visitor)
        visitor.opens(reverse(address, args=args) + query)

    return reach


def sent(reach: Reach, **fields: str) -> Reach:
    """The page's form, sent with these texts typed."""

    def send(visitor: Visitor) -> None:
        reach(visitor)
        for name, value in fields.items():
            visitor.page.locator(f"[name={name}]").fill(value)
        visitor.presses("Continue")

    return send


def started(visitor: Visitor) -> None:
    visitor.has_in_mind()


def answered_some(visitor: Visitor) -> None:
    visitor.has_in_mind("mother")
    visitor.answers_statements(7, 1)


def answered_all(visitor: Visitor) -> None:
    visitor.has_in_mind("friend")
    visitor.answers_statements(*[7] * 12)


def with_concerns(visitor: Visitor) -> None:
    visitor.says("concerns", concerns=list(CONCERNS))


def past_help(visitor: Visitor) -> None:
    with_concerns(visitor)
    visitor.client.get(reverse(STEP, args=["importance"]))


def names_violence(visitor: Visitor) -> None:
    visitor.says("for", reason="other")
    visitor.says("concerns", concerns=["domestic-violence"])


def with_return_code(visitor: Visitor) -> None:
    invited_and_told(visitor)
    visitor.client.post(reverse("assessments:return_code"))


def matched(visitor: Visitor) -> None:
    visitor.is_matched()


def matched_with_little(visitor: Visitor) -> None:
    visitor.needs()


def somebody(visitor: Visitor) -> None:
    visitor.says("for", reason="other")


def invited(visitor: Visitor) -> None:
    a_couple(visitor)
    visitor.sends(reverse("matching:invite"))


def invited_and_told(visitor: Visitor) -> None:
    answered_all(visitor)
    visitor.needs(who="couple")
    visitor.says("safe", safe_at_home="yes")
    visitor.sends(reverse("matching:invite"))


def invited_and_alone(visitor: Visitor) -> None:
    invited(visitor)
    visitor.needs()


def invited_and_unsafe(visitor: Visitor) -> None:
    invited(visitor)
    visitor.says("safe", safe_at_home="no")


def code_on(response: Any) -> str:
    return response.content.decode().split('class="code"')[1].split(">")[1].split("<")[0]


def both_shared(visitor: Visitor) -> None:
    """Two people on two devices; the visitor is the one who joined."""
    partner = Visitor(visitor.page, visitor.site)
    invited_and_told(partner)
    code = code_on(partner.client.get(reverse("matching:couple")))
    answered_all(visitor)
    visitor.needs(who="couple")
    visitor.sends(reverse("matching:join"), {"code": code})
    visitor.says("safe", safe_at_home="yes")
    for one in (partner, visitor):
        one.sends(reverse("matching:share"), {"share": "yes"})


def return_code(visitor: Visitor) -> None:
    answered_some(visitor)
    visitor.opens(reverse("assessments:return_code"))
    visitor.presses("Show my return code")


def handed_over(visitor: Visitor) -> None:
    invited(visitor)
    visitor.opens(reverse("matching:hand_over"))
    visitor.presses("Put my answers away")


def wrong_return_code(visitor: Visitor) -> None:
    answered_some(visitor)
    visitor.opens(reverse("assessments:come_back"))
    visitor.page.locator("[name=code]").fill("too short")
    visitor.presses("Open my answers")


def comes_back_over_other_answers(visitor: Visitor) -> None:
    """With a code that opens other answers than those in this browser, which it is not yet told to forget."""
    before = Visitor(visitor.page, visitor.site)
    answered_all(before)
    code = code_on(before.client.post(reverse("assessments:return_code")))
    answered_some(visitor)
    visitor.opens(reverse("assessments:come_back"))
    visitor.page.locator("[name=code]").fill(code)
    visitor.presses("Open my answers")


def joins_with_an_unknown_code(visitor: Visitor) -> None:
    visitor.opens(reverse("matching:join"))
    visitor.page.locator("[name=code]").fill(UNKNOWN_CODE)
    visitor.presses("Join my partner")


def shares_without_an_answer(visitor: Visitor) -> None:
    """The page comes with "no" chosen, which is taken back here."""
    invited(visitor)
    visitor.opens(reverse("matching:share"))
    visitor.page.evaluate("document.querySelectorAll('[name=share]').forEach(answer => answer.checked = false)")
    visitor.presses("Continue")


def signs_and_none_of_them(visitor: Visitor) -> None:
    somebody(visitor)
    visitor.opens(reverse(STEP, args=["signs"]))
    visitor.page.locator("[name=signs]").first.check()
    visitor.page.get_by_label("None of these").check()
    visitor.presses("Continue")


def needs_what_was_retired(visitor: Visitor) -> None:
    """A plan that curators took away after the visitor had chosen it."""
    visitor.needs()
    plan = InsurancePlan.objects.create(code="closed-plan", name="Closed plan")
    visitor.says("cost", insurance=["closed-plan"])
    InsurancePlan.objects.filter(pk=plan.pk).update(retired_on=TODAY)
    names.forget()


def joins_nobody(visitor: Visitor) -> None:
    visitor.opens(reverse("matching:join"))
    visitor.presses("Join my partner")


def a_family(visitor: Visitor) -> None:
    visitor.says("for", reason="family")


def family_of_a_teen_in_danger(visitor: Visitor) -> None:
    a_family(visitor)
    visitor.says("whom", whom="child")
    visitor.says("age", ages=["teen"])
    visitor.says("concerns", concerns=["suicidal-thoughts", "family-conflict"])
    visitor.says("place", state="CA", delivery=["telehealth"], within="25")


def adoptive_family(visitor: Visitor) -> None:
    a_family(visitor)
    visitor.says("family", kinds=["adoptive", "blended"])
    visitor.says("whom", whom="all")
    visitor.says("age", ages=["child"])
    visitor.says("place", state="CA", delivery=["telehealth"], within="25")


def an_unsafe_family(visitor: Visitor) -> None:
    visitor.needs(who="family")
    visitor.says("safe", safe_at_home="no")


def answered_about_two(visitor: Visitor) -> None:
    answered_all(visitor)
    visitor.sends("/match/questions/second/about/", {"about": "mother"})
    visitor.sends("/match/questions/second/1/", {"answer": "6"})


def second(address: str) -> Reach:
    def reach(visitor: Visitor) -> None:
        answered_all(visitor)
        visitor.opens(address)

    return reach


def second_statement(visitor: Visitor) -> None:
    answered_about_two(visitor)
    visitor.opens("/match/questions/second/2/")


def matched_with_two(visitor: Visitor) -> None:
    visitor.is_matched()
    visitor.sends("/match/questions/second/about/", {"about": "mother"})
    for number in range(1, 13):
        visitor.sends(f"/match/questions/second/{number}/", {"answer": str(number % 7 + 1)})


def a_couple(visitor: Visitor) -> None:
    visitor.says("who", session_format="couple")


def an_unsafe_couple(visitor: Visitor) -> None:
    visitor.needs(who="couple")
    visitor.says("safe", safe_at_home="no")


def asks_why(visitor: Visitor) -> None:
    visitor.is_matched()
    visitor.sends(reverse("matching:why"), {"first": "ana-demo", "second": "bo-demo"})


def asks_why_of_one_who_left(visitor: Visitor) -> None:
    visitor.is_matched()
    visitor.sends(reverse("matching:why"), {"first": "ana-demo", "second": "gone-demo"})


def asks_why_of_one_twice(visitor: Visitor) -> None:
    visitor.is_matched()
    visitor.opens(reverse("matching:why"))
    for name in ("first", "second"):
        visitor.page.locator(f"[name={name}]").select_option("ana-demo")
    visitor.presses("Compare")


def asks_why_and_adds_a_must(visitor: Visitor) -> None:
    asks_why(visitor)
    visitor.says("cost", fee_max="120", insurance=["aetna"], must_insurance="on")


def nobody_meets_it(visitor: Visitor) -> None:
    visitor.needs(state="WY")


def has_a_must_that_one_lacks(visitor: Visitor) -> None:
    visitor.needs()
    visitor.says("cost", insurance=["aetna"], must_insurance="on")


def sees_who_is_left_out(visitor: Visitor) -> None:
    has_a_must_that_one_lacks(visitor)
    visitor.opens(reverse(RESULTS))
    visitor.page.get_by_text("What leaves people out").click()


def has_two_musts_that_one_lacks(visitor: Visitor) -> None:
    has_a_must_that_one_lacks(visitor)
    visitor.says("wishes", languages=["es"], must_languages="on")


def keeps_one(visitor: Visitor) -> None:
    visitor.keeps("ana-demo")


def everything_open(reach: Reach) -> Reach:
    def open_all(visitor: Visitor) -> None:
        reach(visitor)
        for summary in visitor.page.locator("summary").all():
            if summary.is_visible():
                summary.click()

    return open_all


def state(name: str, address: str, *args: Any, therapists: bool = False, **how: Any) -> State:
    return State(name=name, address=address, reach=at(address, *args, **how), therapists=therapists)


STEP = "matching:step"
RESULTS = "matching:results"
LISTING = "directory:listing"
WHY = "matching:why"
STATES = [
    state("home", "home"),
    state("learn", "learn"),
    state("crisis", "crisis"),
    state("privacy", "privacy"),
    state("how matching works", "matching:how_matching_works"),
    state("start", "matching:start"),
    state("start with answers from before", "matching:start", before=answered_some),
    state("start after the answers were lost", "matching:start", query="?again"),
    state("for those under 18", "under_18"),
    state("the recipe", "soup"),
    # --- the questionnaire ---
    state("whom it is about", "assessments:about"),
    state("whom it is about with answers", "assessments:about", query="?change", before=answered_some),
    State(name="whom it is about with nobody chosen", address="assessments:about", reach=sent(at("assessments:about"))),
    state("a statement", "assessments:question", 1, before=started),
    state("a statement being changed", "assessments:question", 2, query="?change", before=answered_some),
    State(
        name="a statement with nothing chosen",
        address="assessments:question",
        reach=sent(at("assessments:question", 1, before=started)),
    ),
    state("check with too few answers", "assessments:check", before=answered_some),
    state("check with all answers", "assessments:check", before=answered_all),
    state("answers deleted", "assessments:deleted"),
    State(name="whom else it is about", address="assessments:about", reach=second("/match/questions/second/about/")),
    State(name="a statement about a second person", address="assessments:question", reach=second_statement),
    state("check with two people", "assessments:check", before=answered_about_two),
    # --- what is needed ---
    state("whom it is for", STEP, "for"),
    State(name="whom it is for with nothing chosen", address=STEP, reach=sent(at(STEP, "for"))),
    state("kind of family", STEP, "family", before=a_family),
    state("who of the family", STEP, "whom", before=a_family),
    state("age of a child", STEP, "age", before=a_family),
    state("who comes", STEP, "who", before=somebody),
    State(name="who comes with nothing chosen", address=STEP, reach=sent(at(STEP, "who", before=somebody))),
    state("who comes being changed", STEP, "who", query="?change", before=matched_with_little),
    state("safety of a couple", STEP, "safe", before=a_couple),
    state("help for somebody not safe with their partner", STEP, "concerns", before=an_unsafe_couple),
    state("help for somebody not safe in their family", STEP, "concerns", before=an_unsafe_family),
    state("help for somebody who names violence", STEP, "importance", before=names_violence),
    state("safety of a couple whose answers a return code opens", STEP, "safe", before=with_return_code),
    state("concerns", STEP, "concerns", before=somebody),
    State(name="concerns of a family", address=STEP, reach=everything_open(at(STEP, "concerns", before=a_family))),
    state("help for somebody who thinks of suicide", STEP, "importance", before=with_concerns),
    state("importance", STEP, "importance", before=past_help),
    state("trauma", STEP, "trauma", before=somebody),
    state("signs", STEP, "signs", before=somebody),
    State(name="signs with one and none of them", address=STEP, reach=signs_and_none_of_them),
    state("place", STEP, "place", before=somebody),
    State(name="place with mistakes", address=STEP, reach=sent(at(STEP, "place", before=somebody), zip="00000")),
    State(name="cost", address=STEP, reach=everything_open(at(STEP, "cost", before=somebody))),
    State(name="cost with a mistake", address=STEP, reach=sent(at(STEP, "cost", before=somebody), fee_max="much")),
    State(name="wishes", address=STEP, reach=everything_open(at(STEP, "wishes", before=somebody))),
    state("check of what is needed", "matching:check", before=matched),
    # --- what comes of it ---
    State(name="results", address=RESULTS, reach=everything_open(at(RESULTS, before=matched)), therapists=True),
    State(name="results of a couple", address=RESULTS, reach=at(RESULTS, before=both_shared), therapists=True),
    State(
        name="results of a family with a teen in danger",
        address=RESULTS,
        reach=everything_open(at(RESULTS, before=family_of_a_teen_in_danger)),
        therapists=True,
    ),
    state("results of an adoptive family", RESULTS, before=adoptive_family, therapists=True),
    state("results of a family that is not safe", RESULTS, before=an_unsafe_family, therapists=True),
    state("results of a couple whose partner is not there", RESULTS, before=invited_and_told, therapists=True),
    State(name="results of two people", address=RESULTS, reach=at(RESULTS, before=matched_with_two), therapists=True),
    state("results of few answers", RESULTS, before=matched_with_little, therapists=True),
    state("results of somebody not safe at home", RESULTS, before=an_unsafe_couple, therapists=True),
    state("results that nobody meets", RESULTS, before=nobody_meets_it, therapists=True),
    State(name="results to which one change adds", address=RESULTS, reach=sees_who_is_left_out, therapists=True),
    state("results to which two changes add", RESULTS, before=has_two_musts_that_one_lacks, therapists=True),
    state("results without answers", RESULTS),
    state("results of an answer that needs a change", RESULTS, before=needs_what_was_retired),
    state("why one stands above another", WHY, before=asks_why, therapists=True),
    state("why one is no match", WHY, before=asks_why_and_adds_a_must, therapists=True),
    state("why with nobody chosen", WHY, before=matched, therapists=True),
    state("why with somebody who left", WHY, before=asks_why_of_one_who_left, therapists=True),
    State(name="why with one chosen twice", address=WHY, reach=asks_why_of_one_twice, therapists=True),
    state("why without answers", WHY),
    # --- two codes ---
    state("offer of a return code", "assessments:return_code", before=answered_some),
    State(name="a return code", address="assessments:return_code", reach=return_code),
    state("a return code that opens nothing any more", "assessments:code_dropped", before=answered_some),
    state("left until later", "assessments:left"),
    state("coming back", "assessments:come_back"),
    State(name="coming back with a wrong code", address="assessments:come_back", reach=wrong_return_code),
    state("coming back to a browser with answers", "assessments:come_back", before=answered_some),
    State(
        name="coming back over other answers",
        address="assessments:come_back",
        reach=comes_back_over_other_answers,
    ),
    state("offer to a couple", "matching:couple", before=a_couple),
    state("a couple with a code", "matching:couple", before=invited),
    state("a couple whose part is told", "matching:couple", before=invited_and_told),
    state("somebody who wants no couple any more", "matching:couple", before=invited_and_alone),
    state("somebody of a couple who is not safe", "matching:couple", before=invited_and_unsafe),
    state("joining a partner", "matching:join"),
    State(name="joining a partner with nothing typed", address="matching:join", reach=joins_nobody),
    State(name="joining a partner with an unknown code", address="matching:join", reach=joins_with_an_unknown_code),
    state("handing the device over", "matching:hand_over", before=invited),
    State(name="the device handed over", address="matching:hand_over", reach=handed_over),
    state("showing scores to a partner", "matching:share", before=invited),
    State(
        name="showing scores to a partner with nothing chosen",
        address="matching:share",
        reach=shares_without_an_answer,
    ),
    state("a part deleted", "matching:withdrawn", before=a_couple),
    # --- the directory ---
    state("browse", "directory:browse", therapists=True),
    state(
        "browse with filters",
        "directory:browse",
        query="?state=CA&insurance=aetna&zip=90012",
        therapists=True,
    ),
    state("browse with a mistake", "directory:browse", query="?zip=00000", therapists=True),
    state("browse with nobody", "directory:browse", query="?state=WY", therapists=True),
    state("a profile", "directory:therapist", "ana-demo", therapists=True),
    state("a profile that says little", "directory:therapist", "bo-demo", therapists=True),
    state("a profile that left", "directory:therapist", "gone-demo", therapists=True),
    state("a report of a problem", "directory:report", "ana-demo", therapists=True),
    State(name="a report with nothing chosen", address="directory:report", reach=reports_nothing, therapists=True),
    state("a report about somebody who left", "directory:report", "gone-demo", therapists=True),
    state("thanks for a report", "directory:report_thanks"),
    # --- a therapist by link ---
    State(name="a listing to confirm", address=LISTING, reach=opens_listing, therapists=True),
    State(
        name="a listing with all its lists open", address=LISTING, reach=everything_open(opens_listing), therapists=True
    ),
    State(name="a listing with mistakes", address=LISTING, reach=mistypes, therapists=True),
    State(name="a paused listing", address=LISTING, reach=opens_paused_listing, therapists=True),
    State(name="a listing that cannot come back yet", address=LISTING, reach=cannot_come_back, therapists=True),
    State(name="a draft to confirm", address=LISTING, reach=opens_draft, therapists=True),
    state("a link that works no more", LISTING, "x" * 32),
    State(name="pausing a listing", address="directory:listing_pause", reach=linked("pause/"), therapists=True),
    State(name="leaving the directory", address="directory:listing_leave", reach=linked("leave/"), therapists=True),
    state("asking for a link", "directory:listing_new"),
    State(name="asking for a link with a mistake", address="directory:listing_new", reach=asks_without_an_address),
    *(state(f"thanks: {what}", "directory:listing_thanks", what) for what in THANKS),
    state("an empty shortlist", "directory:shortlist"),
    state("a shortlist", "directory:shortlist", before=keeps_one, therapists=True),
    state("an explained problem", "problem", "validation"),
]
#: Addresses that show no page of their own to a client: they send on, answer machines, or are the curators'.
NOT_PAGES = {
    "matching:needs": "sends on to the first question",
    "assessments:delete": "sends on to “answers deleted”",
    "directory:change_shortlist": "sends on to the profile or the shortlist",
    "assessments:remove": "sends on to the check of the answers",
    "put_away": "sends on to “left until later”",
    "assessments:drop_code": "sends on to “the code opens nothing”",
    "matching:invite": "sends on to the code",
    "matching:withdraw": "sends on to “a part deleted”",
    "leave": "sends on to the recipe",
    "directory:picture": "the picture of a profile",
    "pot": "the picture of the recipe",
    "livez": "for load balancers",
    "readyz": "for load balancers",
}
