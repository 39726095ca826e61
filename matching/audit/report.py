"""An audit as a page for an auditor: one file without script and without a request to anywhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from matching.audit.effects import effects
from matching.audit.findings import findings_of, made
from matching.audit.outcome import Audit
from matching.audit.page import lots, page, table
from matching.audit.supply import KINDS, Gap
from matching.plots import lorenz_chart
from matching.relaxations import FEW_MATCHES

KIND_NAMES: Final = {
    "state": "State",
    "session_format": "Kind of session",
    "delivery": "Way to meet",
    "distance": "Distance",
    "insurance": "Insurance plan",
    "language": "Language",
    "gender": "Gender of the therapist",
}
REQUIREMENTS: Final = {
    "state": "the state (a license or compact privilege there)",
    "delivery": "the way to meet",
    "session_format": "the kind of session",
    "accepting": "a free place now",
    "within": "the distance",
    "insurance": "the insurance plan, as a must",
    "fee_max": "the budget, as a must",
    "language": "the language, as a must",
    "gender": "the gender of the therapist, as a must",
    "approach": "the approach, as a must",
    "concern": "the concerns, as a must",
    "population": "the groups, as a must",
    "opening_within_days": "the next opening, as a must",
}
MOST_ROWS: Final = 12  # of a table of gaps; the rest is folded away


def report_of(audit: Audit) -> str:
    """The whole page."""
    in_short = "".join(f"<li>{escape(line)}</li>" for line in findings_of(audit))
    return page(
        f"Audit of the ranking on {audit.on:%B} {audit.on.day}, {audit.on.year}",
        [
            *_what_was_done(audit),
            f"<h2>In short</h2><ul>{in_short}</ul>",
            *_supply(audit),
            *effects(audit),
            *_concentration(audit),
            *_never_shown(audit),
            *_limits(audit),
        ],
    )


def _what_was_done(audit: Audit) -> Iterator[str]:
    yield f"<p>{escape(made(audit))}</p>"
    yield (
        "<p>Nobody's answers are in this report. Clients were invented: states by their residents, all else by a mix "
        "that is written down in <code>matching/clientele.py</code> and argued in <code>docs/fairness.md</code>. Each "
        "invented intake went through the same search as a real one. Since nobody is real, small counts are not "
        "hidden. Therapists are named by the address of their public profile only.</p>"
    )
    yield (
        f"<p>Of {audit.intakes * audit.places:,} places, {audit.places_given:,} were filled. "
        f"{audit.no_choice:,} intakes left no choice: they show everybody who meets the requirements, so ranking "
        "does nothing there but put them in order.</p>"
    )


def _supply(audit: Audit) -> Iterator[str]:
    yield "<h2>Supply gaps: what is asked and cannot be given</h2>"
    yield (
        "<p>This part is about who is in the directory, not about the ranking. For a state, a kind of session and a "
        "way to meet the table counts therapists who meet all requirements of the intake; for a plan, a language or a "
        "gender those of them who also offer what is asked, whether or not it was a must.</p>"
    )
    yield table(
        f"Of the {audit.few:,} intakes with fewer than {FEW_MATCHES}: which single requirement, left out, would lead "
        f"to {FEW_MATCHES}",
        ("Requirement", "Intakes", "Share"),
        (
            (REQUIREMENTS.get(name, name), f"{count:,}", f"{count / max(audit.few, 1):.0%}")
            for name, count in audit.helped.items()
        ),
    )
    for kind in KINDS:
        gaps = [gap for gap in audit.gaps if gap.kind == kind]
        yield _gaps(KIND_NAMES[kind], gaps[:MOST_ROWS])
        if gaps[MOST_ROWS:]:
            yield f"<details><summary>{len(gaps) - MOST_ROWS} more</summary>{_gaps('', gaps[MOST_ROWS:])}</details>"


def _gaps(caption: str, gaps: Sequence[Gap]) -> str:
    headings = ("Asked for", "Intakes", "Nobody", f"Fewer than {FEW_MATCHES}", f"Share with fewer than {FEW_MATCHES}")
    rows = ((gap.name, f"{gap.asked:,}", f"{gap.none:,}", f"{gap.few:,}", f"{gap.few / gap.asked:.0%}") for gap in gaps)
    return table(caption, headings, rows) if gaps else ""


def _concentration(audit: Audit) -> Iterator[str]:
    found = audit.concentration
    yield "<h2>Concentration: how evenly places fall on therapists</h2>"
    yield (
        f"<p>Over the {found.eligible:,} therapists who met the requirements of at least one intake. Even with lots "
        "some get more than others: whoever works in a large state meets more intakes. The column “by lot” is that "
        "part; the rest is what the order adds.</p>"
    )
    yield table(
        "",
        ("", "As ranked", "By lot (lowest to highest of 20 draws)"),
        (
            ("Gini coefficient (0 all the same, 1 one has all)", f"{found.gini:.3f}", lots(found.gini_by_lot, ".3f")),
            ("Places of the tenth shown most", f"{found.top_share:.1%}", lots(found.top_share_by_lot, ".1%")),
            ("Therapists without any place", f"{found.spared:,}", lots(found.spared_by_lot, ",.0f")),
        ),
    )
    curves = {"as ranked": found.loads.tolist(), "by lot": found.lot_loads.tolist()}
    about = "Share of the places that the least shown part of the therapists has, as ranked and by lot."
    if audit.places_given:
        plot = lorenz_chart(
            "How places are spread", about, curves, x_name="therapists, least shown first", y_name="share of places"
        )
        yield f'<div class="wide">{plot}</div>'
    yield table(
        "Shown most",
        ("Profile", "Places", "Expected by lot"),
        ((one.slug, f"{one.places:,}", f"{one.places_by_lot:.1f}") for one in audit.most_shown),
    )


def _never_shown(audit: Audit) -> Iterator[str]:
    found = audit.concentration
    never = sum(audit.never_eligible.values())
    yield "<h2>Never shown</h2>"
    yield (
        f"<p>{never + found.spared:,} of {audit.listed:,} listed therapists "
        f"({(never + found.spared) / audit.listed:.0%}) had none of the places.</p>"
    )
    rows = [(f"Never eligible: {reason}", f"{count:,}", "supply") for reason, count in audit.never_eligible.items()]
    rows.append((f"Eligible, and never among the first {audit.places}", f"{found.spared:,}", "ranking and chance"))
    yield table("", ("Why", "Therapists", "Side"), rows)
    yield (
        f"<p>Of the last, draws by lot leave out {lots(found.spared_by_lot, ',.0f')}. More intakes, other days "
        "(equals take turns) and longer lists show more people.</p>"
    )


def _limits(audit: Audit) -> Iterator[str]:
    yield "<h2>What cannot be concluded</h2><ul>"
    for line in (
        "The clients are invented. Another mix asks for other things; shares of supply depend on it most. Real demand "
        "is not kept, by design, so it cannot be audited.",
        "An effect near 1 does not show that a group is treated well, only that among the eligible it is shown as "
        "often as lots would. Requirements may still shut it out: see the supply gaps.",
        "An effect away from 1 does not show that the attribute is the cause. Groups differ in facts that clients ask "
        "for. The column “where not asked” narrows that down and does not settle it.",
        "Intervals tell what other intakes would give with this directory. They do not cover how facts were stated: "
        "an empty field is not stated, and that may differ by group.",
        "Places are not clients. Nobody knows from here who was read, written to, or helped.",
        "Race, ethnicity, religion, age and disability are not stored, so nothing can be said about them.",
        "Many groups are compared. About one in twenty intervals excludes 1 by luck, which is why the range by chance "
        "stands beside it.",
    ):
        yield f"<li>{line}</li>"
    yield "</ul>"
    yield (
        "<p>Exposure by rank, and its share by group, follow the idea of Singh and Joachims, “Fairness of Exposure in "
        "Rankings”, KDD 2018, doi 10.1145/3219819.3220088. The lots of this report stand for equal merit among all "
        "who meet the requirements; ranking exists because merit is not equal, so the effect is a question and "
        "no verdict.</p>"
    )
    yield (
        f"<p>Again: <code>manage.py audit_ranking --intakes {audit.intakes} --seed {audit.seed} --places "
        f"{audit.places} --on {audit.on}</code> on the same directory gives the same figures.</p>"
    )
