"""Numbers that no record has, NUL, days beyond all calendars: said or ignored, never a 500."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from cxwiki.actions.models import Action
from cxwiki.database import db, transaction

HUGE = 10**30
NEW = {"title": "Rewrite", "visibility": "company", "priority": "normal"}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/actions/{action}/blockers", {"action": HUGE}),
        ("/actions/references", {"project": HUGE}),
        ("/actions/references", {"project": "{project}", "insight": HUGE}),
        ("/actions/references", {"project": "{project}", "theme": HUGE}),
        ("/actions/changes", {"action": HUGE, "priority": "high"}),
        ("/actions/", {**NEW, "team": "{team}", "theme_id": HUGE}),
        ("/actions/", {**NEW, "team": "{team}", "comment_id": HUGE}),
        ("/actions/", {**NEW, "team": "{team}", "insights": HUGE}),
        ("/actions/", {**NEW, "team": "{team}", "kpis-0-kpi": HUGE}),
        ("/projects/{project}/links", {"subject_id": HUGE}),
        ("/actions/", {**NEW, "team": "{team}", "due_on": "9999-12-31"}),
        ("/actions/", {**NEW, "team": "{team}", "due_on": "0001-01-01"}),
        ("/actions/", {**NEW, "team": "{team}", "meeting": "Jour fixe", "met_on": "0001-01-01"}),
        ("/projects/{project}/milestones", {"title": "Half way", "due_on": "9999-12-31"}),
        ("/projects/{project}/resolutions", {"text": "Go", "decided_on": "0001-01-01"}),
    ],
)
def test_what_cannot_be_is_refused(cast, as_, action, project, path: str, data: Any) -> None:
    ids = {"action": action(), "project": project(lead_id=cast.alice), "team": cast.service}
    filled = {name: str(value).format(**ids) for name, value in data.items()}
    assert as_("alice").post(path.format(**ids), data=filled).status_code in (404, 422)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/projects/{project}/criteria", {"text": "Fewer\x00 calls", "comparison": "at_least"}),
        (
            "/projects/{project}/budget",
            {"kind": "spent", "amount": "1", "currency": "EUR", "dated_on": "2026-01-01",
             "note": "Tra\x00in"},
        ),
        ("/projects/{project}/risks", {"text": "N\x00o time", "likelihood": 1, "damage": 1}),
        ("/actions/{action}/subtasks", {"text": "As\x00k"}),
    ],
)  # fmt: skip
def test_nul_is_dropped(cast, as_, action, project, path: str, data: dict[str, Any]) -> None:
    ids = {"action": action(), "project": project(lead_id=cast.alice)}
    assert as_("alice").post(path.format(**ids), data=data).status_code == 303


@pytest.mark.parametrize(
    "path", ["/actions/{action}/blockers/new?q=%00", "/actions/references/new?q=a%00b&insight=1"]
)
def test_nul_in_an_address_finds_nothing(as_, action, path: str) -> None:
    assert as_("alice").get(path.format(action=action())).status_code == 200


def test_a_title_like_a_novel_does_not_become_an_address(as_) -> None:
    answer = as_("alice").post("/actions/cards", data={"title": "a" * 100_000})
    assert answer.status_code == 303
    assert len(answer.location) < 1000


def test_an_old_row_on_the_last_of_all_days_leaves_the_calendar_readable(
    app, cast, as_, action
) -> None:
    number = action("Some day", owner_id=cast.alice)
    with app.app_context(), transaction():
        db.session.get_one(Action, number).due_on = date.max
    page = as_("alice").post("/actions/calendars", data={"what": "mine"}).text
    address = re.search(r"/actions/calendar/[\w-]+\.ics", page)
    assert address is not None
    assert "SUMMARY:Some day" in as_("eve").get(address[0]).text
