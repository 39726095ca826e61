"""Vignettes: described clients, and who should stand where among some therapists. Read them from top to bottom.

Each one is written from the article that this service implements (its sections are named) or from a study, not from
the ruleset. A therapist's name says what the therapist is; all that is not written is not stated. How to add one:
docs/matching.md, Vignettes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from matching.intake import Intake, Near, Scores
from tests.factories import TODAY
from tests.matching.drawing import CENTER
from tests.matching.expectations import (
    above,
    absent,
    cites,
    counts,
    first_is,
    guidance,
    never_cites,
    never_counts,
    not_in_top,
    notes,
    pairing,
    says,
    searches,
    shown,
    tied,
)
from tests.matching.vignette import Vignette


def alone(**told: Any) -> Intake:
    """Somebody in California who would meet a therapist alone, by telehealth."""
    return Intake(**{"state": "CA", "delivery": ("telehealth",), "session_format": "individual", **told})


def couple(**told: Any) -> Intake:
    return alone(session_format="couple", **told)


def family(**told: Any) -> Intake:
    return alone(session_format="family", **told)


def office(*, miles: float) -> tuple[float, float]:
    """A place so many miles north of the client's ZIP."""
    return CENTER[0] + miles / 69.1, CENTER[1]


ANXIOUS = Scores(anxiety=6, avoidance=2, range=(1, 7))
AVOIDANT = Scores(anxiety=2, avoidance=6, range=(1, 7))
FEARFUL = Scores(anxiety=6, avoidance=6, range=(1, 7))
SECURE = Scores(anxiety=1.5, avoidance=1.5, range=(1, 7))
UNCLEAR = Scores(anxiety=4.1, avoidance=3.9, range=(1, 7))

# The signs: the leading one, and six others.
CATALYST, SELF, WHY = "relationships_the_catalyst", "childhood_shapes_self", "wants_to_understand_why"
PATTERNS, LASTING = "same_patterns", "lasting_struggles"
EARLY, MISSED = "early_trauma", "earlier_therapy_missed_root"

WHO = "Article, “Who it is for”"
HELPS = "Article, “What it can help with”"
EFFECTIVE = "Article, “How effective”"
WHICH = "Article, “Attachment work or a general approach first?”"
FINDING = "Article, “How to find someone”"
ASKED = "Article, “Questions people have”"

SWIFT = "Swift et al. 2018, J Clin Psychol 74:1924–1937 (53 studies: wishes that are honored, fewer dropouts)"
LEVY = "Levy et al. 2018, 10.1002/jclp.22685 (secure clients gain more; no more than first signs on style)"
MCBRIDE = "McBride et al. 2006, 10.1037/0022-006X.74.6.1041 (avoidant and depressed: better in CBT)"
SPENGLER = "Spengler et al. 2022/24 (EFT, meta-analysis)"
DIAMOND = "Diamond, Diamond & Levy 2021, 10.1016/j.jad.2021.07.005"
VA_DOD = "VA/DoD guideline 2023, 10.7326/M23-2757 (PTSD: prolonged exposure, cognitive processing or EMDR)"
EHRING = "Ehring et al. 2014, 10.1016/j.cpr.2014.10.004 (abused as children, PTSD: trauma-focused work did better)"
WOODHOUSE = (
    "Woodhouse et al. 2015, 10.1016/j.janxdis.2015.07.002 (style goes with symptoms; it does not pick the therapy)"
)
COCHRANE_BPD = "Storebø et al. 2020, Cochrane review, 10.1002/14651858.CD012955.pub2 (therapies for borderline)"
DBT_TEENS = "Kothgassner et al. 2021, 10.1017/S0033291721001355 (DBT for teens who hurt themselves, 21 studies)"
GHOST_LISTS = "Senate Finance Committee 2023 (18% of listings gave an appointment)"
BOX_TICKING = "Complaints about directories: everybody ticks every box (reference/products.md, section 6)"
UNKNOWN_IS_NOT_NO = "A fact that is not stated is neither a yes nor a no (reference/products.md, section 5, feature 17)"

TWO_WAYS_OF_WORKING: Final = {
    "trained in attachment-based work": {"trained": ["attachment-based"]},
    "trained in CBT": {"trained": ["cognitive-behavioral"]},
    "trained in narrative therapy": {"trained": ["narrative"]},
}

VIGNETTES: Final = (
    # ------------------------------------------------------------------------------------------------------------------
    # Adults whose way of being close is not secure
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="An anxious adult seeks reassurance, fears to be left, and it is always a relationship that hurts.",
        source=f"{WHO}: adults with an anxious style",
        intake=alone(
            concerns={"trust-and-abandonment": 3, "relationship-difficulties": 2},
            signs=(CATALYST, PATTERNS),
            attachment=ANXIOUS,
        ),
        all_state={"concerns": ["trust-and-abandonment", "relationship-difficulties"]},
        therapists={
            "trained in attachment-based work": {"trained": ["attachment-based"]},
            "ticks attachment-based work": {"approaches": ["attachment-based"]},
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
        },
        expects=(
            guidance("worth_considering"),
            counts("style_fit"),
            above("trained in attachment-based work", "ticks attachment-based work", "trained in CBT"),
        ),
    ),
    Vignette(
        description="An avoidant adult shuts down and pulls away when somebody comes close, and wants to know why.",
        source=f"{WHO}: adults with an avoidant style; {LEVY}",
        intake=alone(
            concerns={"intimacy": 3, "emotional-numbness": 2}, signs=(CATALYST, WHY, LASTING), attachment=AVOIDANT
        ),
        all_state={"concerns": ["intimacy", "emotional-numbness"]},
        therapists={
            "trained in attachment-based work": {"trained": ["attachment-based"]},
            "trained in psychodynamic work, thinner evidence": {"trained": ["psychodynamic"]},
            "trained in existential work, no study": {"trained": ["existential"]},
        },
        expects=(
            above(
                "trained in attachment-based work",
                "trained in psychodynamic work, thinner evidence",
                "trained in existential work, no study",
            ),
            says("trained in attachment-based work", "style_attachment_minded"),
            says("trained in existential work, no study", "no_evidence_listed", "style_neutral"),
        ),
    ),
    Vignette(
        description="A fearful adult is clingy and distant at once, and was hurt early by those who should have cared.",
        source=f"{WHO}: adults with a disorganized style; {FINDING}: trauma-informed beside attachment work",
        intake=alone(
            concerns={"trust-and-abandonment": 3, "intense-emotions": 2},
            trauma=True,
            signs=(EARLY, LASTING),
            attachment=FEARFUL,
        ),
        all_state={"concerns": ["trust-and-abandonment", "intense-emotions"]},
        therapists={
            "trained in attachment-based and trauma-informed work": {
                "trained": ["attachment-based", "trauma-informed"]
            },
            "trained in attachment-based work only": {"trained": ["attachment-based"]},
            "trained in trauma-informed work only": {"trained": ["trauma-informed"]},
            "trained in neither": {"trained": ["solution-focused"]},
        },
        expects=(
            guidance("worth_considering"),
            first_is("trained in attachment-based and trauma-informed work"),
            not_in_top(3, "trained in neither"),
        ),
    ),
    Vignette(
        description="Low self-esteem that goes back to how it was at home. An earlier therapy missed the root.",
        source=f"{HELPS}: low self-esteem; {WHICH}",
        intake=alone(concerns={"low-self-esteem": 3}, signs=(SELF, WHY, MISSED), attachment=ANXIOUS),
        all_state={"concerns": ["low-self-esteem"]},
        therapists=TWO_WAYS_OF_WORKING,
        expects=(guidance("worth_considering"), first_is("trained in attachment-based work")),
    ),
    Vignette(
        description="An avoidant adult with work stress, to whom no sign applies: style lifts a little, no more.",
        source=f"{LEVY}; {WHICH}",
        intake=alone(concerns={"stress": 3, "work-career": 2}, signs=(), attachment=AVOIDANT),
        all_state={"concerns": ["stress", "work-career"]},
        therapists=TWO_WAYS_OF_WORKING,
        expects=(
            counts("style_fit"),
            first_is("trained in CBT"),
            above("trained in attachment-based work", "trained in narrative therapy"),
            shown("trained in narrative therapy"),
        ),
    ),
    Vignette(
        description="Answers that fit no pattern clearly: style moves nothing.",
        source=f"{LEVY}; reference/products.md, section 4, consequence 3",
        intake=alone(concerns={"loneliness": 2}, signs=(), attachment=UNCLEAR),
        all_state={"concerns": ["loneliness"]},
        therapists=TWO_WAYS_OF_WORKING,
        expects=(
            never_counts("style_fit"),
            tied("trained in attachment-based work", "trained in narrative therapy"),
            first_is("trained in CBT"),
        ),
    ),
    Vignette(
        description="A client at ease with closeness who is stuck on a decision: nothing asks for attachment work.",
        source=f"{WHICH}; {LEVY}",
        intake=alone(concerns={"life-transitions": 2}, signs=(), attachment=SECURE),
        all_state={"concerns": ["life-transitions"]},
        therapists=TWO_WAYS_OF_WORKING,
        expects=(
            guidance("not_indicated"),
            never_counts("style_fit"),
            tied("trained in attachment-based work", "trained in narrative therapy"),
            first_is("trained in CBT"),
        ),
    ),
    Vignette(
        description="An avoidant man with depression. One small trial favors CBT, others differ: a tie.",
        source=MCBRIDE,
        intake=alone(concerns={"depression": 3}, signs=(), attachment=AVOIDANT),
        all_state={"concerns": ["depression"]},
        therapists={
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
            "trained in interpersonal therapy": {"trained": ["interpersonal"]},
            "trained in attachment-based work": {"trained": ["attachment-based"]},
        },
        expects=(
            tied("trained in CBT", "trained in interpersonal therapy"),
            above("trained in CBT", "trained in attachment-based work"),
            cites("trained in interpersonal therapy", "10.1037/0022-006X.74.6.1041", "10.1002/da.20913"),
        ),
    ),
    Vignette(
        description="An avoidant man with depression who skipped the signs: his style is no reason to pass CBT over.",
        source=f"{MCBRIDE}; {LEVY}",
        intake=alone(concerns={"depression": 3}, attachment=AVOIDANT),
        all_state={"concerns": ["depression"]},
        therapists=TWO_WAYS_OF_WORKING,
        expects=(guidance("unclear"), above("trained in CBT", "trained in attachment-based work")),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Attachment work or a general approach first? Each pattern of signs
    # ------------------------------------------------------------------------------------------------------------------
    *(
        Vignette(
            description=f"Lasting trouble in relationships; of the signs: {said}.",
            source=WHICH,
            intake=alone(concerns={"relationship-difficulties": 2}, signs=signs),
            all_state={"concerns": ["relationship-difficulties"]},
            therapists=TWO_WAYS_OF_WORKING,
            expects=(guidance(answer), order),  # where it is unclear, neither way is pushed down
        )
        for said, signs, answer, order in (
            (
                "relationships set it off, and the same story comes back",
                (CATALYST, PATTERNS),
                "worth_considering",
                first_is("trained in attachment-based work"),
            ),
            (
                "hurt early, and childhood still decides how they feel about themselves",
                (EARLY, SELF),
                "worth_considering",
                first_is("trained in attachment-based work"),
            ),
            (
                "three of the others",
                (WHY, PATTERNS, LASTING),
                "worth_considering",
                first_is("trained in attachment-based work"),
            ),
            (
                "only that relationships set it off",
                (CATALYST,),
                "unclear",
                not_in_top(2, "trained in narrative therapy"),
            ),
            (
                "only that they were hurt early",
                (EARLY,),
                "unclear",
                not_in_top(2, "trained in narrative therapy"),
            ),
            (
                "two of the others",
                (WHY, MISSED),
                "unclear",
                not_in_top(2, "trained in narrative therapy"),
            ),
            (
                "the question was skipped",
                None,
                "unclear",
                not_in_top(2, "trained in narrative therapy"),
            ),
            ("one of the others", (PATTERNS,), "not_indicated", first_is("trained in CBT")),
            ("none", (), "not_indicated", first_is("trained in CBT")),
        )
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Couples
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="A couple has lost its closeness, and both want it back.",
        source=f"{WHO}: couples with intimacy problems; {FINDING}: EFT and the Gottman Method; {SPENGLER}",
        intake=couple(populations=("couples",), concerns={"intimacy": 3, "communication": 2}, safe_at_home=True),
        all_state={"concerns": ["intimacy", "communication"], "populations": ["couples"]},
        therapists={
            "trained in EFT": {"trained": ["emotionally-focused"]},
            "trained in the Gottman Method": {"trained": ["gottman"]},
            "ticks EFT": {"approaches": ["emotionally-focused"]},
            "ticks the Gottman Method": {"approaches": ["gottman"]},
            "trained in CBT, offers couples": {"trained": ["cognitive-behavioral"]},
        },
        expects=(
            searches("couple"),
            first_is("trained in EFT"),
            above("trained in the Gottman Method", "ticks EFT", "ticks the Gottman Method"),
            not_in_top(4, "trained in CBT, offers couples"),
            says("trained in CBT, offers couples", "format_not_listed"),
        ),
    ),
    Vignette(
        description="Trust is gone in a couple, and one of them lives in fear of being left.",
        source=f"{WHO}: couples with trust problems; Dalgleish et al. 2014, 10.1111/jmft.12077 (more fear, more gain)",
        intake=couple(concerns={"trust-and-abandonment": 3}, safe_at_home=True, attachment=ANXIOUS),
        all_state={"concerns": ["trust-and-abandonment"]},
        therapists={
            "trained in EFT": {"trained": ["emotionally-focused"]},
            "trained in Imago, no study listed": {"trained": ["imago"]},
            "trained in attachment-based work with individuals": {"trained": ["attachment-based"]},
            "trained in nothing for couples": {"trained": ["person-centered"]},
        },
        expects=(
            first_is("trained in EFT"),
            cites("trained in EFT", "10.1111/jmft.12077"),
            above("trained in Imago, no study listed", "trained in nothing for couples"),
            says("trained in Imago, no study listed", "no_evidence_listed", "format_trained"),
            not_in_top(3, "trained in nothing for couples"),
        ),
    ),
    Vignette(
        description="A couple after an affair. The first trial of the Gottman Method lost most couples on the way.",
        source=f"{SPENGLER}; Irvine et al. 2023 (49 couples, 19 finished)",
        intake=couple(concerns={"infidelity": 3, "trust-and-abandonment": 3}, safe_at_home=True),
        all_state={"concerns": ["infidelity", "trust-and-abandonment"]},
        therapists={
            "trained in EFT": {"trained": ["emotionally-focused"]},
            "trained in the Gottman Method": {"trained": ["gottman"]},
            "ticks the Gottman Method": {"approaches": ["gottman"]},
            "trained in EMDR, offers couples": {"trained": ["emdr"]},
        },
        expects=(
            above("trained in EFT", "trained in the Gottman Method", "ticks the Gottman Method"),
            says("trained in the Gottman Method", "evidence_c", "format_trained"),
            cites("trained in the Gottman Method", "Irvine et al. 2023"),
            not_in_top(3, "trained in EMDR, offers couples"),
        ),
    ),
    Vignette(
        description="One reaches out, the other pulls back: a couple of an anxious and an avoidant person.",
        source=f"{WHO}: couples with conflicting styles",
        intake=couple(
            concerns={"communication": 2}, safe_at_home=True, attachment=ANXIOUS, partner_attachment=AVOIDANT
        ),
        all_state={"concerns": ["communication"]},
        therapists={
            "trained in EFT": {"trained": ["emotionally-focused"]},
            "trained in behavioral couple therapy": {"trained": ["integrative-behavioral-couple"]},
            "trained in CBT, offers couples": {"trained": ["cognitive-behavioral"]},
        },
        expects=(
            pairing("pursue_withdraw"),
            counts("style_fit"),
            above("trained in EFT", "trained in behavioral couple therapy", "trained in CBT, offers couples"),
            cites("trained in EFT", "10.1111/jmft.12077"),
        ),
    ),
    *(
        Vignette(
            description=f"Two people, and {description}: the pairing is a need of its own.",
            source=f"{WHO}: couples, conflicting styles; Dalgleish et al. 2014, 10.1111/jmft.12077",
            intake=couple(concerns={"communication": 2}, safe_at_home=True, attachment=own, partner_attachment=partner),
            all_state={"concerns": ["communication"]},
            therapists={
                "trained in EFT": {"trained": ["emotionally-focused"]},
                "trained in narrative therapy, offers couples": {"trained": ["narrative"]},
            },
            expects=(
                pairing(code),
                above("trained in EFT", "trained in narrative therapy, offers couples"),
                cites("trained in EFT", study),
            ),
        )
        for description, own, partner, code, study in (
            ("both reach out at once", ANXIOUS, ANXIOUS, "both_reach", "Master's thesis on a couples course"),
            ("both pull back", AVOIDANT, AVOIDANT, "both_withdraw", "Burgess Moser 2012"),
            ("closeness is wanted and feared", FEARFUL, AVOIDANT, "closeness_and_fear", "10.1111/jmft.12206"),
            ("one reaches out while the other pulls back", AVOIDANT, ANXIOUS, "pursue_withdraw", "Schrodt"),
        )
    ),
    Vignette(
        description="A couple argues about everything. Two kinds of couple work are studied well, one is not listed.",
        source="Bradbury & Bodenmann 2020, 10.1146/annurev-clinpsy-071519-020546; " + SPENGLER,
        intake=couple(concerns={"communication": 3, "anger": 2}, safe_at_home=True),
        all_state={"concerns": ["communication", "anger"]},
        therapists={
            "trained in EFT": {"trained": ["emotionally-focused"]},
            "trained in behavioral couple therapy": {"trained": ["integrative-behavioral-couple"]},
            "trained in Imago, no study listed": {"trained": ["imago"]},
            "trained in DBT, offers couples": {"trained": ["dialectical-behavior"]},
        },
        expects=(
            above(
                "trained in EFT",
                "trained in behavioral couple therapy",
                "trained in Imago, no study listed",
                "trained in DBT, offers couples",
            ),
            cites("trained in behavioral couple therapy", "Bradbury & Bodenmann 2020"),
        ),
    ),
    Vignette(
        description="One partner answered the questionnaire, the other's answers are not clear: no pairing is made up.",
        source="reference/products.md, section 4, consequences 3 and 5",
        intake=couple(concerns={"premarital": 2}, safe_at_home=True, attachment=SECURE, partner_attachment=UNCLEAR),
        all_state={"concerns": ["premarital"]},
        therapists={
            "trained in EFT": {"trained": ["emotionally-focused"]},
            "trained in mindfulness, offers couples": {"trained": ["mindfulness-based"]},
        },
        expects=(
            pairing(None),
            never_counts("style_fit"),
            above("trained in EFT", "trained in mindfulness, offers couples"),
        ),
    ),
    Vignette(
        description="A couple is not sure whether to stay together.",
        source="Bradbury & Bodenmann 2020, 10.1146/annurev-clinpsy-071519-020546; discernment is made for this",
        intake=couple(
            concerns={"separation-divorce": 3}, safe_at_home=True, approaches=("discernment",), opening_within_days=21
        ),
        all_state={"concerns": ["separation-divorce"], "opening_on": TODAY + dt.timedelta(days=7)},
        therapists={
            "trained in discernment": {"trained": ["discernment"]},
            "ticks discernment": {"approaches": ["discernment"]},
            "trained in play therapy": {"trained": ["play"]},
        },
        expects=(
            above("trained in discernment", "ticks discernment", "trained in play therapy"),
            says("trained in discernment", "wish_trained", "format_trained"),
        ),
    ),
    Vignette(
        description="A couple worn out by years of treatment for infertility.",
        source="Frederiksen et al. 2015, 10.1136/bmjopen-2014-006592 (psychosocial help lowers distress); " + SPENGLER,
        intake=couple(concerns={"infertility": 3, "grief": 1}, safe_at_home=True),
        therapists={
            "trained in EFT, best at infertility": {
                "trained": ["emotionally-focused"],
                "focus": ["infertility"],
                "concerns": ["grief"],
            },
            "trained in EFT, lists grief only": {"trained": ["emotionally-focused"], "concerns": ["grief"]},
            "best at infertility, nothing for couples": {
                "trained": ["narrative"],
                "focus": ["infertility"],
                "concerns": ["grief"],
            },
        },
        expects=(
            first_is("trained in EFT, best at infertility"),
            says("best at infertility, nothing for couples", "concerns_covered", "format_not_listed"),
            says("trained in EFT, lists grief only", "concerns_in_part"),
        ),
    ),
    Vignette(
        description="Two women want a couples therapist to whom they need not explain their life.",
        source=f"{SWIFT}; {SPENGLER}",
        intake=couple(
            populations=("couples", "lgbtq"), concerns={"communication": 2, "lgbtq-identity": 1}, safe_at_home=True
        ),
        all_state={"trained": ["emotionally-focused"], "concerns": ["communication"]},
        therapists={
            "EFT, works with LGBTQ+ couples": {
                "populations": ["couples", "lgbtq"],
                "concerns": ["communication", "lgbtq-identity"],
            },
            "EFT, works with couples": {"populations": ["couples"]},
            "EFT, works with children": {"populations": ["children"]},
        },
        expects=(
            above("EFT, works with LGBTQ+ couples", "EFT, works with couples", "EFT, works with children"),
            says("EFT, works with couples", "populations_in_part"),
        ),
    ),
    Vignette(
        description="A couple, of whom one was hurt as a child and freezes at anger.",
        source=f"{WHO}: survivors, best with a trauma-informed therapist; {FINDING}: couples therapy",
        intake=couple(concerns={"childhood-trauma": 3, "intimacy": 2}, safe_at_home=True),
        all_state={"concerns": ["childhood-trauma", "intimacy"]},
        therapists={
            "trained in EFT and trauma-informed work": {"trained": ["emotionally-focused", "trauma-informed"]},
            "trained in EFT only": {"trained": ["emotionally-focused"]},
            "trained in trauma-informed work only": {"trained": ["trauma-informed"]},
            "trained in neither": {"trained": ["humanistic"]},
        },
        expects=(
            first_is("trained in EFT and trauma-informed work"),
            above("trained in EFT only", "trained in trauma-informed work only", "trained in neither"),
            counts("trauma_informed"),
        ),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Safety first
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="A couple in which one is not safe at home: no couples session, and the hotline before any match.",
        source="Stith, McCollum & Rosen 2011, 10.1037/12329-002 (look for violence before joint work)",
        intake=couple(
            populations=("couples",),
            concerns={"communication": 3, "intimacy": 2},
            safe_at_home=False,
            attachment=ANXIOUS,
        ),
        all_state={"concerns": ["communication", "intimacy"]},
        therapists={
            "trained in trauma-informed work, sees individuals": {
                "trained": ["trauma-informed"],
                "session_formats": ["individual"],
            },
            "trained in EFT, sees both": {"trained": ["emotionally-focused"]},
            "trained in EFT, sees couples only": {"trained": ["emotionally-focused"], "session_formats": ["couple"]},
        },
        expects=(
            notes("unsafe_at_home"),
            searches("individual"),
            counts("trauma_informed"),
            never_counts("format_expertise"),
            never_counts("population"),
            first_is("trained in trauma-informed work, sees individuals"),
            absent("trained in EFT, sees couples only", because="session_format"),
        ),
    ),
    Vignette(
        description="A couple names violence, and did not answer whether home is safe: we cannot know.",
        source="Bradford 2010, J Fam Psychother 21:76–82 (violence is easily missed); Stith et al. 2011",
        intake=couple(concerns={"domestic-violence": 2, "communication": 3}),
        all_state={"concerns": ["domestic-violence", "communication"]},
        therapists={
            "trained in trauma-informed work": {"trained": ["trauma-informed"]},
            "trained in the Gottman Method": {"trained": ["gottman"]},
            "trained in EFT, sees couples only": {"trained": ["emotionally-focused"], "session_formats": ["couple"]},
        },
        expects=(
            notes("unsafe_at_home"),
            searches("individual"),
            never_counts("format_expertise"),
            above("trained in trauma-informed work", "trained in the Gottman Method"),
            absent("trained in EFT, sees couples only", because="session_format"),
        ),
    ),
    Vignette(
        description="A couple is safe, and works on violence of the past: couple work stays, the hotline is shown.",
        source="Stith et al. 2011, 10.1037/12329-002",
        intake=couple(concerns={"domestic-violence": 2, "anger": 2}, safe_at_home=True),
        all_state={"concerns": ["domestic-violence", "anger"]},
        therapists={
            "trained in EFT and trauma-informed work": {"trained": ["emotionally-focused", "trauma-informed"]},
            "trained in EFT": {"trained": ["emotionally-focused"]},
            "trained in expressive arts": {"trained": ["expressive-arts"]},
        },
        expects=(
            notes("domestic_violence"),
            searches("couple"),
            first_is("trained in EFT and trauma-informed work"),
            not_in_top(2, "trained in expressive arts"),
        ),
    ),
    Vignette(
        description="A woman who left a violent partner comes alone.",
        source=f"{FINDING}: trauma-informed practice; {EHRING}",
        intake=alone(concerns={"domestic-violence": 3, "abuse-survivor": 3}, genders=("woman",)),
        all_state={"concerns": ["domestic-violence", "abuse-survivor"], "gender": "woman"},
        therapists={
            "trained in trauma-informed work and cognitive processing": {
                "trained": ["trauma-informed", "cognitive-processing"],
            },
            "trained in trauma-informed work": {"trained": ["trauma-informed"]},
            "trained in couple work": {"trained": ["gottman"]},
        },
        expects=(
            notes("domestic_violence"),
            above(
                "trained in trauma-informed work and cognitive processing",
                "trained in trauma-informed work",
                "trained in couple work",
            ),
        ),
    ),
    Vignette(
        description="A family that is not safe with everybody in the room: matches stay, and the warning leads.",
        source="reference/products.md, section 6: families without a safety screen",
        intake=family(populations=("parents", "children"), concerns={"family-conflict": 3}, safe_at_home=False),
        all_state={"concerns": ["family-conflict"], "populations": ["parents", "children"]},
        therapists={
            "trained in family work": {"trained": ["family-systems"]},
            "offers families": {"trained": ["solution-focused"]},
        },
        expects=(notes("unsafe_in_family"), searches("family"), above("trained in family work", "offers families")),
    ),
    Vignette(
        description="An adult with thoughts of suicide: 988 before any match.",
        source="Article, frame of the page: 988 first; DeCou et al. 2019, Behavior Therapy (DBT: fewer acts)",
        intake=alone(concerns={"suicidal-thoughts": 3, "depression": 2}, opening_within_days=7),
        all_state={"concerns": ["suicidal-thoughts", "depression"]},
        therapists={
            "trained in DBT, free this week": {
                "trained": ["dialectical-behavior"],
                "opening_on": TODAY + dt.timedelta(days=3),
            },
            "trained in DBT, free in six weeks": {
                "trained": ["dialectical-behavior"],
                "opening_on": TODAY + dt.timedelta(days=42),
            },
            "trained in existential work, free this week": {
                "trained": ["existential"],
                "opening_on": TODAY + dt.timedelta(days=3),
            },
        },
        expects=(
            notes("crisis"),
            above("trained in DBT, free this week", "trained in DBT, free in six weeks"),
            says("trained in DBT, free in six weeks", "opening_later"),
        ),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Early trauma, and what stays of it
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="A survivor of early neglect, whom it follows into every relationship.",
        source=f"{WHO}: survivors of early trauma by caregivers; {FINDING}",
        intake=alone(
            concerns={"childhood-trauma": 3, "relationship-difficulties": 2}, trauma=True, signs=(EARLY, SELF)
        ),
        all_state={"concerns": ["childhood-trauma", "relationship-difficulties"]},
        therapists={
            "trauma-informed and attachment-based": {"trained": ["trauma-informed", "attachment-based"]},
            "trauma-informed only": {"trained": ["trauma-informed"]},
            "attachment-based only": {"trained": ["attachment-based"]},
            "ticks both": {"approaches": ["trauma-informed", "attachment-based"]},
            "neither": {"trained": ["solution-focused"]},
        },
        expects=(
            guidance("worth_considering"),
            above("trauma-informed and attachment-based", "ticks both", "neither"),
            above("trauma-informed and attachment-based", "trauma-informed only", "neither"),
            above("trauma-informed and attachment-based", "attachment-based only", "neither"),
            not_in_top(4, "neither"),
        ),
    ),
    Vignette(
        description="A survivor names a childhood that hurt, and says no more about trauma: it counts all the same.",
        source=f"{WHO}: survivors, best with a trauma-informed therapist",
        intake=alone(concerns={"childhood-trauma": 2}),
        all_state={"concerns": ["childhood-trauma"]},
        therapists={
            "trained in trauma-informed work": {"trained": ["trauma-informed"]},
            "ticks trauma-informed work": {"approaches": ["trauma-informed"]},
            "trained in CBT, not for trauma": {"trained": ["cognitive-behavioral"]},
            "trained in humanistic work": {"trained": ["humanistic"]},
            "says nothing about approaches": {},
        },
        expects=(
            counts("trauma_informed"),
            above("trained in trauma-informed work", "ticks trauma-informed work", "trained in humanistic work"),
            above("ticks trauma-informed work", "trained in CBT, not for trauma"),
            says("trained in humanistic work", "trauma_not_listed"),
            says("says nothing about approaches", "not_stated_approaches"),
        ),
    ),
    Vignette(
        description="Abused as a child, with PTSD today: work on the trauma itself, by somebody trained in it.",
        source=EHRING,
        intake=alone(concerns={"ptsd": 3, "childhood-trauma": 3}, signs=(EARLY,)),
        all_state={"concerns": ["ptsd", "childhood-trauma"]},
        therapists={
            "trained in EMDR": {"trained": ["emdr"]},
            "ticks EMDR": {"approaches": ["emdr"]},
            "trained in attachment-based work only": {"trained": ["attachment-based"]},
            "trained in CBT only": {"trained": ["cognitive-behavioral"]},
        },
        expects=(
            above("trained in EMDR", "ticks EMDR", "trained in CBT only"),
            above("ticks EMDR", "trained in attachment-based work only"),
            says("trained in EMDR", "trauma_trained"),
        ),
    ),
    Vignette(
        description="A fearful survivor with PTSD: the therapy is chosen for the trauma, not for the style.",
        source=WOODHOUSE,
        intake=alone(concerns={"ptsd": 3, "trust-and-abandonment": 2}, signs=(EARLY, LASTING), attachment=FEARFUL),
        all_state={"concerns": ["ptsd", "trust-and-abandonment"]},
        therapists={
            "trained in cognitive processing": {"trained": ["cognitive-processing"]},
            "trained in attachment-based work only": {"trained": ["attachment-based"]},
            "trained in both": {"trained": ["cognitive-processing", "attachment-based"]},
        },
        expects=(
            above("trained in both", "trained in cognitive processing", "trained in attachment-based work only"),
            shown("trained in attachment-based work only"),
        ),
    ),
    Vignette(
        description="Somebody who says that trauma is no part of it: nobody is ranked by trauma work.",
        source="A criterion that nobody asked about is absent (contract)",
        intake=alone(concerns={"loneliness": 2}, trauma=False),
        all_state={"concerns": ["loneliness"]},
        therapists={
            "trained in sensorimotor work": {"trained": ["sensorimotor"]},
            "trained in narrative therapy": {"trained": ["narrative"]},
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
        },
        expects=(
            never_counts("trauma_informed"),
            tied("trained in sensorimotor work", "trained in narrative therapy"),
            first_is("trained in CBT"),
        ),
    ),
    Vignette(
        description="Lasting signs like those of RAD: deep distrust, numbness, waiting to be hurt or left.",
        source=f"{WHO}: adults with lasting signs of childhood attachment disorders",
        intake=alone(
            concerns={"adult-attachment-difficulties": 3, "emotional-numbness": 3, "trust-and-abandonment": 2},
            trauma=True,
        ),
        all_state={"concerns": ["emotional-numbness", "trust-and-abandonment"]},
        therapists={
            "attachment-based and trauma-informed, best at this": {
                "trained": ["attachment-based", "trauma-informed"],
                "focus": ["adult-attachment-difficulties"],
            },
            "attachment-based, best at this": {
                "trained": ["attachment-based"],
                "focus": ["adult-attachment-difficulties"],
            },
            "trained in CBT, does not list it": {"trained": ["cognitive-behavioral"]},
        },
        expects=(
            above(
                "attachment-based and trauma-informed, best at this",
                "attachment-based, best at this",
                "trained in CBT, does not list it",
            ),
        ),
    ),
    Vignette(
        description="Lasting signs like those of DSED: tells strangers too much, closest to new people.",
        source=f"{WHO}: adults with lasting signs of childhood attachment disorders",
        intake=alone(concerns={"adult-attachment-difficulties": 3, "boundaries": 3}, signs=(LASTING, SELF)),
        all_state={"concerns": ["adult-attachment-difficulties", "boundaries"]},
        therapists={
            "trained in attachment-based work": {"trained": ["attachment-based"]},
            "trained in attachment-based compassion, not randomized": {"trained": ["attachment-compassion"]},
            "trained in motivational interviewing": {"trained": ["motivational-interviewing"]},
        },
        expects=(
            tied("trained in attachment-based work", "trained in attachment-based compassion, not randomized"),
            above("trained in attachment-based work", "trained in motivational interviewing"),
            says("trained in attachment-based compassion, not randomized", "evidence_c"),
        ),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Parents and families
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="A mother comes alone: she hears her own parents when she speaks to her children.",
        source=f"{WHO}: parents on their own",
        intake=alone(populations=("parents",), concerns={"parenting": 3}, signs=(SELF, WHY, EARLY), attachment=ANXIOUS),
        therapists={
            "attachment-based, best at parenting, works with parents": {
                "trained": ["attachment-based"],
                "focus": ["parenting"],
                "populations": ["parents"],
            },
            "attachment-based, lists parenting, works with adults": {
                "trained": ["attachment-based"],
                "concerns": ["parenting"],
                "populations": ["adults"],
            },
            "trained in CBT, lists grief": {"trained": ["cognitive-behavioral"], "concerns": ["grief"]},
        },
        expects=(
            guidance("worth_considering"),
            above(
                "attachment-based, best at parenting, works with parents",
                "attachment-based, lists parenting, works with adults",
                "trained in CBT, lists grief",
            ),
            says("trained in CBT, lists grief", "concerns_not_listed", "not_stated_populations"),
        ),
    ),
    Vignette(
        description="Parents of a small child look for a Circle of Security group. Its trial found no main effect.",
        source="Cassidy et al. 2017, 10.1017/S0954579417000244 (141 families)",
        intake=family(
            populations=("parents", "children"), concerns={"parenting": 3}, approaches=("circle-of-security",)
        ),
        all_state={"concerns": ["parenting"], "populations": ["parents", "children"]},
        therapists={
            "trained in Circle of Security": {"trained": ["circle-of-security"]},
            "ticks Circle of Security": {"approaches": ["circle-of-security"]},
            "trained in structural family therapy": {"trained": ["structural-family"]},
        },
        expects=(
            first_is("trained in Circle of Security"),
            says("trained in Circle of Security", "evidence_no_effect", "wish_trained"),
            cites("trained in Circle of Security", "10.1017/S0954579417000244"),
        ),
    ),
    Vignette(
        description="A blended family in which his and her children fight.",
        source=f"{WHO}: parents and blended families; {FINDING}: family therapy",
        intake=family(
            populations=("blended-families", "parents"),
            concerns={"blended-family": 3, "family-conflict": 2},
            safe_at_home=True,
        ),
        therapists={
            "trained in family work, works with blended families": {
                "trained": ["family-systems"],
                "focus": ["blended-family"],
                "concerns": ["family-conflict"],
                "populations": ["blended-families", "parents"],
            },
            "trained in family work, lists family conflict": {
                "trained": ["family-systems"],
                "concerns": ["family-conflict"],
                "populations": ["parents"],
            },
            "works with blended families, nothing for families": {
                "trained": ["cognitive-behavioral"],
                "concerns": ["blended-family", "family-conflict"],
                "populations": ["blended-families", "parents"],
            },
            "sees individuals only": {"trained": ["family-systems"], "session_formats": ["individual"]},
        },
        expects=(
            first_is("trained in family work, works with blended families"),
            absent("sees individuals only", because="session_format"),
        ),
    ),
    Vignette(
        description="Adoptive parents whose son pushes everybody away.",
        source=f"{WHO}: adoptive families; {ASKED}: a child who pushes people away",
        intake=family(
            populations=("adoptive-families", "parents", "children"),
            concerns={"adoption-foster": 3, "child-behavior": 2},
            safe_at_home=True,
        ),
        therapists={
            "trained in family work, best at adoption": {
                "trained": ["dyadic-developmental"],
                "focus": ["adoption-foster"],
                "concerns": ["child-behavior"],
                "populations": ["adoptive-families", "children"],
            },
            "trained in family work, not adoption": {
                "trained": ["dyadic-developmental"],
                "concerns": ["child-behavior"],
                "populations": ["children"],
            },
            "best at adoption, nothing for families": {
                "trained": ["person-centered"],
                "focus": ["adoption-foster"],
                "concerns": ["child-behavior"],
                "populations": ["adoptive-families", "children"],
            },
            "best at adoption, sees individuals only": {
                "focus": ["adoption-foster"],
                "session_formats": ["individual"],
            },
        },
        expects=(
            first_is("trained in family work, best at adoption"),
            says("trained in family work, best at adoption", "evidence_plan", "format_trained"),
            absent("best at adoption, sees individuals only", because="session_format"),
        ),
    ),
    Vignette(
        description="Foster parents of a small girl who was neglected before she came to them.",
        source=f"{WHO}: foster families, families healing from trauma; {FINDING}",
        intake=family(
            populations=("foster-families", "children"), concerns={"adoption-foster": 3, "childhood-trauma": 3}
        ),
        all_state={
            "concerns": ["adoption-foster", "childhood-trauma"],
            "populations": ["foster-families", "children"],
        },
        therapists={
            "trained in child-parent psychotherapy": {"trained": ["child-parent-psychotherapy"]},
            "trained in family work only": {"trained": ["structural-family"]},
            "trained in trauma-informed work only": {"trained": ["trauma-informed"]},
            "trained in neither": {"trained": ["play"]},
        },
        expects=(
            first_is("trained in child-parent psychotherapy"),
            says("trained in child-parent psychotherapy", "format_trained", "trauma_trained"),
            not_in_top(3, "trained in neither"),
        ),
    ),
    Vignette(
        description="A four-year-old who hits and screams.",
        source="Thomas et al. 2017, 10.1542/peds.2017-0352 (parent-child interaction therapy, 23 studies)",
        intake=family(populations=("parents", "children"), concerns={"child-behavior": 3, "parenting": 1}),
        all_state={"concerns": ["child-behavior", "parenting"], "populations": ["parents", "children"]},
        therapists={
            "trained in parent-child interaction": {"trained": ["parent-child-interaction"]},
            "ticks parent-child interaction": {"approaches": ["parent-child-interaction"]},
            "trained in play therapy": {"trained": ["play"]},
        },
        expects=(
            above("trained in parent-child interaction", "ticks parent-child interaction", "trained in play therapy"),
        ),
    ),
    Vignette(
        description="Parents of a teen in trouble at home: what is known about small children says nothing here.",
        source="Cassidy et al. 2017, 10.1017/S0954579417000244 (parents of small children)",
        intake=family(populations=("adolescents", "parents"), concerns={"parenting": 3}),
        all_state={"concerns": ["parenting"], "populations": ["adolescents", "parents"]},
        therapists={
            "trained in Circle of Security": {"trained": ["circle-of-security"]},
            "trained in attachment-based family therapy": {"trained": ["attachment-based-family"]},
            "offers families": {"trained": ["existential"]},
        },
        expects=(
            says("trained in Circle of Security", "no_evidence_listed", "format_trained"),
            above("trained in attachment-based family therapy", "offers families"),
        ),
    ),
    Vignette(
        description="A teen with low mood, and parents who want to come along.",
        source=f"{EFFECTIVE}: strongest for attachment-based family therapy; {DIAMOND}",
        intake=family(populations=("adolescents", "parents"), concerns={"depression": 3, "family-conflict": 2}),
        all_state={"concerns": ["depression", "family-conflict"], "populations": ["adolescents", "parents"]},
        therapists={
            "trained in attachment-based family therapy": {"trained": ["attachment-based-family"]},
            "ticks attachment-based family therapy": {"approaches": ["attachment-based-family"]},
            "trained in CBT, offers families": {"trained": ["cognitive-behavioral"]},
        },
        expects=(
            first_is("trained in attachment-based family therapy"),
            above("trained in attachment-based family therapy", "trained in CBT, offers families"),
            cites("trained in attachment-based family therapy", "10.1016/j.jad.2021.07.005", "10.32872/cpe.13717"),
        ),
    ),
    Vignette(
        description="A teen with thoughts of suicide: the crisis line, then family therapy and what speaks against it.",
        source=f"{DIAMOND}; Diamond et al. 2019 (129 teens: no better than support); 10.32872/cpe.13717",
        intake=family(populations=("adolescents",), concerns={"suicidal-thoughts": 3}, safe_at_home=True),
        all_state={"concerns": ["suicidal-thoughts"], "populations": ["adolescents"]},
        therapists={
            "trained in attachment-based family therapy": {"trained": ["attachment-based-family"]},
            "ticks attachment-based family therapy": {"approaches": ["attachment-based-family"]},
            "trained in family work, no study listed": {"trained": ["structural-family"]},
            "trained in art therapy": {"trained": ["expressive-arts"]},
        },
        expects=(
            notes("crisis"),
            first_is("trained in attachment-based family therapy"),
            above("trained in family work, no study listed", "trained in art therapy"),
            cites("trained in attachment-based family therapy", "10.1016/j.jad.2021.07.005", "10.32872/cpe.13717"),
            cites("trained in attachment-based family therapy", "Diamond et al. 2019"),
        ),
    ),
    Vignette(
        description="A teen who hurts herself, and comes alone.",
        source=DBT_TEENS,
        intake=alone(populations=("adolescents",), concerns={"self-harm": 3}),
        all_state={"concerns": ["self-harm"], "populations": ["adolescents"]},
        therapists={
            "trained in DBT": {"trained": ["dialectical-behavior"]},
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
            "trained in person-centered therapy": {"trained": ["person-centered"]},
        },
        expects=(
            notes("crisis"),
            above("trained in DBT", "trained in CBT"),
            above("trained in DBT", "trained in person-centered therapy"),
        ),
    ),
    Vignette(
        description="A depressed teen, alone: studies with adults are not told as if they were about teens.",
        source=f"{MCBRIDE}: adults; Gunlicks-Stoessel et al. 2019, 10.1080/10503307.2017.1315465: teens",
        intake=alone(populations=("adolescents",), concerns={"depression": 3}),
        all_state={"concerns": ["depression"], "populations": ["adolescents"]},
        therapists={
            "trained in interpersonal therapy": {"trained": ["interpersonal"]},
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
            "trained in Imago": {"trained": ["imago"]},
        },
        expects=(
            cites("trained in interpersonal therapy", "10.1080/10503307.2017.1315465"),
            never_cites("trained in CBT", "10.1037/0022-006X.74.6.1041"),
            above("trained in interpersonal therapy", "trained in Imago"),
            above("trained in CBT", "trained in Imago"),
        ),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Where a general approach is a good place to start
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="Work stress, and no sign of attachment: general approaches are not pushed down.",
        source=f"{WHICH}; Richardson & Rothstein 2008, 10.1037/1076-8998.13.1.69 (CBT did most, 36 studies)",
        intake=alone(concerns={"stress": 3, "work-career": 2}, signs=()),
        all_state={"concerns": ["stress", "work-career"]},
        therapists={
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
            "ticks CBT": {"approaches": ["cognitive-behavioral"]},
            "trained in attachment-based work": {"trained": ["attachment-based"]},
        },
        expects=(
            guidance("not_indicated"),
            above("trained in CBT", "ticks CBT", "trained in attachment-based work"),
        ),
    ),
    Vignette(
        description="An adult quarrels with his brothers, and comes alone: studies of teens are not about him.",
        source=f"{DIAMOND}: teens and their parents",
        intake=alone(concerns={"family-conflict": 3}, signs=()),
        all_state={"concerns": ["family-conflict"]},
        therapists={
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
            "trained in attachment-based family therapy": {"trained": ["attachment-based-family"]},
            "trained in play therapy": {"trained": ["play"]},
        },
        expects=(
            never_cites("trained in attachment-based family therapy", "10.1016/j.jad.2021.07.005"),
            first_is("trained in CBT"),
        ),
    ),
    Vignette(
        description="Panic attacks out of the blue.",
        source="Pompoli et al. 2016, Cochrane review, 10.1002/14651858.CD011004.pub2",
        intake=alone(concerns={"panic": 3}, signs=()),
        all_state={"concerns": ["panic"]},
        therapists=TWO_WAYS_OF_WORKING,
        expects=(first_is("trained in CBT"), says("trained in attachment-based work", "no_evidence_listed")),
    ),
    Vignette(
        description="Obsessions and compulsions: exposure with response prevention is made for them.",
        source="Ferrando & Selai 2021, J Obsessive Compuls Relat Disord 31:100684 (24 studies, 1,134 people)",
        intake=alone(concerns={"ocd": 3}, signs=()),
        all_state={"concerns": ["ocd"]},
        therapists={
            "trained in exposure and response prevention": {"trained": ["exposure-response"]},
            "ticks exposure and response prevention": {"approaches": ["exposure-response"]},
            "trained in attachment-based work": {"trained": ["attachment-based"]},
        },
        expects=(
            above(
                "trained in exposure and response prevention",
                "ticks exposure and response prevention",
                "trained in attachment-based work",
            ),
        ),
    ),
    *(
        Vignette(
            description=f"{description}: what was studied for it stands above what was not.",
            source=source,
            intake=intake,
            all_state={"concerns": list(intake.concerns), "populations": list(intake.populations)},
            therapists={
                "trained in what was studied": {"trained": [studied]},
                "trained in what was not": {"trained": ["imago"]},
            },
            expects=(
                above("trained in what was studied", "trained in what was not"),
                cites("trained in what was studied", source),
            ),
        )
        for description, intake, studied, source in (
            (
                "A change at work that is hard to live with",
                alone(concerns={"adjustment": 3}, signs=(CATALYST, PATTERNS)),
                "mindfulness-based",
                "10.1002/da.23198",
            ),
            (
                "A small child who hits and screams",
                alone(populations=("children",), concerns={"child-behavior": 3}, signs=(CATALYST, PATTERNS)),
                "parent-child-interaction",
                "10.1007/s10578-022-01367-y",
            ),
            (
                "Low after the birth of a child",
                alone(concerns={"depression": 3, "perinatal": 3}),
                "interpersonal",
                "10.1007/s00737-021-01159-8",
            ),
            (
                "A teen who was hurt",
                alone(populations=("adolescents",), concerns={"ptsd": 3}),
                "trauma-focused-cbt",
                "10.1016/j.chiabu.2022.105899",
            ),
            (
                "A small child who was hurt, with the parent",
                family(populations=("children",), concerns={"childhood-trauma": 3}, trauma=True, safe_at_home=True),
                "child-parent-psychotherapy",
                "Lieberman",
            ),
            (
                "Grief that does not let go",
                alone(concerns={"grief": 3}),
                "cognitive-behavioral",
                "10.1037/ccp0000884",
            ),
            (
                "Two people, hurt in childhood, who come as a couple",
                couple(concerns={"intimacy": 2, "childhood-trauma": 3}, trauma=True, safe_at_home=True),
                "emotionally-focused",
                "MacIntosh & Johnson 2008",
            ),
            (
                "Afraid of being left, with trouble between the two",
                alone(concerns={"relationship-difficulties": 2}, attachment=ANXIOUS),
                "attachment-based",
                "10.1016/j.paid.2019.04.037",
            ),
            (
                "Close and far at once, with feelings that come as storms",
                alone(concerns={"intense-emotions": 3, "relationship-difficulties": 1}, attachment=FEARFUL),
                "attachment-based",
                "10.4081/ripppo.2023.703",
            ),
            (
                "PTSD after an accident",
                alone(concerns={"ptsd": 3}),
                "prolonged-exposure",
                "10.1080/20008198.2020.1729633",
            ),
            (
                "Drinking that has become too much",
                alone(concerns={"substance-use": 3}),
                "motivational-interviewing",
                "10.1002/14651858.CD008063.pub2",
            ),
            (
                "Burned out, and the signs point to relationships all the same",
                alone(concerns={"burnout": 3}, signs=(CATALYST, PATTERNS)),
                "cognitive-behavioral",
                "10.1037/1076-8998.13.1.69",
            ),
            (
                "Never good enough in one's own eyes, and the signs point to relationships",
                alone(concerns={"low-self-esteem": 3}, signs=(CATALYST, PATTERNS)),
                "cognitive-behavioral",
                "10.1016/j.psychres.2018.06.025",
            ),
        )
    ),
    Vignette(
        description="Nights without sleep for months.",
        source="Qaseem et al. 2016, 10.7326/M15-2175 (CBT for insomnia first)",
        intake=alone(concerns={"sleep": 3}),
        therapists={
            "trained in CBT, best at sleep": {"trained": ["cognitive-behavioral"], "focus": ["sleep"]},
            "trained in CBT, lists sleep": {"trained": ["cognitive-behavioral"], "concerns": ["sleep"]},
            "trained in CBT, lists other things": {"trained": ["cognitive-behavioral"], "concerns": ["grief", "panic"]},
            "trained in somatic work, best at sleep": {"trained": ["somatic"], "focus": ["sleep"]},
        },
        expects=(
            above("trained in CBT, best at sleep", "trained in CBT, lists sleep", "trained in CBT, lists other things"),
            above("trained in CBT, best at sleep", "trained in somatic work, best at sleep"),
        ),
    ),
    Vignette(
        description="Anxiety. Attachment-based compassion therapy has one small trial, and the plan of another.",
        source=f"{EFFECTIVE}: Beltrán-Ruiz et al. 2023, 10.3389/fpsyg.2023.1185445 (a protocol)",
        intake=alone(concerns={"anxiety": 3}, signs=(WHY,)),
        all_state={"concerns": ["anxiety"]},
        therapists={
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
            "trained in attachment-based compassion": {"trained": ["attachment-compassion"]},
            "trained in family systems": {"trained": ["family-systems"]},
        },
        expects=(
            first_is("trained in CBT"),
            says("trained in attachment-based compassion", "evidence_c"),
            cites("trained in attachment-based compassion", "10.3389/fpsyg.2023.1185445"),
        ),
    ),
    Vignette(
        description="A widower of 74 who cannot go on since his wife died.",
        source="Shear et al. 2014, 10.1001/jamapsychiatry.2014.1242 (work made for grief did twice as well as another)",
        intake=alone(populations=("older-adults",), concerns={"grief": 3, "aging": 1, "loneliness": 1}, signs=()),
        therapists={
            "best at grief, works with older adults": {
                "trained": ["cognitive-behavioral"],
                "focus": ["grief"],
                "concerns": ["aging", "loneliness"],
                "populations": ["older-adults"],
            },
            "lists grief, works with older adults": {
                "trained": ["cognitive-behavioral"],
                "concerns": ["grief", "aging", "loneliness"],
                "populations": ["older-adults"],
            },
            "lists grief, works with students": {
                "trained": ["cognitive-behavioral"],
                "concerns": ["grief", "aging", "loneliness"],
                "populations": ["students"],
            },
            "does not list grief": {"trained": ["cognitive-behavioral"], "concerns": ["anger"]},
        },
        expects=(
            above(
                "best at grief, works with older adults",
                "lists grief, works with older adults",
                "lists grief, works with students",
                "does not list grief",
            ),
        ),
    ),
    Vignette(
        description="A student before exams who cannot think straight.",
        source="Regehr, Glancy & Pitts 2013, J Affect Disord (cognitive, behavioral and mindfulness help, 24 studies)",
        intake=alone(populations=("students",), concerns={"academic": 3, "stress": 2}, signs=(), fee_max=80),
        all_state={"concerns": ["academic", "stress"], "fee_from": 80},
        therapists={
            "trained in CBT, works with students": {"trained": ["cognitive-behavioral"], "populations": ["students"]},
            "trained in CBT, does not say with whom": {"trained": ["cognitive-behavioral"]},
            "trained in CBT, works with couples": {"trained": ["cognitive-behavioral"], "populations": ["couples"]},
            "trained in attachment-based work, works with students": {
                "trained": ["attachment-based"],
                "populations": ["students"],
            },
        },
        expects=(
            above(
                "trained in CBT, works with students",
                "trained in CBT, does not say with whom",
                "trained in CBT, works with couples",
            ),
            above("trained in CBT, works with students", "trained in attachment-based work, works with students"),
        ),
    ),
    Vignette(
        description="A mother with low mood since the birth.",
        source="US Preventive Services Task Force 2019 (to prevent depression: CBT or interpersonal therapy)",
        intake=alone(populations=("perinatal",), concerns={"perinatal": 3, "depression": 3}, signs=()),
        all_state={"concerns": ["depression"]},
        therapists={
            "interpersonal, best at perinatal": {
                "trained": ["interpersonal"],
                "focus": ["perinatal"],
                "populations": ["perinatal"],
            },
            "CBT, best at perinatal": {
                "trained": ["cognitive-behavioral"],
                "focus": ["perinatal"],
                "populations": ["perinatal"],
            },
            "CBT, knows nothing of births": {"trained": ["cognitive-behavioral"], "populations": ["adults"]},
            "narrative, best at perinatal": {
                "trained": ["narrative"],
                "focus": ["perinatal"],
                "populations": ["perinatal"],
            },
        },
        expects=(
            above("CBT, best at perinatal", "narrative, best at perinatal"),
            above("interpersonal, best at perinatal", "narrative, best at perinatal"),
            not_in_top(3, "CBT, knows nothing of births"),
        ),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Where something special has been studied
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="A veteran with PTSD.",
        source=VA_DOD,
        intake=alone(populations=("veterans",), concerns={"ptsd": 3}),
        all_state={"concerns": ["ptsd"], "populations": ["veterans"]},
        therapists={
            "trained in prolonged exposure": {"trained": ["prolonged-exposure"]},
            "trained in cognitive processing": {"trained": ["cognitive-processing"]},
            "trained in EMDR": {"trained": ["emdr"]},
            "ticks all three": {"approaches": ["prolonged-exposure", "cognitive-processing", "emdr"]},
            "trained in attachment-based work": {"trained": ["attachment-based"]},
            "trained in solution-focused work": {"trained": ["solution-focused"]},
        },
        expects=(
            tied("trained in prolonged exposure", "trained in cognitive processing", "trained in EMDR"),
            above("trained in EMDR", "ticks all three", "trained in attachment-based work"),
            not_in_top(4, "trained in solution-focused work"),
        ),
    ),
    Vignette(
        description="A firefighter with PTSD who has two evenings off and a plan that must pay.",
        source=VA_DOD,
        intake=alone(
            populations=("first-responders",),
            concerns={"ptsd": 3, "sleep": 1},
            insurance=("aetna",),
            must=("insurance",),
        ),
        all_state={"concerns": ["ptsd", "sleep"], "trained": ["cognitive-processing"], "insurance_plans": ["aetna"]},
        therapists={
            "works with first responders": {"populations": ["first-responders"]},
            "works with adults": {"populations": ["adults"]},
            "works with first responders, other plan": {
                "populations": ["first-responders"],
                "insurance_plans": ["cigna"],
            },
            "works with first responders, says no plan": {
                "populations": ["first-responders"],
                "insurance_plans": [],
            },
        },
        expects=(
            above("works with first responders", "works with adults"),
            absent("works with first responders, other plan", because="insurance"),
            absent("works with first responders, says no plan", because="insurance"),
        ),
    ),
    Vignette(
        description="Somebody drinks more than is good, and is of two minds about it.",
        source=BOX_TICKING,
        intake=alone(concerns={"substance-use": 3}, signs=()),
        all_state={"trained": ["motivational-interviewing", "cognitive-behavioral"]},
        therapists={
            "best at substance use": {"focus": ["substance-use"], "concerns": ["stress"]},
            "lists substance use among many": {
                "concerns": ["anxiety", "depression", "grief", "panic", "substance-use"]
            },
            "lists many other things": {"concerns": ["anxiety", "depression", "grief", "panic"]},
        },
        expects=(above("best at substance use", "lists substance use among many", "lists many other things"),),
    ),
    Vignette(
        description="Storms of feeling and self-harm: approaches made for borderline features.",
        source=f"{COCHRANE_BPD}; Bateman & Fonagy 2008, 10.1176/appi.ajp.2007.07040636",
        intake=alone(concerns={"intense-emotions": 3, "self-harm": 3}),
        all_state={"concerns": ["intense-emotions", "self-harm"]},
        therapists={
            "trained in mentalization": {"trained": ["mentalization-based"]},
            "trained in DBT": {"trained": ["dialectical-behavior"]},
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
            "trained in narrative therapy": {"trained": ["narrative"]},
        },
        expects=(
            notes("crisis"),
            above("trained in DBT", "trained in CBT"),
            above("trained in mentalization", "trained in CBT"),
            not_in_top(2, "trained in narrative therapy"),
        ),
    ),
    Vignette(
        description="Somebody told of a borderline diagnosis. A trial in which DBT made nobody more secure is shown.",
        source="Levy et al. 2006, 10.1037/0022-006X.74.6.1027 (secure only in transference-focused work); "
        + COCHRANE_BPD,
        intake=alone(concerns={"personality-disorders": 3}, signs=(CATALYST, LASTING)),
        all_state={"concerns": ["personality-disorders"]},
        therapists={
            "trained in transference-focused work": {"trained": ["psychodynamic"]},
            "trained in DBT": {"trained": ["dialectical-behavior"]},
            "trained in play therapy": {"trained": ["play"]},
        },
        expects=(
            above("trained in DBT", "trained in transference-focused work", "trained in play therapy"),
            cites("trained in DBT", "10.1037/0022-006X.74.6.1027"),
        ),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # What a profile says and does not say
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="One who ticks everything and completed nothing, and one who says what they are best at.",
        source=BOX_TICKING,
        intake=couple(concerns={"intimacy": 3, "trust-and-abandonment": 2}, trauma=True, safe_at_home=True),
        therapists={
            "focused and trained": {
                "trained": ["emotionally-focused", "trauma-informed"],
                "focus": ["intimacy", "trust-and-abandonment"],
            },
            "ticks everything": {
                "approaches": [
                    "attachment-based",
                    "cognitive-behavioral",
                    "dialectical-behavior",
                    "emdr",
                    "emotionally-focused",
                    "gottman",
                    "imago",
                    "integrative-behavioral-couple",
                    "mindfulness-based",
                    "trauma-informed",
                ],
                "concerns": [
                    "anxiety",
                    "depression",
                    "grief",
                    "infidelity",
                    "intimacy",
                    "panic",
                    "ptsd",
                    "stress",
                    "trust-and-abandonment",
                ],
            },
        },
        expects=(above("focused and trained", "ticks everything"),),
    ),
    Vignette(
        description="One who is known to fit, one who states nothing, one who is known not to fit.",
        source=UNKNOWN_IS_NOT_NO,
        intake=alone(concerns={"grief": 3}, languages=("es",), insurance=("aetna",)),
        therapists={
            "fits": {"concerns": ["grief"], "languages": ["es"], "insurance_plans": ["aetna"]},
            "states nothing": {},
            "does not fit": {"concerns": ["panic"], "languages": ["en"], "insurance_plans": ["cigna"]},
        },
        expects=(
            above("fits", "states nothing", "does not fit"),
            says("states nothing", "little_known", "not_stated_concerns", "not_stated_languages"),
            says("does not fit", "concerns_not_listed", "language_not_listed", "insurance_not_listed"),
        ),
    ),
    Vignette(
        description="The same score, once known and once guessed: the one who is known comes first.",
        source=UNKNOWN_IS_NOT_NO,
        intake=alone(concerns={"spirituality": 2}),
        all_state={"concerns": ["spirituality"]},
        therapists={
            "says how they work, no study listed": {"trained": ["existential"]},
            "does not say how they work": {},
            "trained in CBT": {"trained": ["cognitive-behavioral"]},
        },
        expects=(above("trained in CBT", "says how they work, no study listed", "does not say how they work"),),
    ),
    Vignette(
        description="Approaches without a study are shown and named as such, and can lead by what the client brings.",
        source="No evidence listed is said, not hidden (issue 4)",
        intake=alone(concerns={"spirituality": 3, "grief": 3}, signs=()),
        therapists={
            "existential, best at both": {"trained": ["existential"], "focus": ["spirituality", "grief"]},
            "CBT, lists neither": {"trained": ["cognitive-behavioral"], "concerns": ["ocd"]},
        },
        expects=(
            first_is("existential, best at both"),
            says("existential, best at both", "no_evidence_listed", "concerns_covered"),
        ),
    ),
    Vignette(
        description="An associate under supervision is as good a match as the facts say, with a word about it.",
        source="reference/products.md, section 5, feature 27: supervised status shown",
        intake=alone(concerns={"anxiety": 2}),
        all_state={"trained": ["cognitive-behavioral"], "concerns": ["anxiety"]},
        therapists={
            "an associate": {
                "licenses": [
                    {
                        "license_type": "associate",
                        "jurisdiction": "CA",
                        "expires_on": "2028-01-31",
                        "verified_on": "2026-11-01",
                    }
                ]
            },
            "fully licensed": {},
            "fully licensed, ticks CBT": {"trained": [], "approaches": ["cognitive-behavioral"]},
        },
        expects=(
            tied("an associate", "fully licensed"),
            above("an associate", "fully licensed, ticks CBT"),
            says("an associate", "supervised"),
        ),
    ),
    # ------------------------------------------------------------------------------------------------------------------
    # Wishes, musts and getting there
    # ------------------------------------------------------------------------------------------------------------------
    Vignette(
        description="Somebody wishes for EMDR. Wishes that are honored keep people in therapy.",
        source=SWIFT,
        intake=alone(concerns={"low-self-esteem": 2}, approaches=("emdr",)),
        all_state={"concerns": ["low-self-esteem"]},
        therapists={
            "trained in EMDR": {"trained": ["emdr"]},
            "ticks EMDR": {"approaches": ["emdr"]},
            "trained in somatic work": {"trained": ["somatic"]},
            "does not say how they work": {},
        },
        expects=(
            above("trained in EMDR", "ticks EMDR", "does not say how they work", "trained in somatic work"),
            shown("trained in somatic work"),
        ),
    ),
    Vignette(
        description="A woman would rather talk with a woman: a wish orders.",
        source=SWIFT,
        intake=alone(concerns={"women-issues": 2}, genders=("woman",)),
        all_state={"concerns": ["women-issues"]},
        therapists={
            "a woman": {"gender": "woman"},
            "does not say": {},
            "a man": {"gender": "man"},
            "a man, best at it": {"gender": "man", "focus": ["women-issues"]},
        },
        expects=(above("a woman", "does not say", "a man"), shown("a man"), says("a man", "other_gender")),
    ),
    Vignette(
        description="A woman can only talk with a woman: a must excludes, and asks for a stated fact.",
        source=SWIFT,
        intake=alone(concerns={"abuse-survivor": 3}, genders=("woman",), must=("genders",)),
        all_state={"concerns": ["abuse-survivor"], "trained": ["trauma-informed"]},
        therapists={
            "a woman": {"gender": "woman"},
            "a nonbinary person": {"gender": "nonbinary"},
            "does not say": {},
        },
        expects=(
            shown("a woman"),
            absent("a nonbinary person", because="gender"),
            absent("does not say", because="gender"),
        ),
    ),
    Vignette(
        description="Somebody who speaks Spanish only, where few do: those who cannot are not shown.",
        source="Griner & Smith 2006, Psychotherapy 43:531–548 (twice the effect in one's own language)",
        intake=alone(concerns={"immigration": 3}, languages=("es",), must=("languages",)),
        therapists={
            "speaks Spanish, lists depression": {"languages": ["en", "es"], "concerns": ["depression"]},
            "speaks Spanish, lists immigration": {"languages": ["es"], "concerns": ["immigration"]},
            "best at immigration, English only": {"languages": ["en"], "focus": ["immigration"]},
            "best at immigration, does not say": {"focus": ["immigration"]},
        },
        expects=(
            first_is("speaks Spanish, lists immigration"),
            shown("speaks Spanish, lists depression"),
            absent("best at immigration, English only", because="language"),
            absent("best at immigration, does not say", because="language"),
        ),
    ),
    Vignette(
        description="Somebody who would rather speak Spanish: among equals the one who does comes first.",
        source="Griner & Smith 2006, Psychotherapy 43:531–548",
        intake=alone(concerns={"depression": 3}, languages=("es",)),
        all_state={"trained": ["cognitive-behavioral"], "concerns": ["depression"]},
        therapists={
            "speaks Spanish": {"languages": ["es"]},
            "does not say": {},
            "speaks English": {"languages": ["en"]},
        },
        expects=(above("speaks Spanish", "does not say", "speaks English"),),
    ),
    Vignette(
        description="A budget of 90 dollars: a sliding scale is better than a fee above it, and no promise.",
        source="reference/products.md, section 5, feature 4: price, sliding scale",
        intake=alone(concerns={"burnout": 2}, fee_max=90),
        all_state={"concerns": ["burnout"]},
        therapists={
            "from 80 dollars": {"fee_from": 80},
            "from 150 dollars, sliding scale": {"fee_from": 150, "sliding_scale": True},
            "does not say": {},
            "from 150 dollars": {"fee_from": 150},
        },
        expects=(
            above("from 80 dollars", "from 150 dollars, sliding scale", "does not say", "from 150 dollars"),
            says("from 150 dollars, sliding scale", "sliding_scale"),
        ),
    ),
    Vignette(
        description="A budget that cannot be passed: a must asks for a stated fee.",
        source="A must turns a wish into a requirement (contract)",
        intake=alone(concerns={"caregiving": 2}, fee_max=60, must=("fee_max",)),
        all_state={"concerns": ["caregiving"]},
        therapists={
            "from 50 dollars": {"fee_from": 50},
            "from 150 dollars, sliding scale": {"fee_from": 150, "sliding_scale": True},
            "does not say": {},
        },
        expects=(
            shown("from 50 dollars"),
            absent("from 150 dollars, sliding scale", because="fee_max"),
            absent("does not say", because="fee_max"),
        ),
    ),
    Vignette(
        description="Somebody who takes two plans: any of them will do.",
        source="reference/products.md, section 5, feature 3: insurance by plan",
        intake=alone(concerns={"chronic-illness": 2}, insurance=("aetna", "cigna")),
        all_state={"concerns": ["chronic-illness"]},
        therapists={
            "takes one of them": {"insurance_plans": ["cigna"]},
            "takes both": {"insurance_plans": ["aetna", "cigna"]},
            "does not say": {},
            "takes another": {"insurance_plans": ["private-pay"]},
        },
        expects=(
            tied("takes one of them", "takes both"),
            above("takes one of them", "does not say", "takes another"),
        ),
    ),
    Vignette(
        description="Somebody who needs to begin within two weeks: who waits longer is more likely not to come at all.",
        source="Reitzel et al. 2006, 10.1037/1541-1559.3.1.51 (313 adults)",
        intake=alone(concerns={"adjustment": 3}, opening_within_days=14),
        all_state={"concerns": ["adjustment"]},
        therapists={
            "free in a week": {"opening_on": TODAY + dt.timedelta(days=7)},
            "free in three weeks": {"opening_on": TODAY + dt.timedelta(days=21)},
            "does not say": {},
            "free in three months": {"opening_on": TODAY + dt.timedelta(days=90)},
            "only a waiting list": {"opening_on": TODAY + dt.timedelta(days=7), "accepting": "waitlist"},
        },
        expects=(
            above("free in a week", "free in three weeks", "does not say", "free in three months"),
            absent("only a waiting list", because="accepting"),
        ),
    ),
    Vignette(
        description="An opening that has passed says nothing: it counts like one that is not stated.",
        source=GHOST_LISTS,
        intake=alone(concerns={"adjustment": 3}, opening_within_days=14),
        all_state={"concerns": ["adjustment"]},
        therapists={
            "was free last week": {"opening_on": TODAY - dt.timedelta(days=7)},
            "does not say": {},
            "is free today": {"opening_on": TODAY},
        },
        expects=(
            tied("was free last week", "does not say"),
            first_is("is free today"),
            says("was free last week", "not_stated_opening"),
        ),
    ),
    Vignette(
        description="Somebody who wants to sit in one room, ten miles away at most.",
        source="reference/products.md, section 5, feature 1: place and distance",
        intake=alone(delivery=("in_person",), near=Near(zip="90012", within=10), concerns={"men-issues": 2}),
        all_state={"concerns": ["men-issues"]},
        therapists={
            "two miles away": {"places": [office(miles=2)]},
            "nine miles away": {"places": [office(miles=9)]},
            "thirty miles away": {"places": [office(miles=30)]},
            "by telehealth only": {"places": [office(miles=1)], "delivery_methods": ["telehealth"]},
        },
        expects=(
            above("two miles away", "nine miles away"),
            absent("thirty miles away", because="within"),
            absent("by telehealth only", because="delivery"),
        ),
    ),
    Vignette(
        description="Somebody who would come or call: far away is no reason to be left out, near is a little better.",
        source="reference/products.md, section 5, features 1 and 2",
        intake=alone(
            delivery=("in_person", "telehealth"), near=Near(zip="90012", within=10), concerns={"men-issues": 2}
        ),
        all_state={"concerns": ["men-issues"]},
        therapists={
            "two miles away": {"places": [office(miles=2)]},
            "thirty miles away, by telehealth too": {"places": [office(miles=30)]},
            "thirty miles away, in person only": {"places": [office(miles=30)], "delivery_methods": ["in_person"]},
        },
        expects=(
            above("two miles away", "thirty miles away, by telehealth too"),
            absent("thirty miles away, in person only", because="within"),
        ),
    ),
    Vignette(
        description="Somebody looks for a group.",
        source="reference/products.md, section 5, feature 7: individual, couple, family, group",
        intake=alone(session_format="group", concerns={"loneliness": 3}),
        therapists={
            "leads groups, best at loneliness": {"session_formats": ["group"], "focus": ["loneliness"]},
            "leads groups, lists other things": {"session_formats": ["group"], "concerns": ["ocd"]},
            "best at loneliness, no groups": {"session_formats": ["individual"], "focus": ["loneliness"]},
        },
        expects=(
            searches("group"),
            never_counts("format_expertise"),
            above("leads groups, best at loneliness", "leads groups, lists other things"),
            absent("best at loneliness, no groups", because="session_format"),
        ),
    ),
    Vignette(
        description="Whoever may not practice where the client sits is not shown, however well they fit.",
        source="reference/products.md, section 5, feature 1: telehealth by state of license",
        intake=alone(concerns={"gender-identity": 3}, populations=("lgbtq",)),
        therapists={
            "licensed here": {"concerns": ["gender-identity"]},
            "licensed in New York, best at it": {
                "jurisdictions": ["NY"],
                "focus": ["gender-identity"],
                "populations": ["lgbtq"],
            },
        },
        expects=(shown("licensed here"), absent("licensed in New York, best at it", because="state")),
    ),
    Vignette(
        description="PTSD: near, cheap, soon and insured does not make up for not doing the work. A must would.",
        source=f"{VA_DOD}; {FINDING}",
        intake=alone(
            delivery=("in_person", "telehealth"),
            near=Near(zip="90012", within=10),
            concerns={"ptsd": 3},
            fee_max=120,
            insurance=("aetna",),
            opening_within_days=14,
        ),
        therapists={
            "trained in prolonged exposure, far, dear, later, another plan": {
                "trained": ["prolonged-exposure"],
                "focus": ["ptsd"],
                "places": [office(miles=60)],
                "fee_from": 180,
                "insurance_plans": ["cigna"],
                "opening_on": TODAY + dt.timedelta(days=60),
            },
            "trained in acceptance and commitment, near, cheap, soon, insured": {
                "trained": ["acceptance-commitment"],
                "concerns": ["stress"],
                "places": [office(miles=1)],
                "fee_from": 90,
                "insurance_plans": ["aetna"],
                "opening_on": TODAY + dt.timedelta(days=5),
            },
        },
        expects=(
            above(
                "trained in prolonged exposure, far, dear, later, another plan",
                "trained in acceptance and commitment, near, cheap, soon, insured",
            ),
            says("trained in prolonged exposure, far, dear, later, another plan", "fee_above_budget", "far"),
        ),
    ),
    Vignette(
        description="A couple: a woman who speaks Spanish and has a place, or one who is trained in couple work.",
        source=f"{SPENGLER}; {SWIFT}; Cabral & Smith 2011, 10.1037/a0025266 (alike: liked more, hardly better off)",
        intake=couple(
            concerns={"intimacy": 3},
            safe_at_home=True,
            genders=("woman",),
            languages=("es",),
            fee_max=150,
            opening_within_days=14,
        ),
        therapists={
            "trained in EFT, best at intimacy, a man, English, dear": {
                "trained": ["emotionally-focused"],
                "focus": ["intimacy"],
                "gender": "man",
                "languages": ["en"],
                "fee_from": 200,
                "opening_on": TODAY + dt.timedelta(days=60),
            },
            "nothing for couples, a woman, Spanish, in budget, soon": {
                "trained": ["mindfulness-based"],
                "concerns": ["stress"],
                "gender": "woman",
                "languages": ["es"],
                "fee_from": 100,
                "opening_on": TODAY + dt.timedelta(days=5),
            },
        },
        expects=(
            above(
                "trained in EFT, best at intimacy, a man, English, dear",
                "nothing for couples, a woman, Spanish, in budget, soon",
            ),
        ),
    ),
    Vignette(
        description="Adoptive parents: the family work and adoption come before fee, plan, language and gender.",
        source=f"{WHO}: adoptive families; Child Welfare Information Gateway 2012",
        intake=family(
            populations=("adoptive-families",),
            concerns={"adoption-foster": 3},
            safe_at_home=True,
            genders=("woman",),
            languages=("es",),
            fee_max=100,
            insurance=("aetna",),
        ),
        therapists={
            "trained in family work, best at adoption, meets no other wish": {
                "trained": ["dyadic-developmental"],
                "focus": ["adoption-foster"],
                "populations": ["adoptive-families"],
                "gender": "man",
                "languages": ["en"],
                "fee_from": 160,
                "insurance_plans": ["cigna"],
            },
            "no family work, no adoption, meets every other wish": {
                "trained": ["solution-focused"],
                "concerns": ["burnout"],
                "populations": ["students"],
                "gender": "woman",
                "languages": ["es"],
                "fee_from": 90,
                "insurance_plans": ["aetna"],
            },
        },
        expects=(
            above(
                "trained in family work, best at adoption, meets no other wish",
                "no family work, no adoption, meets every other wish",
            ),
        ),
    ),
    Vignette(
        description="Spanish is a wish here: one who does what the client brings comes before one who only speaks it.",
        source=f"{SWIFT}; weights of the contract: what brings the client weighs most",
        intake=alone(concerns={"grief": 3}, languages=("es",), genders=("woman",), insurance=("aetna",)),
        all_state={"trained": ["existential"]},
        therapists={
            "best at grief, meets no other wish": {
                "focus": ["grief"],
                "languages": ["en"],
                "gender": "man",
                "insurance_plans": ["cigna"],
            },
            "does not list grief, meets the other wishes": {
                "concerns": ["ocd"],
                "languages": ["es"],
                "gender": "woman",
                "insurance_plans": ["aetna"],
            },
        },
        expects=(above("best at grief, meets no other wish", "does not list grief, meets the other wishes"),),
    ),
    Vignette(
        description="What matters a lot counts more than what matters a little.",
        source="Answers to “How much does it matter?” (contract: 1 a little, 3 a lot)",
        intake=alone(concerns={"eating-disorders": 3, "academic": 1}),
        therapists={
            "lists what matters most": {"concerns": ["eating-disorders"]},
            "best at what matters least": {"focus": ["academic"]},
            "lists neither": {"concerns": ["aging"]},
        },
        expects=(above("lists what matters most", "best at what matters least", "lists neither"),),
    ),
)
