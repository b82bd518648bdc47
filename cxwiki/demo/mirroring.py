"""The same company with its effort scores the other way round: high was easy, high becomes hard.

Companies run the effort score both ways. The story must hold in both, so values, directions,
targets, thresholds and what is said about them are turned together.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from cxwiki.demo.reading import Data, Row

MARK = "mirrored_"
_OTHER_WAY = {
    "higher": "lower",
    "lower": "higher",
    "at_least": "at_most",
    "at_most": "at_least",
}


def mirror(data: Data) -> Data:
    """Turn every effort score of the company, with all that speaks of it."""
    kpis, projects, actions = deepcopy((data.kpis, data.projects, data.actions))
    turned = {row["key"]: row for row in kpis if row["kind"] == "ces"}
    for row in turned.values():
        _turn_kpi(row)
    for project in projects:
        for criterion in project.get("criterion", []):
            if (kpi := turned.get(criterion["kpi"])) is not None:
                criterion["threshold"] = _turned(kpi, criterion["threshold"])
                criterion["comparison"] = _OTHER_WAY[criterion["comparison"]]
    for action in actions:
        for effect in action["kpis"]:
            if (kpi := turned.get(effect["kpi"])) is not None:
                effect["expected_value"] = _turned(kpi, effect["expected_value"])
    return replace(data, kpis=_say(kpis), projects=_say(projects), actions=actions)


def _turn_kpi(row: Row) -> None:
    row["direction"] = _OTHER_WAY[row["direction"]]
    for target in row["target"]:
        target["value"] = _turned(row, target["value"])
    both_ends = row["scale_min"] + row["scale_max"]
    for measured in row.get("measurement", []):
        measured["value"] = _turned(row, measured["value"])
        n, total, squares = measured["n"], measured["sum"], measured["sum_squares"]
        measured["sum"] = both_ends * n - total
        measured["sum_squares"] = both_ends**2 * n - 2 * both_ends * total + squares
    for given in row.get("answers", {}).get("counts", []):
        given["counts"].reverse()


def _turned(kpi: Row, value: float) -> float:
    return round(kpi["scale_min"] + kpi["scale_max"] - value, 6)


def _say(rows: Any) -> Any:
    """Put the words that are kept for this in the place of the usual ones."""
    if isinstance(rows, list):
        return [_say(row) for row in rows]
    if not isinstance(rows, dict):
        return rows
    kept = {name: value for name, value in rows.items() if not name.startswith(MARK)}
    said = {name.removeprefix(MARK): rows[name] for name in rows if name.startswith(MARK)}
    return {name: _say(value) for name, value in (kept | said).items()}
