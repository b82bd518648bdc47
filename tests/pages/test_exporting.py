"""Taking texts along: what one sees, with links, files and front matter, and it can be read back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from cxwiki.attachments import service as attachments
from cxwiki.database import db
from cxwiki.pages import service
from cxwiki.pages.importing import front_matter, running
from cxwiki.pages.importing.running import Options
from cxwiki.pages.models import Page
from tests.conftest import Cast, SignIn
from tests.pages.conftest import Make

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fc"
    "cf50c27f0005060202a51d2d360000000049454e44ae426082"
)


def unpacked(client: FlaskClient, path: str) -> dict[str, bytes]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.fixture
def picture(app: APIFlask, cast: Cast) -> Callable[[int], str]:
    """Attach a picture to a page and give its address."""

    def attach(page_id: int) -> str:
        with app.app_context():
            page = db.session.get(Page, page_id)
            entry = attachments.attach(io.BytesIO(PNG), "dot.png", cast.person("alice"), page)
            return f"/attachments/{entry.id}/dot.png"

    return attach


@pytest.fixture
def write(app: APIFlask, cast: Cast) -> Callable[[int, str], None]:
    """Give a page another text."""

    def save(page_id: int, body: str) -> None:
        with app.app_context():
            page = db.session.get(Page, page_id)
            assert page is not None
            draft = service.current_draft(page)
            new = service.PageDraft(**{**draft.__dict__, "body": body})
            service.revise(page, new, cast.person("alice"), page.revision_number)

    return save


def test_a_page_comes_with_front_matter_and_its_files(
    as_: SignIn, page: Make, picture: Callable[[int], str], write: Callable[[int, str], None]
) -> None:
    number = page("Returns", tags=("shop",))
    write(number, f"See:\nhere.\n\n![A dot]({picture(number)})")
    files = unpacked(as_("carol"), f"/exports/{number}/markdown")
    assert set(files) == {"returns.md", "files/1/dot.png"}
    block, body = front_matter.split(files["returns.md"].decode())
    facts = front_matter.read(block)
    assert facts["title"] == "Returns"
    assert (facts["kind"], facts["tags"], facts["team"]) == ("guide", ["shop"], "Service")
    assert facts["files"] == ["files/1/dot.png"]
    assert body.strip() == "See:  \nhere.\n\n![A dot](files/1/dot.png)"
    assert files["files/1/dot.png"] == PNG


def test_a_guide_goes_along_with_what_is_below_it(
    as_: SignIn, page: Make, write: Callable[[int, str], None]
) -> None:
    top = page("Handbook")
    first = page("Phone calls", below=top, body="Smile.")
    page("Hold music", below=first, body="None, please.")
    write(top, "Read [[Phone calls]] and [[Refunds|about money]].")
    files = unpacked(as_("carol"), f"/exports/{top}/markdown?below=1")
    assert set(files) == {
        "handbook/index.md",
        "handbook/phone-calls/index.md",
        "handbook/phone-calls/hold-music.md",
    }
    text = files["handbook/index.md"].decode()
    assert "Read [Phone calls](phone-calls/index.md) and [[Refunds|about money]]." in text


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_no_title_takes_the_place_of_another_file(as_: SignIn, page: Make, form: str) -> None:
    top = page("Files")
    for title in ("index", "Index"):
        page(title, below=top)
    page("Contents")
    packed = io.BytesIO(as_("carol").get(f"/exports/pages/{form}").data)
    names = zipfile.ZipFile(packed).namelist()
    assert len({name.lower() for name in names}) == len(names) == (4 if form == "markdown" else 6)


def test_nothing_hidden_goes_along(
    as_: SignIn, page: Make, write: Callable[[int, str], None]
) -> None:
    top = page("Handbook")
    page("Secret rota", below=top, visibility="team", body="Bob on Monday")
    write(top, "See [[Secret rota]].")
    for path in (f"/exports/{top}/markdown?below=1", "/exports/pages/markdown"):
        files = unpacked(as_("carol"), path)
        assert len(files) == 1
        assert b"Monday" not in next(iter(files.values()))
        assert b"[[Secret rota]]" in next(iter(files.values()))
    hidden = unpacked(as_("carol"), "/exports/pages/html")
    assert not any(b"Monday" in content or b"/pages/2" in content for content in hidden.values())
    assert len(unpacked(as_("bob"), "/exports/pages/markdown")) == 2


def test_who_may_not_see_it_cannot_export_it(as_: SignIn, page: Make) -> None:
    number = page("Secret rota", visibility="team")
    assert as_("carol").get(f"/exports/{number}/markdown").status_code == 404
    assert as_("eve").get(f"/exports/{number}/markdown").status_code in (302, 401)
    assert as_("bob").get(f"/exports/{number}/pdf").status_code == 404


def test_html_pages_need_nothing_but_each_other(
    as_: SignIn, page: Make, picture: Callable[[int], str], write: Callable[[int, str], None]
) -> None:
    top = page("Handbook & <more>")
    page("Phone calls", below=top)
    write(top, f"[[Phone calls]] <script>alert(1)</script> ![A dot]({picture(top)})")
    files = unpacked(as_("carol"), "/exports/pages/html")
    assert "style.css" in files
    html = files["handbook-more/index.html"].decode()
    assert "<title>Handbook &amp; &lt;more&gt;</title>" in html
    assert 'href="phone-calls.html"' in html
    assert 'src="../files/1/dot.png"' in html
    assert "<script" not in html
    assert "Phone calls" in files["contents.html"].decode()


def test_what_was_exported_can_be_imported_again(
    app: APIFlask,
    cast: Cast,
    as_: SignIn,
    page: Make,
    term: Make,
    picture: Callable[[int], str],
    write: Callable[[int, str], None],
    tmp_path: object,
) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    top = page("Handbook", tags=("shop",))
    below = page(
        "Phone calls", below=top, position=3, body="One\ntwo\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"
    )
    term("FCR", "Solved at once.", also_called="Erstlösung")
    write(top, f"[[Phone calls]] ![A dot]({picture(top)})\n\n```\n[[not a link]]\n```")
    answer = as_("carol").get("/exports/pages/markdown")
    (tmp_path / "export.zip").write_bytes(answer.data)
    with app.app_context():
        report = running.import_wiki(tmp_path / "export.zip", cast.person("mia"), Options("again"))
        assert (report.created, report.rejected, report.missing) == (3, [], [])
        found = db.session.scalars(select(Page).where(Page.source == "wiki:again"))
        pages = {one.title: one for one in found}
        again = pages["Phone calls"]
        assert again.body == db.session.get(Page, below).body  # type: ignore[union-attr]
        assert (again.parent_id, again.position) == (pages["Handbook"].id, 3)
        assert f"[[#{again.id}|Phone calls]]" in pages["Handbook"].body
        assert "![A dot](/attachments/2/dot.png)" in pages["Handbook"].body
        assert "[[not a link]]" in pages["Handbook"].body
        assert (pages["FCR"].kind, pages["FCR"].definition) == ("term", "Solved at once.")
        assert pages["FCR"].also_called == "Erstlösung"


def test_insights_come_with_their_customers_words(app: APIFlask, cast: Cast, as_: SignIn) -> None:
    from cxwiki.insights import service as insights
    from cxwiki.insights.service import Draft

    with app.app_context():
        alice = cast.person("alice")
        made = insights.publish(Draft("Long wait", "On **hold**."), cast.team("service"), alice)
        insights.add_evidence(made, "I waited\nan hour.", alice, "Call")
        secret = Draft("Short of people", visibility="team")
        insights.publish(secret, cast.team("service"), alice)
    files = unpacked(as_("carol"), "/exports/insights/markdown?kind=pain_point")
    assert set(files) == {"long-wait.md"}
    text = files["long-wait.md"].decode()
    assert "status: open" in text
    assert "On **hold**." in text
    assert "> I waited\n> an hour.\n>\n> — Call" in text.replace("  \n", "\n")
    html = unpacked(as_("carol"), "/exports/1/html")["long-wait.html"]
    assert b"<blockquote>" in html
