"""Uploading raw answers: who may, the mapping with its preview, the worker, killing it, undoing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cxwiki import i18n
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.kpis import answer_uploads, answers
from cxwiki.kpis.answer_cells import Columns
from cxwiki.kpis.models import Answer, Kpi
from tests.kpis.answer_files import USUAL, figures, uploads

FILE = "id,day,value,channel\n1,2026-03-01,9,app\n2,2026-03-02,0,phone\n3,2026-03-03,oops,app\n"
CHOSEN = {
    "value": "value",
    "answered_on": "day",
    "external_id": "id",
    "slashes": "",
    "decimals": "point",
}


@pytest.fixture
def send(as_):
    """Upload a file as somebody; returns the answer."""

    def post(
        kpi_id: int, content: str | bytes = FILE, by: str = "alice", name: str = "answers.csv"
    ):
        content = content.encode() if isinstance(content, str) else content
        data = {"file": (io.BytesIO(content), name), "source": "survey"}
        return as_(by).post(f"/kpis/{kpi_id}/answers", data=data)

    return post


@pytest.fixture(autouse=True)
def no_files(app) -> None:
    """The folder of files outlives a test."""
    for path in kept(app):
        path.unlink()


def kept(app) -> list[Path]:
    with app.app_context():
        folder = i18n.settings().data / "answers"
        return list(folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("mia", 303),
        ("admin", 303),
        ("alice", 303),
        ("bob", 403),
        ("carol", 403),
        ("dave", 403),
        ("rita", 403),
        ("eve", 302),
    ],
)
def test_whoever_may_measure_may_upload(app, as_, kpi, send, name, status):
    kpi_id = kpi()
    assert send(kpi_id, by=name).status_code == status
    pages = (
        as_(name).get(f"/kpis/{kpi_id}/answers").status_code,
        as_(name).get(f"/kpis/{kpi_id}/answers.csv").status_code,
    )
    assert pages == ((200, 200) if status == 303 else (status, status))


def test_the_answers_of_a_team_are_nobody_elses(app, as_, kpi, send):
    kpi_id = kpi(visibility="team")
    page = send(kpi_id).location
    for name in ("mia", "carol", "rita"):
        assert as_(name).get(page).status_code in (403, 404)
        assert as_(name).get(f"{page}/errors.csv").status_code in (403, 404)
        assert send(kpi_id, by=name).status_code in (403, 404)


def test_an_upload_belongs_to_its_kpi(as_, kpi, send):
    send(kpi())
    assert as_("mia").get(f"/kpis/{kpi()}/answers/1").status_code == 404


def test_columns_are_guessed_shown_and_chosen_before_anything_is_written(
    app, as_, kpi, send, count
):
    kpi_id = kpi()
    page = send(kpi_id).location
    shown = as_("alice").get(page).text
    assert "Which column holds what?" in shown
    assert "<td>phone</td>" in shown
    assert "“oops”. This is not a number." in shown
    assert count(Answer) == 0
    wrong = as_("alice").post(f"{page}/columns", data={**CHOSEN, "value": "id", "wish": "preview"})
    assert wrong.status_code == 200
    assert (
        as_("alice").post(f"{page}/columns", data={**CHOSEN, "value": "nothing"}).status_code == 422
    )
    assert count(Answer) == 0


def test_a_small_file_is_read_at_once_and_its_refused_rows_are_named(app, as_, kpi, send, count):
    kpi_id = kpi()
    page = send(kpi_id).location
    answer = as_("alice").post(
        f"{page}/columns", data={**CHOSEN, "dimension_1": "channel", "wish": "read"}
    )
    assert answer.status_code == 303
    shown = as_("alice").get(page).text
    assert "Rows that were left out" in shown
    assert count(Answer) == 2
    table = as_("alice").get(f"{page}/errors.csv")
    assert table.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert rows[1] == ["4", "value: “oops”. This is not a number."]
    assert kept(app) == []
    with app.app_context():
        [event] = db.session.scalars(select(Event).where(Event.name == "answers.uploaded")).all()
        assert event.subject_id == kpi_id


def test_a_check_writes_nothing_and_says_what_would_be(app, as_, kpi, send, count):
    kpi_id = kpi()
    page = send(kpi_id).location
    as_("alice").post(f"{page}/columns", data={**CHOSEN, "wish": "check"})
    assert "nothing was written" in as_("alice").get(page).text
    assert count(Answer) == 0
    with app.app_context():
        [upload] = uploads()
        assert (upload.recorded, upload.refused) == (2, 1)
    as_("alice").post(f"{page}/columns", data={**CHOSEN, "wish": "read"})
    assert count(Answer) == 2


def test_a_large_file_goes_through_the_worker_and_says_how_far_it_is(
    app, as_, kpi, send, count, work_off, monkeypatch
):
    monkeypatch.setattr(answer_uploads, "AT_ONCE", 10)
    kpi_id = kpi()
    page = send(kpi_id).location
    as_("alice").post(f"{page}/columns", data={**CHOSEN, "wish": "read"})
    assert "is being read" in as_("alice").get(page).text
    assert count(Answer) == 0
    assert work_off() == 0
    assert "is being read" not in as_("alice").get(page).text
    assert count(Answer) == 2
    # Whoever is too quick, or comes back, does not start it again.
    again = as_("alice").post(f"{page}/columns", data={**CHOSEN, "wish": "read"})
    assert again.status_code in (303, 422)
    assert count(Answer) == 2


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_killed_worker_goes_on_where_it_was_and_nothing_is_doubled(
    app, cast, kpi, monkeypatch, after, named
):
    """Whatever was committed when it died: rows, all rows, or all but the last word."""
    from werkzeug.datastructures import FileStorage

    class Killed(BaseException):
        pass

    content = "id,day,value\n" + "".join(f"{n},2026-0{1 + n % 3}-01,{n % 11}\n" for n in range(20))
    columns = USUAL if named else Columns(value="value", answered_on="day")
    kpi_id, whole = kpi(), kpi()
    with app.app_context():
        monkeypatch.setattr(answer_uploads, "BATCH", 8)
        write, calls = answer_uploads._write, []

        def dying(*given):
            write(*given)
            calls.append(1)
            if len(calls) == after:
                raise Killed

        ids = {}
        for number in (kpi_id, whole):
            target = db.session.get_one(Kpi, number)
            file = FileStorage(io.BytesIO(content.encode()), filename="a.csv")
            kept = answer_uploads.accept(target, file, "survey", cast.person("alice"))
            answer_uploads._request(kept, columns, dry_run=False, at_once=True)
            ids[number] = kept.id
        monkeypatch.setattr(answer_uploads, "_write", dying)
        with pytest.raises(Killed):
            answer_uploads.run(ids[kpi_id])
        db.session.rollback()
        monkeypatch.setattr(answer_uploads, "_write", write)
        answer_uploads.run(ids[kpi_id])
        answer_uploads.run(ids[kpi_id])  # and once more, as a queue may
        answer_uploads.run(ids[whole])
        assert figures(kpi_id) == figures(whole)
        assert db.session.scalar(select(func.count(Answer.id)).where(Answer.kpi_id == kpi_id)) == 20
        one, other = uploads()
        assert (one.rows, one.recorded, one.state) == (other.rows, other.recorded, other.state)


def test_a_transaction_that_fails_leaves_neither_rows_nor_progress(
    app, cast, kpi, monkeypatch, read
):
    def breaks(*_given, **_more):
        raise RuntimeError

    monkeypatch.setattr(answers.bulk, "insert_answers", breaks)
    with pytest.raises(RuntimeError):
        read(kpi(), FILE)
    db.session.rollback()
    [upload] = uploads()
    assert (upload.rows, upload.recorded) == (0, 0)


def test_the_same_file_without_ids_is_counted_once(context, kpi, read):
    kpi_id, columns = kpi(), Columns(value="value", answered_on="day")
    read(kpi_id, FILE, columns)
    again = read(kpi_id, FILE, columns)
    assert (again.recorded, again.unchanged) == (0, 2)
    assert figures(kpi_id) == {("2026-03-01", ""): ("0", 2)}


def test_an_upload_can_be_taken_back_and_what_it_corrected_counts_again(app, as_, kpi, read):
    kpi_id = kpi()
    read(kpi_id, "id,day,value\n1,2026-03-01,10\n")
    second = read(kpi_id, "id,day,value\n1,2026-03-01,0\n2,2026-04-01,0\n")
    assert figures(kpi_id) == {("2026-03-01", ""): ("-100", 1), ("2026-04-01", ""): ("-100", 1)}
    page = f"/kpis/{kpi_id}/answers/{second.id}"
    assert as_("alice").post(f"{page}?_method=DELETE").status_code == 303
    assert figures(kpi_id) == {("2026-03-01", ""): ("100", 1)}
    assert "taken back" in as_("alice").get(page).text


def test_a_file_that_nobody_wants_is_thrown_away(app, as_, kpi, send):
    kpi_id = kpi()
    page = send(kpi_id).location
    assert len(kept(app)) == 1
    assert as_("alice").delete(page).status_code == 303
    assert kept(app) == []
    assert as_("alice").get(page).status_code == 404


@pytest.mark.parametrize("content", ["", "one\n1\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_table_is_refused_and_not_kept(app, kpi, send, content):
    assert send(kpi(), content).status_code == 422
    assert kept(app) == []


def test_a_file_above_the_limit_is_refused_with_what_to_do(app, kpi, send, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1024 * 1024)
    answer = send(kpi(), FILE + "x" * 2 * 1024 * 1024)
    assert answer.status_code == 413
    assert "at most 1 MB" in answer.text
    assert "ask an administrator" in answer.text
    assert kept(app) == []


def test_what_goes_out_as_raw_answers_comes_in_again_unchanged(app, as_, public_data, kpi, read):
    import json

    path = public_data / "pub-csv-injection" / "payloads.jsonl"
    if not path.exists():
        pytest.skip("pub-csv-injection is not among the public texts")
    payloads = [json.loads(line)["payload"] for line in path.read_text("utf-8").splitlines()]
    kpi_id = kpi()
    from tests.kpis.test_answers import answer as said

    with app.app_context():
        from cxwiki.kpis.numbers import harmless, unharmed

        ids = list(dict.fromkeys(text.strip() for text in payloads if text.strip()))
        for text in payloads:
            assert harmless(text).lstrip()[:1] not in set("=+-@＝")
            assert unharmed(harmless(text)) == text
        rows = [said(9, text, "channel=Läden") for text in ids]
        target = db.session.get_one(Kpi, kpi_id)
        answers.record_answers(target, rows, "survey", target.owner)
    table = as_("alice").get(f"/kpis/{kpi_id}/answers.csv").data
    assert table.startswith(b"\xef\xbb\xbf")
    for cells in csv.reader(io.StringIO(table.decode("utf-8-sig"))):
        assert not any(cell.lstrip()[:1] in set("=+-@＝\t\r") for cell in cells if cell)
    columns = Columns("value", "answered_on", "external_id", {"channel": "channel"})
    again = read(kpi_id, table, columns)
    assert (again.unchanged, again.recorded, again.corrected, again.errors) == (len(ids), 0, 0, [])
