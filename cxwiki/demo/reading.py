"""Reading the demo company's data files; tests/demo/test_data.py says what they hold."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"

Row = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """Everything that is told of the company; moments are days before today."""

    name: str
    languages: list[str]
    teams: list[Row]
    people: list[Row]
    insights: list[Row]
    kpis: list[Row]
    projects: list[Row]
    actions: list[Row]
    events: list[Row]
    pages: list[Row]
    knowledge: Row
    """What is done with pages and insights once they are there, by the kind of deed."""

    @property
    def founded_days_ago(self) -> int:
        """When the wiki was set up: three weeks before the first thing that happens in it."""
        begun = [row["days_ago"] for row in self.insights]
        begun += [row["starts_days_ago"] for row in self.projects]
        begun += [row["created_days_ago"] for row in self.actions]
        return max(begun) + 21


def read() -> Data:
    """Read all files."""
    company = tomllib.loads((FOLDER / "company.toml").read_text("utf-8"))
    return Data(
        name=company["name"],
        languages=company["languages"],
        teams=company["team"],
        people=company["person"],
        insights=_rows("insights-*.toml", "insight"),
        kpis=_rows("kpis.toml", "kpi"),
        projects=_rows("projects.toml", "project"),
        actions=_rows("actions.toml", "action"),
        events=company["event"],
        pages=_rows("pages.toml", "page"),
        knowledge=tomllib.loads((FOLDER / "knowledge.toml").read_text("utf-8")),
    )


def _rows(pattern: str, name: str) -> list[Row]:
    files = sorted(FOLDER.glob(pattern))
    return [row for file in files for row in tomllib.loads(file.read_text("utf-8"))[name]]
