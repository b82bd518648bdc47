"""GET /actions/new: a form that is filled already."""

from __future__ import annotations

import re

import pytest


def value(page: str, name: str) -> str:
    control = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert control, name
    found = re.search(r'value="([^"]*)"', control.group(0))
    return found.group(1) if found else ""


def chosen(page: str, name: str) -> str:
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S)
    assert select, name
    option = re.search(r'<option selected value="([^"]*)"', select.group(0))
    return option.group(1) if option else ""


def checked(page: str) -> set[int]:
    boxes = re.findall(r'<input[^>]*name="insights"[^>]*>', page)
    return {int(re.search(r'value="(\d+)"', box).group(1)) for box in boxes if "checked" in box}


def test_two_insights_become_a_draft(as_, cast, insight):
    first = insight("The invoice is unreadable", quote="I never know what I pay for.")
    second = insight("Nobody explains the invoice", by="carol")
    page = as_("alice").get(f"/actions/new?insight={first}&insight={second}").text
    assert value(page, "title") == "Solve: The invoice is unreadable"
    assert f"/insights/{first}-the-invoice-is-unreadable" in page
    assert "I never know what I pay for." in page
    assert checked(page) == {first, second}
    assert chosen(page, "owner") == str(cast.alice)
    assert chosen(page, "team") == str(cast.service)
    assert chosen(page, "visibility") == "company"


def test_a_practice_is_adopted_not_solved(as_, insight):
    practice = insight("Call back within the hour", kind="best_practice")
    page = as_("alice").get(f"/actions/new?insight={practice}").text
    assert value(page, "title") == "Adopt: Call back within the hour"


def test_a_theme_offers_its_members_and_takes_three(as_, insight, theme):
    members = [insight(f"Invoice problem {number}") for number in range(5)]
    number = theme("Invoices", members)
    page = as_("alice").get(f"/actions/new?theme={number}").text
    assert value(page, "title") == "Solve: Invoices"
    assert value(page, "theme_id") == str(number)
    assert len(checked(page)) == 3
    assert all(f"Invoice problem {number}" in page for number in range(5))


def test_insights_chosen_from_a_theme_are_those_taken(as_, insight, theme):
    members = [insight(f"Invoice problem {number}") for number in range(5)]
    number = theme("Invoices", members)
    page = as_("alice").get(f"/actions/new?theme={number}&insight={members[4]}").text
    assert checked(page) == {members[4]}


def test_a_project_and_a_kpi_are_chosen_already(as_, project, kpi):
    page = as_("alice").get(f"/actions/new?project={project()}&kpi={kpi()}").text
    assert "Readable letters" in page
    assert chosen(page, "project")
    assert chosen(page, "kpis-0-kpi")


def test_what_comes_from_a_team_starts_in_that_team(as_, cast, insight):
    secret = insight("Between us", visibility="team")
    page = as_("alice").get(f"/actions/new?insight={secret}").text
    assert chosen(page, "visibility") == "team"
    assert chosen(page, "team") == str(cast.service)


def test_what_one_may_not_see_is_passed_over_in_silence(as_, insight):
    secret = insight("Between us", visibility="team")
    page = as_("carol").get(f"/actions/new?insight={secret}&insight=99999")
    assert page.status_code == 200
    assert "Between us" not in page.text
    assert not checked(page.text)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((name, 200) for name in ("bob", "carol", "mia", "admin")),
        *((name, 403) for name in ("dave", "rita")),
        ("eve", 302),
    ],
)
def test_who_may_begin(as_, name, status):
    assert as_(name).get("/actions/new").status_code == status


@pytest.mark.parametrize("nonsense", ["abc", "-1", "9" * 30, "1;2", ""])
def test_nonsense_in_the_address_is_ignored(as_, nonsense):
    assert as_("alice").get(f"/actions/new?insight={nonsense}&theme={nonsense}").status_code == 200
