"""Sending files: to whom, and in such a way that nothing in them ever runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from cxwiki.attachments import showing
from cxwiki.attachments.models import Attachment
from cxwiki.database import db
from cxwiki.events import Event
from tests.attachments.conftest import picture
from tests.attachments.test_kinds import FILES

PAGE = {"Accept": "text/html"}


@pytest.fixture
def attached(app, as_, post):
    """`attached(content, "a.png", visibility="team")` is on an insight of Alice's; gives its id."""

    def make(content: bytes = b"", filename: str = "a.png", visibility: str = "company") -> int:
        import io

        number = post(visibility)
        data = {"file": (io.BytesIO(content or picture()), filename), "subject_id": str(number)}
        assert as_("alice").post("/attachments", data=data, headers=PAGE).status_code == 303
        with app.app_context():
            return db.session.scalar(select(func.max(Attachment.id)))

    return make


@pytest.mark.parametrize("name", FILES)
def test_only_pictures_are_shown_and_nothing_can_run(attached, as_, name: str) -> None:
    content, media_type = FILES[name]
    answer = as_("carol").get(f"/attachments/{attached(content, 'x')}/whatever.html")
    assert answer.status_code == 200
    assert answer.data == content
    assert answer.mimetype == media_type
    shown = media_type in ("image/png", "image/jpeg", "image/gif", "image/webp")
    kept = answer.headers["Content-Disposition"]
    assert kept.startswith("inline;" if shown else "attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.mimetype not in ("text/html", "image/svg+xml", "application/xhtml+xml")


def test_a_name_cannot_break_out_of_the_header_or_the_page(attached, as_, post) -> None:
    number = attached(b"x", 'a"\r\nX-Evil: 1\u202e<script>alert(1)</script>ü.txt')
    answer = as_("carol").get(f"/attachments/{number}/x")
    assert "X-Evil" not in answer.headers
    assert "\u202e" not in answer.headers["Content-Disposition"]
    assert "<script>alert" not in as_("carol").get("/insights/1").text


def test_a_file_is_sent_again_only_if_one_may_still_see_it(attached, as_) -> None:
    number, carol = attached(), as_("carol")
    first = carol.get(f"/attachments/{number}/a.png")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = carol.get(
        f"/attachments/{number}/a.png", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    eve = as_("eve").get(
        f"/attachments/{number}/a.png", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert eve.status_code == 302


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 200), ("bob", 200), ("carol", 404), ("mia", 404), ("dave", 404), ("rita", 404),
     ("admin", 200), ("eve", 302)],
)  # fmt: skip
def test_a_file_is_seen_by_those_who_see_its_page(attached, as_, name: str, status: int) -> None:
    number = attached(visibility="team")
    assert as_(name).get(f"/attachments/{number}/a.png").status_code == status
    assert as_(name).get(f"/attachments/{number}/thumbnail").status_code == status


def test_an_administrator_who_looks_into_a_team_is_written_down(app, attached, as_) -> None:
    as_("admin").get(f"/attachments/{attached(visibility='team')}/a.png")
    with app.app_context():
        assert db.session.scalars(select(Event).where(Event.name == "access.overridden")).all()


@pytest.mark.parametrize("name", ["bob", "carol", "mia", "admin", "rita"])
def test_a_waiting_upload_is_its_owners_alone(upload, as_, name: str) -> None:
    told = upload("alice")
    assert as_("alice").get(told["url"]).status_code == 200
    assert as_(name).get(told["url"]).status_code == 404
    assert as_(name).get(f"/attachments/{told['id']}/thumbnail").status_code == 404
    assert as_(name).delete(f"/attachments/{told['id']}").status_code in (403, 404)


@pytest.mark.parametrize("number", [0, 999, 2**31 - 1, 2**40])
def test_a_file_that_is_not_there_is_not_found(as_, number: int) -> None:
    assert as_("alice").get(f"/attachments/{number}/a.png").status_code == 404
    assert as_("alice").get(f"/attachments/{number}/thumbnail").status_code == 404
    assert as_("alice").delete(f"/attachments/{number}").status_code == 404


@pytest.mark.parametrize("wish", ["0", "999", "x", "-1", str(2**40)])
def test_a_page_that_is_not_there_takes_no_file(upload, wish: str) -> None:
    assert upload(subject_id=wish)["status"] == 404


@pytest.mark.parametrize(("name", "status"), [("carol", 404), ("mia", 404), ("rita", 403)])
def test_who_may_not_attach(upload, post, name: str, status: int) -> None:
    assert upload(name, subject_id=post("team"))["status"] == status


def test_a_lost_content_is_a_missing_page_and_no_crash(attached, as_, folder: Path) -> None:
    number = attached()
    for path in [*(folder / "objects").rglob("*"), *(folder / "thumbnails").rglob("*")]:
        if path.is_file():
            path.unlink()
    assert as_("alice").get(f"/attachments/{number}/a.png").status_code == 404
    small = as_("alice").get(f"/attachments/{number}/thumbnail")
    assert small.location == f"/attachments/{number}/a.png"


def test_the_page_lists_files_with_what_they_are(attached, as_) -> None:
    number = attached(FILES["pdf"][0], "Prices.pdf")
    page = as_("rita").get("/insights/1").text
    assert f'href="/attachments/{number}/prices.pdf"' in page
    assert "PDF" in page
    assert "Attach a file" not in page, "readers attach nothing"
    assert "Attach a file" in as_("carol").get("/insights/1").text


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 byte"), (999, "999 bytes"), (1500, "2 kB"), (2_345_678, "2.3 MB")]
)
def test_sizes_are_said_as_people_say_them(app, size: int, words: str) -> None:
    with app.test_request_context():
        assert showing.size_in_words(size) == words
