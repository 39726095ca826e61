"""Evaluating an instrument: figures worked by hand and by other formulas, table, drawings, faults of a file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from assessments.charts import plane_chart, reliability_chart
from assessments.evaluation import CannotEvaluate, Evaluation, Responses, cronbach_alpha, evaluate, lengthened
from assessments.instruments import Instrument
from assessments.scoring import STYLES
from tests.assessments.test_scoring import CLOSENESS, ECR

SVG = "{http://www.w3.org/2000/svg}"


def invented_people(instrument: Instrument, count: int, range: tuple[int, int]) -> list[dict[str, float | None]]:
    """Answers of people with two traits of their own, all from one seed."""
    random = np.random.default_rng(7)
    low, high = range
    people = []
    for traits in random.normal(0, 1, (count, 2)):
        person: dict[str, float | None] = {}
        for item in instrument.items:
            keyed = (low + high) / 2 + traits[int(item.scale == "avoidance")] + random.normal(0, 1)
            answer = int(np.clip(round(keyed), low, high))
            person[item.id] = low + high - answer if item.reverse_keyed else answer
        people.append(person)
    return people


PEOPLE = invented_people(CLOSENESS, 300, (1, 7))


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(CLOSENESS, PEOPLE, range=(1, 7))


def matrix(people: list[dict[str, float | None]], scale: str) -> Any:
    """Keyed answers, computed here."""
    return np.array(
        [
            [
                8 - (one[item.id] or 0) if item.reverse_keyed else one[item.id]
                for item in CLOSENESS.items
                if item.scale == scale
            ]
            for one in people
        ],
        dtype=float,
    )


def test_alpha_worked_by_hand() -> None:
    """Each item has the variance 5/3, their sums 3, 3, 7, 7 have 16/3: alpha is 2 * (1 - 10/16)."""
    assert cronbach_alpha(np.array([[1.0, 2], [2, 1], [3, 4], [4, 3]])) == pytest.approx(0.75)


@pytest.mark.parametrize(("scale", "place"), [("anxiety", 0), ("avoidance", 1)])
def test_alpha_and_halves_agree_with_the_covariances(evaluation: Evaluation, scale: str, place: int) -> None:
    answers, figures = matrix(PEOPLE, scale), evaluation.scales[place]
    assert figures.code == scale
    covariances = np.cov(answers.T)
    of_pairs = (covariances.sum() - np.trace(covariances)) / 30  # 6 items: 30 ordered pairs
    assert figures.alpha == pytest.approx(36 * of_pairs / covariances.sum())
    odd, even = answers[:, [0, 2, 4]].sum(axis=1), answers[:, [1, 3, 5]].sum(axis=1)
    r = np.cov(odd, even)[0, 1] / np.sqrt(odd.var(ddof=1) * even.var(ddof=1))
    assert figures.halves == pytest.approx(r)
    assert figures.split_half == pytest.approx(2 * r / (1 + r))
    assert figures.mean == pytest.approx(answers.mean())
    assert figures.sd == pytest.approx(answers.mean(axis=1).std(ddof=1))
    assert figures.standard_error == pytest.approx(figures.sd * (1 - figures.alpha) ** 0.5)
    assert list(figures.alpha_by_length) == [2, 3, 4, 5, 6]
    assert figures.alpha_by_length[6] == pytest.approx(figures.alpha) == pytest.approx(figures.predicted_alpha(6))
    assert figures.predicted_alpha(3) < figures.alpha


def test_styles_and_correlation_are_counted(evaluation: Evaluation) -> None:
    anxiety, avoidance = matrix(PEOPLE, "anxiety").mean(axis=1), matrix(PEOPLE, "avoidance").mean(axis=1)
    assert evaluation.correlation == pytest.approx(np.corrcoef(anxiety, avoidance)[0, 1])
    assert evaluation.quadrants == {
        "secure": np.mean((anxiety <= 4) & (avoidance <= 4)),
        "anxious": np.mean((anxiety > 4) & (avoidance <= 4)),
        "avoidant": np.mean((anxiety <= 4) & (avoidance > 4)),
        "disorganized": np.mean((anxiety > 4) & (avoidance > 4)),
    }
    assert sum(evaluation.styles.values()) == pytest.approx(1)
    assert list(evaluation.styles) == [*STYLES, "unclear"]
    assert all(evaluation.styles[style] <= evaluation.quadrants[style] for style in STYLES)
    assert 0 < evaluation.styles["unclear"] < evaluation.crossing < 1
    assert evaluation.same_quadrant < 1


def test_halves_of_one_mind_agree_on_the_quadrant() -> None:
    """Everybody gives one keyed answer to a whole scale: alpha and the halves are perfect."""
    people: list[Responses] = [
        {
            item.id: 8 - level if item.reverse_keyed else level
            for item in CLOSENESS.items
            for level in [anxiety if item.scale == "anxiety" else avoidance]
        }
        for anxiety in range(1, 8)
        for avoidance in range(1, 8)
    ]
    perfect = evaluate(CLOSENESS, people, range=(1, 7))
    assert perfect.same_quadrant == 1
    assert [(scale.alpha, scale.split_half) for scale in perfect.scales] == [pytest.approx((1, 1))] * 2
    assert perfect.correlation == pytest.approx(0, abs=1e-12)


def test_missing_answers_leave_only_what_needs_them() -> None:
    people = [dict(one) for one in PEOPLE]
    first = next(item.id for item in CLOSENESS.items if item.scale == "anxiety")
    for one in people[:100]:
        one[first] = None  # five of six are enough for a score
    people[100] = dict.fromkeys(people[100], None)
    found = evaluate(CLOSENESS, people, range=(1, 7))
    anxiety, avoidance = found.scales
    assert (found.people, found.complete, found.scored) == (300, 199, 299)
    assert (anxiety.scored, anxiety.complete) == (299, 199)
    assert (avoidance.scored, avoidance.complete) == (299, 299)
    assert anxiety.alpha == pytest.approx(cronbach_alpha(matrix(PEOPLE[101:], "anxiety")))
    assert len(found.points) == 299


@pytest.mark.parametrize(
    ("description", "people", "message"),
    [
        ("nobody", [], "Fewer than 10"),
        ("nine", PEOPLE[:9], "Fewer than 10"),
        ("nobody answered everything", [{**one, "1": None} for one in PEOPLE], "Fewer than 10"),
        ("all alike", [PEOPLE[0]] * 20, "Everybody has the same score"),
    ],
)
def test_too_little_to_evaluate_is_told(description: str, people: list[Responses], message: str) -> None:
    with pytest.raises(CannotEvaluate, match=message):
        evaluate(CLOSENESS, people, range=(1, 7))


@pytest.mark.parametrize("reliability", [0.2, 0.5, 0.83])
def test_spearman_brown_there_and_back(reliability: float) -> None:
    assert lengthened(reliability, 1) == pytest.approx(reliability)
    assert lengthened(lengthened(reliability, 3), 1 / 3) == pytest.approx(reliability)
    assert lengthened(reliability, 2) == pytest.approx(2 * reliability / (1 + reliability))


def test_drawings_are_plain_svg_that_says_what_it_shows(evaluation: Evaluation) -> None:
    for drawing in (plane_chart(evaluation), reliability_chart(evaluation)):
        root = ElementTree.fromstring(drawing)
        assert root.tag == f"{SVG}svg"
        assert root.get("role") == "img"
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc")
        kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert kinds <= {"svg", "title", "desc", "rect", "path", "text", "circle", "polyline"}
        assert not [name for element in root.iter() for name in element.attrib if name in ("style", "class", "href")]
    assert plane_chart(evaluation) == plane_chart(evaluation)


def test_plane_is_darkest_where_most_people_are() -> None:
    """Everybody near anxiety 6 and avoidance 2: the darkest cell lies right and low, the page's y pointing down."""
    people = [
        {
            item.id: 8 - level if item.reverse_keyed else level
            for number, item in enumerate(CLOSENESS.items)
            for level in [(6 if item.scale == "anxiety" else 2) + (seed + number) % 3 // 2]
        }
        for seed in range(30)
    ]
    people += [PEOPLE[n] for n in range(5)]
    root = ElementTree.fromstring(plane_chart(evaluate(CLOSENESS, people, range=(1, 7))))
    cells = [cell for cell in root.iter(f"{SVG}rect") if cell.get("fill-opacity")]
    darkest = max(cells, key=lambda cell: float(cell.get("fill-opacity", "0")))
    assert float(darkest.get("x", "0")) > 270
    assert 240 < float(darkest.get("y", "0")) < 330


def test_reliability_is_drawn_for_each_length(evaluation: Evaluation) -> None:
    root = ElementTree.fromstring(reliability_chart(evaluation))
    assert len(list(root.iter(f"{SVG}circle"))) == 2 * 5
    assert len(list(root.iter(f"{SVG}polyline"))) == 2


def write(path: Path, people: list[dict[str, float | None]], *, name: str = "Q{}", delimiter: str = ",") -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file, delimiter=delimiter)
        rows.writerow([name.format(id) for id in people[0]])
        rows.writerows([["0" if answer is None else answer for answer in one.values()] for one in people])
    return path


@pytest.mark.parametrize(("name", "delimiter"), [("Q{}", ","), ("{}", ","), ("Q{}", "\t")])
def test_command_prints_the_figures_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], evaluation: Evaluation, name: str, delimiter: str
) -> None:
    file = write(tmp_path / "answers.csv", PEOPLE, name=name, delimiter=delimiter)
    call_command("evaluate_instrument", file, instrument="closeness-12", svg=tmp_path / "drawings")
    printed = capsys.readouterr().out
    assert "closeness-12, answered on 1 to 7" in printed
    assert "300 people; 300 answered every item, 300 have both scores" in printed
    lines = {line[:36].strip(): line[36:].split() for line in printed.splitlines()}
    assert lines["mean"] == [f"{scale.mean:.3f}" for scale in evaluation.scales]
    assert lines["Cronbach's alpha"] == [f"{scale.alpha:.3f}" for scale in evaluation.scales]
    assert lines["named, when at least 60 % likely"] == [f"{share:.1%}" for share in evaluation.styles.values()]
    assert sorted(path.name for path in (tmp_path / "drawings").iterdir()) == [
        "closeness-12-plane.svg",
        "closeness-12-reliability.svg",
    ]


def test_command_takes_the_range_of_the_known_sample_and_zero_as_not_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = invented_people(ECR, 40, (1, 5))
    people[0]["1"] = None
    call_command("evaluate_instrument", write(tmp_path / "answers.csv", people))
    printed = capsys.readouterr().out
    assert "ecr, answered on 1 to 5" in printed
    assert "40 people; 39 answered every item, 40 have both scores" in printed


def test_zero_is_an_answer_where_the_range_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "answers.csv", invented_people(CLOSENESS, 40, (0, 4)))
    call_command("evaluate_instrument", file, instrument="closeness-12", range=(0, 4))
    assert "40 people; 40 answered every item, 40 have both scores" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("description", "text", "message"),
    [
        ("a column is missing", "Q1,Q2\n1,2\n", "has no column for the items 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"),
        ("an empty file", "", "has no column for the items 1, 2"),
        ("an answer too high", "{head}1,2,3,4,5,6,7,8,1,1,1,1\n", "line 2, Q8: must be a whole number from 1 to 7"),
        ("a word", "{head}1,2,3,4,5,6,7,x,1,1,1,1\n", "line 2, Q8"),
        ("a minus", "{head}1,2,3,4,5,6,7,-1,1,1,1,1\n", "line 2, Q8"),
        ("too few people", "{head}1,2,3,4,5,6,7,,1,1,1,1\n", "Fewer than 10 people answered every item"),
    ],
)
def test_fault_of_the_file_is_told(tmp_path: Path, description: str, text: str, message: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text.format(head=",".join(f"Q{n}" for n in range(1, 13)) + "\n"))
    with pytest.raises(CommandError, match=message):
        call_command("evaluate_instrument", path, instrument="closeness-12")


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate_instrument", tmp_path / "nothing.csv")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="is not a CSV file in UTF-8"):
        call_command("evaluate_instrument", tmp_path / "binary")


@pytest.mark.django_db
def test_unknown_instrument_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no instrument nothing"):
        call_command("evaluate_instrument", tmp_path / "answers.csv", instrument="nothing")
