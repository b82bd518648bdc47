"""Likely duplicates wait for a person's yes or no; a no is remembered."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from flask import g
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.errors import Conflict
from cxwiki.insights import likely, merging
from cxwiki.insights import service as insights
from cxwiki.insights.models import LikelyDuplicate
from cxwiki.insights.service import current_draft
from cxwiki.search.engines import Engines
from tests.conftest import Cast, SignIn
from tests.search.conftest import engines  # noqa: F401 (a fixture)
from tests.search.site import Shelf


@pytest.fixture
def shelf(context: APIFlask, engines: Engines, cast: Cast) -> Shelf:  # noqa: F811
    shelf = Shelf(cast)
    shelf.post("invoice", "The invoice is wrong")
    shelf.post("rechnung", "Rechnung falsch", by="carol", language="de")
    shelf.post("queue", "Long wait in the queue")
    shelf.post("secret", "Secret invoice", visibility="team")
    shelf.index()
    return shelf


def pairs(shelf: Shelf, by: str = "mia", *, denied: bool = False) -> list[tuple[str, str]]:
    names = {number: name for name, number in shelf.ids.items()}
    page = likely.waiting(shelf.cast.person(by), denied=denied)
    assert page.total == len(page.items)
    return [(names[pair.first.id], names[pair.second.id]) for pair in page.items]


def pair(shelf: Shelf, one: str, other: str, by: str = "mia") -> likely.Pair:
    first, second = sorted((shelf.ids[one], shelf.ids[other]))
    found = likely.pair_of(first, second, shelf.cast.person(by))
    assert found is not None
    return found


def revise(shelf: Shelf, name: str, **values: Any) -> None:
    insight = shelf.load(name)
    draft = current_draft(insight)
    changed = type(draft)(**{**draft.__dict__, **values})
    insights.revise(insight, changed, shelf.cast.person("admin"), insight.revision_number)
    shelf.index()


def test_the_same_in_two_languages_is_suggested_with_score_and_reason(shelf: Shelf) -> None:
    assert pairs(shelf) == [("invoice", "rechnung")]
    found = pair(shelf, "invoice", "rechnung")
    assert found.row.score >= 0.7
    assert found.row.reason == "language"
    assert found.reason == "They seem to say the same in two languages."


def test_the_same_title_says_so(shelf: Shelf) -> None:
    shelf.post("again", "the Invoice is wrong", by="carol")
    shelf.index()
    assert pair(shelf, "invoice", "again").row.reason == "title"


def test_secrets_are_compared_within_their_team_alone(shelf: Shelf) -> None:
    shelf.post("bill", "Secret bill", by="bob", visibility="team")
    shelf.post("theirs", "Secret bill", by="carol", visibility="team")
    shelf.index()
    assert ("secret", "bill") in pairs(shelf, by="alice")
    assert pairs(shelf, by="carol") == [("invoice", "rechnung")]
    assert likely.waiting(shelf.cast.person("carol")).total == 1
    everything = pairs(shelf, by="admin")
    assert ("secret", "theirs") not in everything
    assert ("invoice", "secret") not in everything


def test_what_was_hidden_since_is_not_suggested(shelf: Shelf) -> None:
    revise(shelf, "invoice", visibility="team")
    assert pairs(shelf, by="mia") == []
    assert pairs(shelf, by="admin") == [("invoice", "secret")]


def test_what_says_something_else_now_is_not_suggested(shelf: Shelf) -> None:
    revise(shelf, "rechnung", title="Die Lieferung kam nie")
    assert pairs(shelf) == []
    assert db.session.scalars(select(LikelyDuplicate)).all() == []


def test_a_no_is_remembered_and_can_be_taken_back(shelf: Shelf) -> None:
    mia = shelf.cast.person("mia")
    likely.answer(pair(shelf, "invoice", "rechnung"), "no", mia)
    assert pairs(shelf) == []
    assert pairs(shelf, denied=True) == [("invoice", "rechnung")]
    revise(shelf, "rechnung", title="Die Rechnung ist falsch")
    assert pairs(shelf) == []
    likely.answer(pair(shelf, "invoice", "rechnung"), "", shelf.cast.person("mia"))
    assert pairs(shelf) == [("invoice", "rechnung")]


def test_a_yes_waits_for_the_merge(shelf: Shelf) -> None:
    likely.answer(pair(shelf, "invoice", "rechnung"), "yes", shelf.cast.person("bob"))
    assert pairs(shelf) == [("invoice", "rechnung")]
    mia = shelf.cast.person("mia")
    merging.merge(shelf.load("rechnung"), shelf.load("invoice"), mia)
    shelf.index()
    assert pairs(shelf) == []
    assert pairs(shelf, denied=True) == []


def test_a_merge_that_was_undone_is_not_suggested_again(shelf: Shelf) -> None:
    mia = shelf.cast.person("mia")
    merging.merge(shelf.load("rechnung"), shelf.load("invoice"), mia)
    merging.unmerge(shelf.load("rechnung"), shelf.cast.person("mia"))
    shelf.index()
    assert pairs(shelf) == []
    assert pairs(shelf, denied=True) == [("invoice", "rechnung")]


def test_looking_twice_does_no_harm(shelf: Shelf) -> None:
    before = db.session.execute(select(LikelyDuplicate.first_id, LikelyDuplicate.second_id)).all()
    likely.look(list(shelf.ids.values()))
    likely.look([*shelf.ids.values(), 999])
    after = db.session.execute(select(LikelyDuplicate.first_id, LikelyDuplicate.second_id)).all()
    assert before == after


def test_an_answer_to_what_is_gone_is_refused(shelf: Shelf) -> None:
    found = pair(shelf, "invoice", "rechnung")
    with transaction():
        db.session.delete(db.session.scalars(select(LikelyDuplicate)).one())
    with pytest.raises(Conflict):
        likely.answer(found, "no", shelf.cast.person("mia"))


# --- pages ----------------------------------------------------------------------------------------


def test_the_list_leads_to_the_comparison(shelf: Shelf, as_: SignIn) -> None:
    mia = as_("mia")
    page = mia.get("/insights/duplicates").text
    assert "The invoice is wrong" in page
    assert "They seem to say the same in two languages." in page
    first, second = shelf.ids["invoice"], shelf.ids["rechnung"]
    answer = mia.post(f"/insights/duplicates/{first}/{second}/answer", data={"answer": "yes"})
    assert answer.status_code == 303
    compared = mia.get(answer.location).text
    assert compared.count("This one stays") == 2


def test_the_insight_s_page_names_what_is_perhaps_the_same(shelf: Shelf, as_: SignIn) -> None:
    page = as_("alice").get(f"/insights/{shelf.ids['invoice']}").text
    assert "Perhaps the same" in page
    g.pop("_login_user")
    first, second = shelf.ids["invoice"], shelf.ids["rechnung"]
    data = {"answer": "no", "next": f"/insights/{first}"}
    answer = as_("bob").post(f"/insights/duplicates/{first}/{second}/answer", data=data)
    assert answer.location == f"/insights/{first}"
    db.session.rollback()
    assert "Perhaps the same" not in as_("bob").get(f"/insights/{first}").text


def test_who_may_not_merge_can_say_yes_for_those_who_may(shelf: Shelf, as_: SignIn) -> None:
    first, second = shelf.ids["invoice"], shelf.ids["rechnung"]
    page = as_("bob").get(f"/insights/{first}/merger?other={second}").text
    assert "This one stays" not in page
    assert "Your yes is noted for them." in page


@pytest.mark.parametrize(
    ("person", "status"), [("rita", 403), ("dave", 403), ("eve", 302), ("bob", 200)]
)
def test_who_writes_sees_the_list(shelf: Shelf, as_: SignIn, person: str, status: int) -> None:
    assert as_(person).get("/insights/duplicates").status_code == status


def test_pairs_that_one_does_not_see_cannot_be_answered(shelf: Shelf, as_: SignIn) -> None:
    shelf.post("bill", "Secret bill", by="bob", visibility="team")
    shelf.index()
    first, second = shelf.ids["secret"], shelf.ids["bill"]
    address = f"/insights/duplicates/{first}/{second}/answer"
    assert as_("carol").post(address, data={"answer": "no"}).status_code == 404
    g.pop("_login_user")
    assert as_("alice").post(address, data={"answer": "perhaps"}).status_code == 422
    assert as_("alice").post(address, data={"answer": "no"}).status_code == 303
    assert as_("alice").delete(address).status_code == 303
    unknown = f"/insights/duplicates/{second}/{first}/answer"
    assert as_("alice").post(unknown, data={"answer": "no"}).status_code == 404
