"""Where guides stand: order, breadcrumbs, no circles, and nothing hidden shows through."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from apiflask import APIFlask

from cxwiki.pages import tree
from cxwiki.pages.models import Page
from tests.conftest import Cast, SignIn
from tests.pages.conftest import Make
from tests.pages.test_pages import form

Stored = Callable[[int], Page]


def crumbs(text: str) -> list[str]:
    nav = re.search(r'class="breadcrumb".*?</nav>', text, re.S)
    assert nav
    return re.findall(r">([^<>]+)</a>", nav[0])


def test_the_way_down_stands_above_a_page(as_: SignIn, page: Make) -> None:
    top = page("Handbook")
    middle = page("Phone", below=top)
    low = page("Holding", below=middle)
    assert crumbs(as_("rita").get(f"/pages/{low}").text) == ["Pages", "Handbook", "Phone"]


def test_neighbours_go_by_place_then_title(as_: SignIn, page: Make) -> None:
    top = page("Handbook")
    for title, position in (("Zebra", 0), ("apple", 0), ("First of all", 0), ("Last", 9)):
        page(title, below=top, position=position)
    text = as_("rita").get(f"/pages/{top}").text
    part = text[text.index('id="below"') :]
    assert re.findall(r'/pages/\d+[^"]*">([^<]+)</a>', part)[:4] == [
        "apple", "First of all", "Zebra", "Last",
    ]  # fmt: skip


def test_one_reads_on_down_and_along(as_: SignIn, page: Make) -> None:
    top = page("Handbook")
    first, second = page("A", below=top), page("B", below=top)
    rita = as_("rita")
    assert f'rel="next" href="/pages/{first}-a"' in rita.get(f"/pages/{top}").text
    assert f'rel="next" href="/pages/{second}-b"' in rita.get(f"/pages/{first}").text
    assert f'rel="prev" href="/pages/{first}-a"' in rita.get(f"/pages/{second}").text


def test_a_guide_never_stands_below_itself(
    as_: SignIn, cast: Cast, page: Make, stored: Stored
) -> None:
    top = page("Handbook")
    low = page("Phone", below=top)
    for parent in (top, low):
        change = form("Handbook", cast, parent=parent, based_on=1)
        assert as_("alice").post(f"/pages/{top}", data=change).status_code == 422
    assert stored(top).parent_id is None


def test_guides_do_not_stand_too_deep(as_: SignIn, cast: Cast, page: Make) -> None:
    at = page("1")
    for number in range(2, tree.DEEPEST + 1):
        at = page(str(number), below=at)
    answer = as_("alice").post("/pages/", data=form("Too deep", cast, parent=at))
    assert answer.status_code == 422
    assert "below one another" in answer.text


def test_terms_stand_in_the_glossary_alone(as_: SignIn, cast: Cast, page: Make, term: Make, stored: Stored) -> None:  # fmt: skip
    top, word = page("Handbook"), term("FCR")
    refused = as_("alice").post("/pages/", data=form("x", cast, parent=word))
    assert refused.status_code == 422
    data = form("NPS", cast, kind="term", definition="A score.", parent=top)
    made = as_("alice").post("/pages/", data=data)
    assert stored(int(made.location.split("/")[-1].split("-")[0])).parent_id is None


def test_a_guide_with_pages_below_it_is_no_term(as_: SignIn, cast: Cast, page: Make) -> None:
    top = page("Handbook")
    page("Phone", below=top)
    change = form("Handbook", cast, kind="term", definition="x", based_on=1)
    assert as_("alice").post(f"/pages/{top}", data=change).status_code == 422


def test_what_is_above_is_not_told_to_who_may_not_see_it(as_: SignIn, page: Make) -> None:
    top = page("Secret plans", visibility="team")
    low = page("Open page", below=top)
    carol = as_("carol")
    text = carol.get(f"/pages/{low}").text
    assert "Secret plans" not in text
    assert f"/pages/{top}" not in text
    assert "Open page" in carol.get("/pages/").text
    edit = carol.get(f"/pages/{low}/edit").text
    assert "Secret plans" not in edit
    at_the_top = page("Another open page")
    for path in ("/pages/{}/edit", "/subjects/{}/revisions/1"):
        below, beside = (
            re.findall(r"<option|<dt>", carol.get(path.format(number)).text)
            for number in (low, at_the_top)
        )
        assert below == beside, "nothing tells that there is something above"


def test_who_does_not_see_the_place_does_not_move_the_page(
    as_: SignIn, cast: Cast, page: Make, stored: Stored
) -> None:
    top = page("Secret plans", visibility="team")
    low = page("Open page", below=top)
    data = form("Open page", cast, body="More", parent=top, based_on=1)
    assert as_("carol").post(f"/pages/{low}", data=data).status_code == 303
    assert (stored(low).body, stored(low).parent_id) == ("More", top)
    data = form("Open page", cast, body="Still more", parent=0, based_on=2)
    assert as_("carol").post(f"/pages/{low}", data=data).status_code == 303
    assert (stored(low).body, stored(low).parent_id) == ("Still more", top)


def test_what_stands_below_an_archived_page_stays(as_: SignIn, page: Make) -> None:
    top = page("Handbook")
    low = page("Phone", below=top)
    as_("alice").post(f"/pages/{top}/archival")
    assert f'id="page-{low}"' in as_("rita").get("/pages/").text
    as_("alice").post(f"/pages/{top}/archival?_method=DELETE")
    assert f'id="page-{low}"' not in as_("rita").get("/pages/").text


def test_an_old_revision_comes_back_with_its_place(
    app: APIFlask, as_: SignIn, cast: Cast, page: Make, stored: Stored
) -> None:
    top = page("Handbook")
    low = page("Phone", below=top, body="Old")
    data: dict[str, Any] = form("Phone", cast, body="New", parent=0, based_on=1)
    as_("alice").post(f"/pages/{low}", data=data)
    assert stored(low).parent_id is None
    from cxwiki.database import db
    from cxwiki.writing import revisions, texts

    with app.app_context():
        found = db.session.get(Page, low)
        assert found is not None
        saved = revisions.readable(found, 1, cast.person("alice"))
        assert saved is not None
        texts.of(found).save(found, revisions.content(saved), cast.person("alice"), 2, "back")
    assert (stored(low).parent_id, stored(low).body) == (top, "Old")
