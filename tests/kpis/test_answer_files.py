"""Files of raw answers as people have them: bad rows are named, good ones kept, bombs refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis import spreadsheets
from cxwiki.kpis.answer_cells import Columns
from cxwiki.kpis.models import Answer, Kpi
from cxwiki.kpis.service import current_draft, edit_kpi
from tests.kpis.answer_files import figures, workbook

HEAD = "id,day,value,channel\n"
SPLIT = Columns("value", "day", "id", {"channel": "channel"})


def reasons(upload) -> list[str]:
    return [reason for _line, reason in upload.errors]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("1,2026-03-01,11,app", "11 is out of the scale from 0 to 10"),
        ("1,2026-03-01,-1,app", "-1 is out of the scale"),
        ("1,2026-03-01,8.5,app", "no whole number"),
        ("1,2026-03-01,nine,app", "“nine”. This is not a number"),
        ("1,2026-03-01,=1+1,app", "“=1+1” is a formula"),
        ("1,2026-03-01,@SUM(1),app", "is a formula"),
        ("1,=TODAY(),9,app", "is a formula"),
        ("=1+1,2026-03-01,9,app", "is a formula"),
        ("1,2026-03-01,9,=cmd", "is a formula"),
        ("1,03/04/2026,9,app", "can be read in two ways"),
        ("1,2026-02-30,9,app", "is no day"),
        ("1,yesterday,9,app", "is no day"),
        ("1,1.3.26,9,app", "is no day"),
        ("1,,9,app", "the day is missing"),
        ("1,2999-01-01,9,app", "has not come yet"),
        ("1,1900-01-01,9,app", "too far back"),
        (",2026-03-01,9,app", "the id is missing"),
        ("1,2026-03-01,9,a;b", "cannot name a segment"),
        ("1,2026-03-01,9,app,more", "5 cells, but only 4 columns"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_good_ones_are_kept(
    context, kpi, read, cells, reason
):
    kpi_id = kpi()
    upload = read(kpi_id, f"{HEAD}a,2026-03-01,10,app\n{cells}\nb,2026-03-01,9,app\n", SPLIT)
    assert (upload.state, upload.recorded, upload.refused) == ("done", 2, 1)
    [(line, said)] = upload.errors
    assert line == 3
    assert reason in said
    assert figures(kpi_id)["2026-03-01", ""] == ("100", 2)


def test_three_ways_to_write_a_day_are_read(context, kpi, read):
    content = "id,day,value\n1,2026-03-01,9\n2,2.3.2026,9\n3,03/03/2026,9\n4,2026-03-04 23:30:00,9\n5,2026-03-04T23:30:00Z,9\n6,2026/03/06,9\n"
    upload = read(kpi(), content)
    assert upload.errors == []
    days = db.session.scalars(db.select(Answer.answered_on).order_by(Answer.id)).all()
    # The fifth one is an hour later in Berlin.
    assert [day.day for day in days] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("slashes", "days", "refused"),
    [
        ("", ["2026-04-25"], ["03/04/2026"]),
        ("dmy", ["2026-04-03", "2026-04-25"], []),
        ("mdy", ["2026-03-04"], ["25/04/2026"]),
    ],
)
def test_an_ambiguous_day_is_decided_for_the_whole_file_or_refused(
    context, kpi, read, slashes, days, refused
):
    columns = Columns("value", "day", "id", slashes=slashes)
    upload = read(kpi(), "id,day,value\n1,03/04/2026,9\n2,25/04/2026,9\n", columns)
    found = db.session.scalars(db.select(Answer.answered_on).order_by(Answer.id)).all()
    assert [f"{day}" for day in found] == days
    assert [any(text in reason for reason in reasons(upload)) for text in refused] == [True] * len(
        refused
    )


def test_the_order_of_day_and_month_is_guessed_only_from_what_shows_it(context, kpi, read):
    assert (
        read(kpi(), "id,day,value\n1,03/04/2026,9\n2,25/04/2026,9\n", None).columns["slashes"]
        == "dmy"
    )
    assert (
        read(kpi(), "id,day,value\n1,03/04/2026,9\n2,04/25/2026,9\n", None).columns["slashes"]
        == "mdy"
    )
    assert (
        read(kpi(), "id,day,value\n1,03/04/2026,9\n2,05/06/2026,9\n", None).columns["slashes"] == ""
    )


def test_mixed_decimal_commas_are_read_where_they_are_clear(context, kpi, read):
    kpi_id = kpi(kind="ttr", unit="hours", scale_min=Decimal(0), scale_max=None)
    content = "id;day;value\n1;2026-03-01;3,5\n2;2026-03-01;3.5\n3;2026-03-01;1.234,5\n4;2026-03-01;1,234.5\n5;2026-03-01;1.234\n6;2026-03-01;1,234\n"
    upload = read(kpi_id, content, Columns("value", "day", "id", decimal_comma=True))
    values = db.session.scalars(db.select(Answer.value).order_by(Answer.id)).all()
    assert [f"{value:f}" for value in values] == ["3.5", "3.5", "1234.5", "1234.5", "1.234"]
    assert [line for line, _reason in upload.errors] == [6]
    assert "two ways" in reasons(upload)[0]


def test_an_unknown_segment_is_refused_and_a_known_one_spelt_as_the_kpi_does(
    context, cast, kpi, read
):
    from dataclasses import replace

    kpi_id = kpi()
    known = db.session.get_one(Kpi, kpi_id)
    draft = replace(current_draft(known), dimensions=(("channel", ("App", "Phone")),))
    edit_kpi(known, draft, cast.person("admin"))
    upload = read(kpi_id, f"{HEAD}1,2026-03-01,9,app\n2,2026-03-01,9,fax\n3,2026-03-01,9,\n", SPLIT)
    assert reasons(upload) == ["channel: “fax” is not known. Known: App, Phone."]
    assert figures(kpi_id) == {
        ("2026-03-01", ""): ("100", 2),
        ("2026-03-01", "channel=App"): ("100", 1),
    }


def test_a_column_of_names_is_no_segment(context, kpi, read, monkeypatch):
    monkeypatch.setattr("cxwiki.kpis.dimensions.MOST_KEYS", 3)
    rows = "".join(f"{n},2026-03-01,9,name {n}\n" for n in range(5))
    upload = read(kpi(), HEAD + rows, SPLIT)
    assert (upload.recorded, upload.refused) == (3, 2)
    assert "does not name segments" in reasons(upload)[0]


def test_yes_and_no_are_understood_where_there_is_nothing_else(context, kpi, read):
    kpi_id = kpi(kind="fcr", unit="%", scale_min=Decimal(0))
    upload = read(
        kpi_id,
        "id,day,value\n1,2026-03-01,yes\n2,2026-03-01,Nein\n3,2026-03-01,1\n4,2026-03-01,TRUE\n5,2026-03-01,maybe\n",
    )
    assert (figures(kpi_id), upload.refused) == ({("2026-03-01", ""): ("75", 4)}, 1)


def test_who_did_not_answer_is_no_error(context, kpi, read):
    upload = read(kpi(), "id,day,value\n1,2026-03-01,\n2,2026-03-01,  \n3,2026-03-01,9\n")
    assert (upload.rows, upload.recorded, upload.refused, upload.columns["empty"]) == (3, 1, 0, 2)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"just one column\n1\n", b"\x89PNG\x00\x01,\n", b"PK\x03\x04 no archive",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook",
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_as_a_whole(context, kpi, read, content):
    with pytest.raises(DomainError):
        read(kpi(), content)


def test_a_file_without_the_column_is_refused(context, cast, kpi, read):
    upload = read(kpi(), "id,day,score\n1,2026-03-01,9\n")
    assert (upload.state, upload.problem) == ("failed", "The file has no column “value”.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_umlauts_survive_what_office_programs_write(context, kpi, read, encoding):
    kpi_id = kpi()
    read(kpi_id, f"{HEAD}1,2026-03-01,9,Läden\n".encode(encoding), SPLIT)
    assert ("2026-03-01", "channel=Läden") in figures(kpi_id)


# --- workbooks ------------------------------------------------------------------------------------


def test_a_workbook_says_the_same_as_the_table(context, kpi, read):
    kpi_id = kpi()
    rows = [
        ["id", "day", "value", "channel"],
        [1, date(2026, 3, 1), 9, "app"],
        [2, datetime(2026, 3, 2, 10, 30), 0.0, "Läden"],  # noqa: DTZ001
        ["3", "2026-03-03", "10", None],
    ]
    upload = read(kpi_id, workbook(rows), SPLIT)
    assert (upload.recorded, upload.errors) == (3, [])
    again = read(
        kpi_id, f"{HEAD}1,2026-03-01,9,app\n2,2026-03-02,0,Läden\n3,2026-03-03,10,\n", SPLIT
    )
    assert again.unchanged == 3


def test_a_formula_in_a_workbook_is_named_by_its_place(context, kpi, read):
    rows = [
        ["id", "day", "value"],
        [1, date(2026, 3, 1), "=5+4"],
        [2, date(2026, 3, 1), 9],
        [3, "=TODAY()", 9],
    ]
    upload = read(kpi(), workbook(rows))
    assert upload.recorded == 1
    assert upload.errors == [
        [2, "value: C2 is a formula. Put its value there instead."],
        [4, "day: B4 is a formula. Put its value there instead."],
    ]


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def test_a_bomb_is_refused_before_it_is_opened(context, kpi, read, monkeypatch):
    monkeypatch.setattr(spreadsheets, "load_workbook", None)  # nobody gets that far
    bomb = packed(xl__worksheets__sheet1=b"<c/>" * 5_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(DomainError, match="unpacks to far more"):
        read(kpi(), bomb)


def test_a_bomb_that_lies_about_its_size_is_refused(context, kpi, read, monkeypatch):
    monkeypatch.setattr(spreadsheets, "load_workbook", None)
    content = b"<c/>" * 5_000_000
    bomb = packed(xl__worksheets__sheet1=content)
    size = len(content).to_bytes(4, "little")
    assert size in bomb
    with pytest.raises(DomainError, match="cannot be read"):
        read(kpi(), bomb.replace(size, (1000).to_bytes(4, "little")))


def test_two_cells_far_apart_do_not_fill_the_memory(context, kpi, read, monkeypatch):
    monkeypatch.setattr(spreadsheets, "load_workbook", None)
    sheet = b'<sheetData><row><c r="A1"/></row><row><c s="1" r="XFD1048576"/></row></sheetData>'
    with pytest.raises(DomainError, match="too large for a workbook"):
        read(kpi(), packed(xl__worksheets__sheet1=sheet))


FAR = "XFD1048576"


@pytest.mark.parametrize(
    ("place", "rows"),
    [
        ("xl/other/part", f'<c r="{FAR}"/>'),
        ("xl/chartsheets/sheet1", f'<c r="{FAR}"/>'),
        ("XL/Worksheets/Sheet1", f'<c r="{FAR}"/>'),
        ("xl/worksheets/sheet1", f'<c r = "{FAR}"/>'),
        ("xl/worksheets/sheet1", f'<c r="{FAR.lower()}"/>'),
        ("xl/worksheets/sheet1", f'<c s=">" r="{FAR}"/>'),
        ("xl/worksheets/sheet1", f"""<c s=' r="A1"' r="{FAR}"/>"""),
        ("xl/worksheets/sheet1", f'<x:c{" " * 70_000} r="{FAR}"/>'),
        ("xl/worksheets/sheet1", '<c r="XFD1"/><row r="1048576"><c/></row>'),
        ("xl/worksheets/sheet1", '<row r="1048576"/><c r="XFD1"/>'),
    ],
)
def test_no_disguise_of_a_far_cell_reaches_the_reader(place, rows, context, kpi, read, monkeypatch):
    """The reader would ask for half a terabyte, and take the whole process with it."""
    monkeypatch.setattr(spreadsheets, "load_workbook", None)
    for piece in (spreadsheets.PIECE, 50):
        monkeypatch.setattr(spreadsheets, "PIECE", piece)
        content = f'<sheetData><row r="1"><c r="A1"/>{rows}</row></sheetData>'.encode()
        with pytest.raises(DomainError, match=r"too large for a workbook|cannot be read"):
            read(kpi(), packed(**{place: content}))


def test_the_reader_is_given_only_what_was_looked_at(context, tmp_path):
    file, copy = tmp_path / "book.xlsx", tmp_path / "copy.xlsx"
    file.write_bytes(workbook([["id", "day"], [1, 2]]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"a program")
    spreadsheets._look_over(file, copy)
    with zipfile.ZipFile(copy) as archive:
        names = archive.namelist()
    assert "xl/workbook.xml" in names
    assert all(name.endswith((".xml", ".rels")) for name in names)


def test_a_cell_across_two_pieces_is_seen(context, tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "PIECE", 7)
    file = tmp_path / "book.xlsx"
    file.write_bytes(workbook([["id", "day"], [1, "=1+1"], [2, "=2+2"]]))
    assert spreadsheets._look_over(file, tmp_path / "copy.xlsx") == {b"B2", b"B3"}


def test_a_zip_that_is_no_workbook_is_refused(context, kpi, read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(DomainError, match="cannot be read"):
        read(kpi(), out.getvalue())
