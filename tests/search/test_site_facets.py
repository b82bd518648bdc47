"""Filters, facets and sorting: what the reader may not see changes none of them."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.actions import service as actions
from cxwiki.actions.drafts import Draft as ActionDraft
from cxwiki.database import db
from cxwiki.search import service
from cxwiki.search.documents import Filters
from tests.conftest import Cast, SignIn
from tests.search.site import Shelf


def facets(shelf: Shelf, query: str, by: str, **options: Any) -> dict[str, dict[str, int]]:
    results = service.search(query, shelf.cast.person(by), **options)
    return {facet.name: {one.label: one.count for one in facet.values} for facet in results.facets}


@pytest.fixture
def tagged(shelf: Shelf) -> Shelf:
    shelf.post("app", "Invoice missing in the app", tags=("app", "billing"), channel="app")
    shelf.post("hidden", "Invoice printed twice", tags=("printer",), channel="letter",
               visibility="team")  # fmt: skip
    shelf.index()
    return shelf


def test_facets_count_exactly_what_was_found(tagged: Shelf) -> None:
    found = facets(tagged, "invoice", "bob")
    assert found["team"] == {"Service": 4, "Billing": 1}
    assert found["tag"] == {"app": 1, "billing": 1, "printer": 1}
    assert found["channel"] == {"App": 1, "Letter": 1}
    assert found["type"] == {"Insights": 5}
    assert sum(found["status"].values()) == 5


@pytest.mark.parametrize("name", ["carol", "mia", "dave", "rita"])
def test_facets_tell_nothing_of_what_is_hidden(tagged: Shelf, name: str) -> None:
    for query in ("invoice", "printed twice", "team:Service", "tag:printer", "channel:letter"):
        found = facets(tagged, query, name)
        assert "printer" not in found.get("tag", {})
        assert "Letter" not in found.get("channel", {})
        assert found.get("team", {}).get("Service", 0) <= 2


def test_facets_count_the_found_and_not_the_page(tagged: Shelf) -> None:
    whole, page = (facets(tagged, "invoice", "bob", limit=limit) for limit in (20, 1))
    assert whole == page


def test_controls_and_operators_both_hold(tagged: Shelf) -> None:
    def found(query: str, **filters: Any) -> set[str]:
        return set(tagged.found(query, by="bob", **filters))

    service_team = frozenset({tagged.cast.service})
    assert found("invoice tag:app") == {"app"}
    assert found("invoice", tags=frozenset({"app"})) == {"app"}
    assert found("invoice tag:app", team_ids=service_team) == {"app"}
    assert found("invoice tag:app", tags=frozenset({"printer"})) == set()
    assert found("invoice team:Billing", team_ids=service_team) == set()


def test_operators_alone_list_everything_that_they_let_through_newest_first(
    tagged: Shelf,
) -> None:
    assert tagged.found("team:Billing") == ["queue", "rechnung"]
    assert tagged.found("kind:best_practice") == ["queue"]
    assert tagged.found("tag:printer", by="carol") == []
    assert tagged.found("tag:printer", by="bob") == ["hidden"]
    assert tagged.found("", by="bob", channels=frozenset({"app"})) == ["app"]


def test_mine_and_overdue(tagged: Shelf) -> None:
    from datetime import timedelta

    from cxwiki import i18n

    carol, bob = tagged.cast.person("carol"), tagged.cast.person("bob")
    late = i18n.today() - timedelta(days=3)
    draft = ActionDraft("Print better invoices", owner_id=bob.id, due_on=late)
    action = actions.create(draft, carol.home_team, carol)
    tagged.ids["action"] = action.id
    tagged.index()
    assert tagged.found("is:overdue", by="dave") == ["action"]
    assert tagged.found("is:overdue is:mine", by="bob") == ["action"]
    assert set(tagged.found("mine", by="carol")) == {"rechnung", "queue", "action"}
    assert tagged.found("is:overdue", by="dave", types=frozenset({"insight"})) == []


def test_sorting(tagged: Shelf) -> None:
    tagged.load("rechnung").votes_count = 5
    tagged.load("app").reach = 4
    db.session.commit()

    def found(sort: str) -> list[int]:
        results = service.search("invoice", tagged.cast.person("carol"), sort=sort)
        return [one.subject.id for one in results.items]

    assert found("votes")[0] == tagged.ids["rechnung"]
    assert found("spread")[0] == tagged.ids["app"]
    assert found("newest") == sorted(found("relevance"), reverse=True)
    assert found("nonsense") == found("relevance")


def test_a_result_says_why_and_leads_to_the_place(tagged: Shelf) -> None:
    from cxwiki.discussion import service as discussion

    queue, bob = tagged.load("queue"), tagged.cast.person("bob")
    said = discussion.comment(queue, "The zebra crossing was blocked by all the people.", bob)
    said_id = said.id
    tagged.index()
    bob = tagged.cast.person("bob")
    found = service.search("zebra", bob).items[0]
    assert found.subject.id == tagged.ids["queue"]
    assert found.link.endswith(f"#comment-{said_id}")
    assert (found.why.by, [word.lower() for word in found.why.words]) == ("words", ["zebra"])
    assert ("zebra", True) in found.passage
    by_id = {one.subject.id: one for one in service.search("bill", bob).items}
    meant = by_id[tagged.ids["rechnung"]]
    assert (meant.why.by, list(meant.why.words)) == ("meaning", [])


def test_a_match_far_down_is_led_to_by_its_words(tagged: Shelf) -> None:
    body = "\n\n".join([*["Nothing of interest happened on this day at all."] * 30,
                        "Then the giraffe – so it was said – ate 100 % of it."])  # fmt: skip
    tagged.post("long", "A long day", body=body)
    tagged.index()
    found = service.search("giraffe", tagged.cast.person("bob")).items[0]
    address, fragment = found.link.split("#")
    assert address.endswith(f"/insights/{tagged.ids['long']}-a-long-day")
    assert fragment.startswith(":~:text=giraffe%20")
    assert " " not in fragment


def test_administrators_and_readers_differ_only_by_what_they_see(tagged: Shelf) -> None:
    assert facets(tagged, "invoice", "admin") == facets(tagged, "invoice", "bob")
    assert facets(tagged, "invoice", "rita") == facets(tagged, "invoice", "carol")


@pytest.mark.parametrize(
    "query",
    [" ".join(f"word{number}" for number in range(10_000)), "\x00\x00", "שלום invoice", "🙂🙃",
     "*", "* ? *", '"invoice', "invoice \"", '" "', "-", "--invoice", "OR OR", "team:", "before:x",
     "kind:nonsense", "is:", "mine mine", "tag:", "a" * 5000, "%_%_", "the of and"],
)  # fmt: skip
def test_hostile_questions_are_answered(
    app: APIFlask, tagged: Shelf, cast: Cast, as_: SignIn, query: str
) -> None:
    """Two thousand characters fit into an address; the page reads no more."""
    answer = as_("bob").get("/search", query_string={"q": query[:4000]})
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert 'class="hit"' in page or "empty__title" in page, "a list, or a line that says why not"
    results = service.search(query, cast.person("bob"), Filters())
    assert results.total <= 300
