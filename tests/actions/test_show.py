"""GET /actions/<id>: one action with where it comes from."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cxwiki import i18n
from cxwiki.actions import service
from cxwiki.actions.drafts import Draft, Effect
from cxwiki.actions.models import Action
from cxwiki.database import db


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mia", "dave", "rita", "admin"])
def test_everybody_reads_what_the_company_may_see(as_, action, name):
    answer = as_(name).get(f"/actions/{action()}")
    assert answer.status_code == 200
    assert "Rewrite the letter" in answer.text


def test_the_trace_leads_to_the_customers_words(as_, action, insight, project, kpi):
    origin = insight("The invoice is unreadable", quote="I never know what I pay for.")
    effects = (Effect(kpi(), Decimal("3.5"), date(2031, 12, 31)),)
    number = action(insight_ids=(origin,), project_id=project(), effects=effects)
    page = as_("carol").get(f"/actions/{number}").text
    for words in ("The invoice is unreadable", "I never know what I pay for.", "Service"):
        assert words in page
    assert f"/insights/{origin}-" in page
    assert "Readable letters" in page
    assert "Complaint rate" in page
    assert "→ 3.5%" in page


def test_what_belongs_to_another_team_leaves_no_trace(as_, action, insight, project, kpi):
    number = action(insight_ids=(insight("Seen by all"),))
    with_secrets = {
        "insight_ids": (insight("Hidden insight", visibility="team"),),
        "project_id": project("Hidden project", visibility="team"),
        "effects": (Effect(kpi("Hidden figure", team_id=2, visibility="team")),),
    }
    secret = action("Also open", visibility="team", **with_secrets)
    del number
    assert as_("carol").get(f"/actions/{secret}").status_code == 404
    assert as_("bob").get(f"/actions/{secret}").status_code == 200


def test_hidden_links_of_an_open_action_are_not_shown_counted_or_told(
    app, as_, cast, insight, project
):
    hidden = insight("Hidden insight", visibility="team", quote="Hidden words")
    where = project("Hidden project", visibility="team")
    with app.app_context():
        alice = cast.person("alice")
        draft = Draft(
            title="Open action", visibility="company", insight_ids=(hidden,), project_id=where
        )
        number = service.create(draft, cast.team("service"), alice, widen=True).id
    page = as_("carol").get(f"/actions/{number}").text
    assert "Open action" in page
    assert "Hidden" not in page
    assert "linked insights" not in page
    assert "linked insights" in as_("bob").get(f"/actions/{number}").text


def test_overdue_says_so(app, as_, action):
    with app.app_context():
        yesterday = i18n.today() - timedelta(days=1)
    late = action(due_on=yesterday)
    done = action(due_on=yesterday, status="done")
    today = action(due_on=yesterday + timedelta(days=1))
    alice = as_("alice")
    assert "overdue" in alice.get(f"/actions/{late}").text
    assert "overdue" not in alice.get(f"/actions/{done}").text
    assert "overdue" not in alice.get(f"/actions/{today}").text


def test_the_history_says_what_happened_in_words(app, as_, cast, action):
    number = action()
    with app.app_context():
        row, bob = db.session.get(Action, number), cast.person("bob")
        draft = Draft(title="Rewrite all letters", owner_id=cast.carol, due_on=date(2031, 5, 1))
        service.edit(row, draft, bob, row.version, team=row.team)
    page = " ".join(as_("alice").get(f"/actions/{number}").text.split())
    assert "<strong>Alice</strong> made this action" in page
    assert "<strong>Bob</strong> made Carol its owner" in page
    assert "<strong>Bob</strong> changed the title, the due date" in page


def test_the_history_costs_the_same_for_one_and_many_changes(app, as_, cast, action, count_queries):
    number = action()

    def change(owner: str, title: str) -> None:
        with app.app_context():
            row = db.session.get(Action, number)
            draft = Draft(title=title, owner_id=getattr(cast, owner))
            service.edit(row, draft, cast.person("alice"), row.version, team=row.team)

    change("bob", "First")
    alice = as_("alice")
    few = count_queries(lambda: alice.get(f"/actions/{number}"))
    for index, owner in enumerate(["carol", "mia", "alice", "admin", "bob"] * 2):
        change(owner, f"Title {index}")
    assert count_queries(lambda: alice.get(f"/actions/{number}")) == few


@pytest.mark.parametrize("number", [99, 2**40])
def test_an_action_that_is_not_there(as_, number):
    assert as_("alice").get(f"/actions/{number}").status_code == 404


def test_eve_is_asked_to_sign_in(as_, action):
    assert as_("eve").get(f"/actions/{action()}").status_code == 302


def test_the_address_survives_a_new_name(as_, action):
    assert as_("alice").get(f"/actions/{action()}-another-name").status_code == 200
