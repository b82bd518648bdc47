"""Reading files as office programs write them: delimiters, encodings, lines."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask

from cxwiki import text_files
from cxwiki.errors import DomainError
from cxwiki.insights import reading
from cxwiki.insights.reading import LONGEST_LINE, Row

Read = Callable[[str | bytes], list[Row]]


@pytest.fixture
def read(context: APIFlask, tmp_path: Path) -> Read:
    def run(content: str | bytes) -> list[Row]:
        path = tmp_path / "file"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(reading.rows(path, reading.recognise(path)))

    return run


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_dialect_gives_the_same(read: Read, delimiter: str, encoding: str, end: str) -> None:
    text = end.join(
        [
            delimiter.join(line)
            for line in [("title", "body"), ('"Ärger, groß; neu"', "„Gebühr“"), ("B", "")]
        ]
    )
    assert read(text.encode(encoding)) == [
        Row(2, {"title": "Ärger, groß; neu", "body": "„Gebühr“"}),
        Row(3, {"title": "B", "body": ""}),
    ]


def test_a_row_is_named_by_the_line_where_it_begins(read: Read) -> None:
    rows = read('title,body\nA,"one\n\ntwo"\n\nB,"x ""quoted"", y"\nC,\n')
    assert rows == [
        Row(2, {"title": "A", "body": "one\n\ntwo"}),
        Row(6, {"title": "B", "body": 'x "quoted", y'}),
        Row(7, {"title": "C", "body": ""}),
    ]


def test_columns_have_other_names_too_and_unknown_ones_are_passed_over(read: Read) -> None:
    rows = read(" ID ;Text;Lang;Mood\n7;Hello;en;sad\n")
    assert rows == [Row(2, {"external_id": "7", "body": "Hello", "language": "en"})]


def test_empty_lines_before_the_columns_do_no_harm(read: Read) -> None:
    assert read("\n\r\ntitle\nA\n") == [Row(4, {"title": "A"})]


def test_a_row_with_too_many_cells_is_no_guess(read: Read) -> None:
    first, second, third = read("title,body\nA,b,c\nB,b\nC,b,\n")
    assert first.error
    assert "3 cells" in first.error
    assert (second.error, third.error) == (None, None)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "   \t\r\n"])
def test_an_empty_file_is_named_as_such(read: Read, content: str) -> None:
    with pytest.raises(DomainError, match="empty"):
        read(content)


@pytest.mark.parametrize(
    "content",
    ["name;mood\nA;b\n", ";;;\n", "\x00\x01\x02", b"PK\x03\x04\x14\x00\x06\x00", "[1, 2]\n"],
)
def test_a_file_without_title_and_body_is_refused_as_a_whole(
    read: Read, content: str | bytes
) -> None:
    with pytest.raises(DomainError, match="title"):
        read(content)


def test_columns_that_never_end_are_refused(read: Read) -> None:
    with pytest.raises(DomainError, match="cannot be read"):
        read('title,"' + "x" * (LONGEST_LINE + 10))


def test_a_cell_that_never_ends_costs_its_row_and_not_the_file(read: Read) -> None:
    rows = read(f"title\nA\n{'x' * (LONGEST_LINE + 10)}\nB\n")
    assert [row.values.get("title") for row in rows] == ["A", None, "B"]
    assert rows[1].error
    assert [row.line for row in rows] == [2, 3, 4]


def test_json_lines(read: Read) -> None:
    rows = read(
        '{"title": "A", "tags": ["x", "y"], "severity": 3, "body": null, "mood": 1}\n'
        "\n"
        '{"title": \n'
        "[1]\n"
        '"text"\n'
        '{"ID": 7, "text": "Ü"}\n'
    )
    assert rows[0] == Row(1, {"title": "A", "tags": "x, y", "severity": "3"})
    assert [(row.line, row.error is None) for row in rows] == [
        (1, True), (3, False), (4, False), (5, False), (6, True)
    ]  # fmt: skip
    assert rows[-1].values == {"external_id": "7", "body": "Ü"}


def test_json_that_nests_without_end_costs_its_row_alone(read: Read) -> None:
    rows = read('{"title": "A"}\n{"title": ' + "[" * 100_000 + '\n{"title": "B"}\n')
    assert [row.error is None for row in rows] == [True, False, True]


def test_a_json_line_that_is_too_long_costs_its_row_alone(read: Read) -> None:
    rows = read('{"title": "A"}\n{"title": "' + "x" * (LONGEST_LINE * 2) + '"}\n{"title": "B"}\n')
    assert [(row.line, row.error is None) for row in rows] == [(1, True), (2, False), (3, True)]


@pytest.mark.parametrize(
    "make", [lambda n: f"title {n},body {n}\n", lambda n: f'{{"title": "t {n}"}}\n']
)
def test_memory_does_not_grow_with_the_file(
    context: APIFlask,
    tmp_path: Path,
    make: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def peak(count: int) -> int:
        path = tmp_path / f"{count}"
        header = "" if make(0).startswith("{") else "title,body\n"
        path.write_text(header + "".join(make(number) for number in range(count)))
        tracemalloc.start()
        assert sum(1 for _ in reading.rows(path, reading.recognise(path))) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    monkeypatch.setattr(text_files, "PIECE", 10_000)
    peak(10)  # what is loaded once
    assert peak(40_000) < 1.5 * peak(8_000)


def test_tickets_in_three_dialects_are_read_alike(read: Read, public_data: Path) -> None:
    folder = public_data / "pub-tickets-csv"

    def tickets(name: str) -> list[Row]:
        content = (folder / name).read_bytes()
        # These columns are of another program: two of them are what we call title and body.
        for theirs, ours in ((b"Ticket ID", b"external_id"), (b"Ticket Subject", b"title"),
                             (b"Ticket Description", b"body")):  # fmt: skip
            content = content.replace(theirs, ours, 1)
        return read(content)

    whole = tickets("tickets_2000.csv")
    assert (len(whole), {row.error for row in whole}) == (2000, {None})
    assert [row.values["external_id"] for row in whole] == [str(n) for n in range(1, 2001)]
    for name in ("tickets_500_semicolon_cp1252.csv", "tickets_500_utf8bom_crlf.csv"):
        part = tickets(name)
        assert len(part) == 500
        for ours, other in zip(part, whole, strict=False):
            assert ours.values["title"] == other.values["title"]
            body = other.values["body"]
            if "cp1252" in name:  # it has no word for some of the signs
                body = body.encode("cp1252", "replace").decode("cp1252")
            assert ours.values["body"].split() == body.split()
