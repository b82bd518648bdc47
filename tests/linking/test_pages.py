"""The pages of links: wanted titles, pages that nothing leads to, and who links here."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from cxwiki.database import db, transaction
from cxwiki.insights import service
from cxwiki.insights.service import Draft
from cxwiki.pages.models import Page
from tests.conftest import Cast, SignIn

LISTS = ["/links/wanted", "/links/orphaned"]


@pytest.fixture
def texts(app: APIFlask, cast: Cast) -> dict[str, int]:
    """A public and a team's text, which link to a guide and to what nobody has written."""
    with app.test_request_context("/"):
        team, alice = cast.team("service"), cast.person("alice")
        with transaction():
            guide = Page(title="Guide to returns", team_id=1, author_id=cast.mia)
            lost = Page(title="Lost guide", team_id=1, author_id=cast.mia)
            hidden = Page(
                title="Hidden guide", team_id=cast.service, author_id=cast.alice, visibility="team"
            )
            db.session.add_all([guide, lost, hidden])
        body = "[[Guide to returns]] [[Hidden guide]] [[Wished by all]]"
        public = service.publish(Draft("Public text", body), team, alice)
        body = "[[Guide to returns]] [[Wished by the team]] [[Lost guide]] @Alice"
        secret = service.publish(Draft("Secret text", body, visibility="team"), team, alice)
        return {
            "guide": guide.id, "lost": lost.id, "hidden": hidden.id,
            "public": public.id, "secret": secret.id,
        }  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", ["alice", "carol", "mia", "dave", "rita", "admin"])
def test_everybody_who_is_signed_in_may_look(
    as_: SignIn, texts: dict[str, int], path: str, name: str
) -> None:
    assert as_(name).get(path).status_code == 200
    assert as_("eve").get(path).status_code in (302, 401)


def test_wanted_titles(as_: SignIn, texts: dict[str, int]) -> None:
    mine, theirs = (as_(name).get("/links/wanted").text for name in ("alice", "carol"))
    assert "Wished by all" in mine
    assert "Wished by all" in theirs
    assert "Wished by the team" in mine
    assert "Wished by the team" not in theirs
    assert "Secret text" not in theirs
    assert "Hidden guide" not in mine
    assert "Hidden guide" in theirs, "for Carol nobody has written it"
    assert "/pages/new?title=Wished+by+all" in theirs
    assert "/pages/new" not in as_("rita").get("/links/wanted").text.split("<main")[1]


def test_pages_that_nothing_leads_to(as_: SignIn, texts: dict[str, int]) -> None:
    mine, theirs = (as_(name).get("/links/orphaned").text for name in ("alice", "carol"))
    assert "Lost guide" not in mine
    assert "Lost guide" in theirs
    assert "Guide to returns" not in mine + theirs
    assert "Hidden guide" not in mine + theirs


def test_a_page_says_who_links_to_it(as_: SignIn, texts: dict[str, int]) -> None:
    mine, theirs = (
        as_(name)
        .get(f"/pages/{texts['guide']}")
        .text.split('id="backlinks"')[1]
        .split("</section")[0]
        for name in ("alice", "carol")
    )
    assert "Public text" in mine
    assert "Secret text" in mine
    assert "Public text" in theirs
    assert "Secret text" not in theirs
    assert ">2<" in mine
    assert ">1<" in theirs


def test_a_hidden_page_is_as_if_missing_on_the_page_itself(
    as_: SignIn, texts: dict[str, int]
) -> None:
    theirs = as_("carol").get(f"/insights/{texts['public']}").text
    assert "/pages/new?title=Hidden+guide" in theirs
    assert f"/pages/{texts['hidden']}" not in theirs
    assert (
        f"/pages/{texts['hidden']}-hidden-guide"
        in as_("alice").get(f"/insights/{texts['public']}").text
    )


def test_comments_have_links_and_mentions_too(as_: SignIn, texts: dict[str, int]) -> None:
    said = {"body": "See [[Guide to returns]], @Bob"}
    assert as_("alice").post(f"/subjects/{texts['public']}/comments", data=said).status_code == 303
    html = as_("carol").get(f"/insights/{texts['public']}").text.split('id="comments"')[1]
    assert f'<a class="wiki-link" href="/pages/{texts["guide"]}-guide-to-returns">' in html
    assert '<span class="mention">@Bob</span>' in html
