"""Taking files away, bringing them back, and forgetting them for good."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from cxwiki.attachments import service, sweeping
from cxwiki.attachments.models import Attachment, Blob
from cxwiki.attachments.storage import store
from cxwiki.database import db, transaction, utcnow
from cxwiki.insights import service as insights
from cxwiki.insights.models import Evidence, Insight
from cxwiki.search.registry import documents
from cxwiki.subjects import Subject
from cxwiki.writing.models import Draft
from tests.attachments.conftest import stored

LONG_AGO = timedelta(days=40)


@pytest.fixture
def on_page(app, cast):
    """`on_page(number, "bob", b"text")` attaches to a subject; gives the attachment's id."""

    def make(number: int, by: str = "bob", content: bytes = b"words", name: str = "a.txt") -> int:
        with app.app_context():
            subject = db.session.get_one(Subject, number)
            return service.attach(io.BytesIO(content), name, cast.person(by), subject).id

    return make


def age(app, number: int, **columns: object) -> None:
    """Let an attachment have happened long ago, and what lies in the store as well."""
    with app.app_context(), transaction():
        db.session.execute(update(Attachment).where(Attachment.id == number).values(**columns))
        db.session.execute(update(Blob).values(stored_at=utcnow() - LONG_AGO))


@pytest.mark.parametrize(
    ("name", "status"),
    [("bob", 204), ("mia", 204), ("admin", 204), ("alice", 403), ("carol", 403), ("rita", 403),
     ("eve", 302)],
)  # fmt: skip
def test_who_removes_a_file(as_, post, on_page, name: str, status: int) -> None:
    number = on_page(post(), "bob")
    assert as_(name).delete(f"/attachments/{number}").status_code == status
    found = as_("carol").get(f"/attachments/{number}/a.txt").status_code
    assert found == (404 if status == 204 else 200)


def test_a_plain_form_removes_and_brings_back(as_, post, on_page) -> None:
    number, bob = on_page(post()), as_("bob")
    page = {"Accept": "text/html"}
    gone = bob.post(f"/attachments/{number}?_method=DELETE", headers=page)
    assert (gone.status_code, gone.location) == (303, "/insights/1-trouble#files")
    assert f"/attachments/{number}/restoration" in bob.get("/insights/1").text
    assert f"/attachments/{number}/restoration" not in as_("carol").get("/insights/1").text
    assert as_("carol").post(f"/attachments/{number}/restoration").status_code == 403
    assert bob.post(f"/attachments/{number}/restoration").status_code == 303
    assert bob.get(f"/attachments/{number}/a.txt").data == b"words"
    assert bob.post(f"/attachments/{number}/restoration").status_code == 404


def test_what_is_removed_is_found_no_more(app, cast, post, on_page) -> None:
    page = post()
    number = on_page(page, content=b"zebra crossing", name="Street.txt")

    def words() -> list[str]:
        return [part.text for part in documents([page])[0].parts if part.source == "attachment"]

    with app.app_context():
        assert words() == ["Street.txt\nzebra crossing"]
        service.remove(db.session.get_one(Attachment, number), cast.person("bob"))
        assert words() == []


def test_after_a_month_a_removed_file_is_gone_for_good(app, post, on_page, folder) -> None:
    number = on_page(post())
    with app.app_context():
        sweeping.sweep()
    assert len(stored(folder)) == 1
    age(app, number, archived_at=utcnow() - LONG_AGO)
    with app.app_context():
        sweeping.sweep()
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0
        assert db.session.scalar(select(func.count()).select_from(Blob)) == 0


def test_a_content_stays_while_anybody_uses_it(app, post, on_page, folder, monkeypatch) -> None:
    monkeypatch.setattr(sweeping, "KEPT_UNKNOWN", timedelta(0))
    first, second = on_page(post()), on_page(post(title="Other"), "carol")
    age(app, first, archived_at=utcnow() - LONG_AGO)
    with app.app_context():
        sweeping.sweep()
        assert [entry.id for entry in db.session.scalars(select(Attachment))] == [second]
    assert len(stored(folder)) == 1
    age(app, second, archived_at=utcnow() - LONG_AGO)
    with app.app_context():
        sweeping.sweep()
    assert stored(folder) == []


def test_an_upload_that_no_text_came_to_name_is_forgotten(app, upload, folder, monkeypatch) -> None:
    monkeypatch.setattr(sweeping, "KEPT_UNKNOWN", timedelta(0))
    number = upload()["id"]
    age(app, number, added_at=utcnow() - LONG_AGO)
    with app.app_context():
        sweeping.sweep()
        assert db.session.get(Attachment, number) is None
    assert stored(folder) == []


def test_an_upload_in_a_draft_waits(app, cast, upload) -> None:
    told = upload()
    age(app, told["id"], added_at=utcnow() - LONG_AGO)
    with app.app_context():
        with transaction():
            values = {"body": f"Ü {told['markdown']}"}
            db.session.add(Draft(user_id=cast.alice, form="insight", key="k", values=values))
        sweeping.sweep()
        assert db.session.get(Attachment, told["id"]) is not None


def test_what_no_row_knows_is_swept_but_not_at_once(app, folder) -> None:
    with app.app_context():
        store().put("ab" * 32, 1, io.BytesIO(b"x"))
        sweeping.sweep()
        assert stored(folder) == ["ab" * 32], "it may belong to an upload that is being written"
        sweeping._forget_content("ab" * 32)
    assert stored(folder) == []


def test_a_quote_outlives_the_file_that_came_with_it(app, cast, as_, post, folder) -> None:
    number, alice = post(), as_("alice")
    data = {"text": "It is broken", "file": (io.BytesIO(b"call 17"), "Call.txt")}
    assert alice.post(f"/insights/{number}/evidence", data=data).status_code == 303
    page = as_("carol").get(f"/insights/{number}").text
    assert page.count("/call.txt") >= 2, "beside the quote, and among the files"
    with app.app_context():
        said = db.session.scalars(select(Evidence)).one()
        file_id = said.attachment_id
        service.remove(said.attachment, cast.person("alice"))
    assert "/call.txt" not in as_("carol").get(f"/insights/{number}").text
    age(app, file_id, archived_at=utcnow() - LONG_AGO)
    with app.app_context():
        sweeping.sweep()
        said = db.session.scalars(select(Evidence)).one()
        assert (said.text, said.attachment_id) == ("It is broken", None)


def test_a_quote_whose_file_is_refused_is_not_saved_and_not_lost(app, as_, post) -> None:
    number = post()
    data = {"text": "It is broken", "file": (io.BytesIO(b"MZ\x00\x01"), "a.exe")}
    answer = as_("alice").post(f"/insights/{number}/evidence", data=data)
    assert answer.status_code == 422
    assert "cannot be attached" in answer.text
    assert "It is broken" in answer.text
    with app.app_context():
        assert db.session.get_one(Insight, number).evidence == []


def test_the_same_file_on_the_same_page_is_attached_once(post, on_page) -> None:
    number = post()
    assert on_page(number) == on_page(number)
    assert on_page(number, name="b.txt") != on_page(number)


def test_an_archived_page_takes_no_file(app, cast, as_, post) -> None:
    number = post()
    with app.app_context():
        insights.archive(db.session.get_one(Insight, number), cast.person("alice"))
    data = {"file": (io.BytesIO(b"x"), "a.txt"), "subject_id": str(number)}
    assert as_("alice").post("/attachments", data=data).status_code == 403


def test_a_content_that_is_swept_while_it_is_attached_is_there_all_the_same(
    app, cast, post, folder
) -> None:
    """Between storing a content and writing its row the sweeper may take it for forgotten."""
    number = post()
    with app.app_context():
        received = service.receive(io.BytesIO(b"words"), "a.txt")
        sweeping._forget_content(received.content["sha256"])
        assert stored(folder) == []
        entry = service.keep(received, cast.person("bob"), db.session.get_one(Subject, number))
        assert service.content(entry).read() == b"words"
        sweeping._forget_row(entry.sha256)
        sweeping._forget_content(entry.sha256)
        assert service.content(entry).read() == b"words", "what has a row stays"
