"""The thread for programs: the same stations, the same limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.accounts import tokens
from cxwiki.database import db
from cxwiki.insights.models import Evidence
from tests.conftest import Cast
from tests.overview.conftest import Chain, MakeChain

STATIONS = ("kpi", "action", "project", "theme", "insight")
WORDS = "You billed me twice"
Ask = Callable[[str, str], Any]


@pytest.fixture
def ask(app: APIFlask, cast: Cast) -> Ask:
    """`ask("carol", "kpi/1")` is the answer to a program that acts for Carol."""

    def get(name: str, wish: str) -> Any:
        with app.app_context():
            token = tokens.issue(cast.person(name), "tests")
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().get(f"/api/v1/trace/{wish}", headers=headers)

    return get


@pytest.fixture
def open_chain(chain: MakeChain) -> Chain:
    return chain("Invoices", WORDS)


def evidence_of(app: APIFlask, chain: Chain) -> int:
    with app.app_context():
        found = db.session.scalar(select(Evidence.id).where(Evidence.insight_id == chain.insight))
    assert found is not None
    return found


@pytest.mark.parametrize("start", STATIONS)
def test_from_every_type_all_stations_are_reached(ask: Ask, open_chain: Chain, start: str) -> None:
    trace = ask("carol", f"{start}/{getattr(open_chain, start)}").get_json()
    for name in STATIONS:
        (one,) = trace[f"{name}s"]
        assert (one["id"], one["type"]) == (getattr(open_chain, name), name)
        assert (one["links"] == 0) is (name == start)
        assert (one["via"] is None) is (name == start)
    assert [said["text"] for said in trace["evidence"]] == [WORDS]
    assert 0 < trace["to_the_words"] <= 5


def test_from_the_words_back_to_the_figure(app: APIFlask, ask: Ask, open_chain: Chain) -> None:
    number = evidence_of(app, open_chain)
    trace = ask("carol", f"evidence/{number}").get_json()
    assert (trace["type"], trace["id"]) == ("evidence", number)
    assert (trace["to_the_words"], trace["to_the_figures"]) == (0, 3)
    assert trace["insights"][0]["links"] == 1
    assert [said["id"] for said in trace["evidence"]] == [number]


@pytest.mark.parametrize("start", [*STATIONS, "evidence"])
def test_what_one_may_not_see_does_not_exist(
    app: APIFlask, ask: Ask, chain: MakeChain, start: str
) -> None:
    hidden = chain("Zebra", "A zebra", visibility="team")
    number = evidence_of(app, hidden) if start == "evidence" else getattr(hidden, start)
    assert ask("carol", f"{start}/{number}").status_code == 404
    assert ask("bob", f"{start}/{number}").status_code == 200


def test_a_type_and_a_number_that_do_not_belong_together_are_nothing(
    ask: Ask, open_chain: Chain
) -> None:
    assert ask("carol", f"kpi/{open_chain.insight}").status_code == 404
    assert ask("carol", f"team/{open_chain.kpi}").status_code == 404
    assert ask("carol", "evidence/99999").status_code == 404


def test_a_trace_that_did_not_change_is_not_sent_again(
    app: APIFlask, cast: Cast, open_chain: Chain
) -> None:
    with app.app_context():
        headers = {"Authorization": f"Bearer {tokens.issue(cast.person('carol'), 'tests')}"}
    client, path = app.test_client(), f"/api/v1/trace/kpi/{open_chain.kpi}"
    etag = client.get(path, headers=headers).headers["ETag"]
    again = client.get(path, headers=headers | {"If-None-Match": etag})
    assert again.status_code == 304
