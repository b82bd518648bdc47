"""The demo company with its effort scores the other way round says the same in mirror image."""

from __future__ import annotations

from cxwiki.demo import reading
from cxwiki.demo.mirroring import MARK, mirror
from cxwiki.demo.reading import Row

USUAL = reading.read()
MIRRORED = mirror(USUAL)


def named(rows: list[Row], key: str) -> Row:
    return next(row for row in rows if row["key"] == key)


def test_effort_scores_are_turned_with_their_targets() -> None:
    usual, turned = named(USUAL.kpis, "ces_bill"), named(MIRRORED.kpis, "ces_bill")
    assert (usual["direction"], turned["direction"]) == ("higher", "lower")
    assert [usual["target"][0]["value"], turned["target"][0]["value"]] == [4.3, 3.7]
    assert turned["title"] == usual[f"{MARK}title"]
    before, after = (row["answers"]["counts"][0]["counts"] for row in (usual, turned))
    assert before == after[::-1]


def test_measured_sums_are_those_of_the_turned_answers() -> None:
    for usual, turned in zip(
        named(USUAL.kpis, "ces_move")["measurement"],
        named(MIRRORED.kpis, "ces_move")["measurement"],
        strict=True,
    ):
        assert usual["n"] == turned["n"]
        assert usual["sum"] + turned["sum"] == 8 * usual["n"]
        spread = [row["n"] * row["sum_squares"] - row["sum"] ** 2 for row in (usual, turned)]
        assert spread[0] == spread[1]


def test_criteria_and_expectations_are_turned_too() -> None:
    asked = [row["criterion"][2] for row in (USUAL.projects[0], MIRRORED.projects[0])]
    assert [one["comparison"] for one in asked] == ["at_least", "at_most"]
    assert [one["threshold"] for one in asked] == [4.3, 3.7]
    wanted = [named(data.actions, "a26")["kpis"][0]["expected_value"] for data in (USUAL, MIRRORED)]
    assert wanted == [4.8, 3.2]


def test_everything_else_stays_as_it_is() -> None:
    others = [[row for row in data.kpis if row["kind"] != "ces"] for data in (USUAL, MIRRORED)]
    assert others[0] == others[1]
    assert MIRRORED.insights == USUAL.insights
    assert not any(name.startswith(MARK) for row in MIRRORED.kpis for name in row)
