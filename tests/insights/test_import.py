"""Import rules that a whole file has to keep.

What a single row may say is in test_importing.py, how files are written in test_reading.py.
"""

from __future__ import annotations

import html

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.insights.models import Insight
from tests.conftest import SignIn
from tests.insights.conftest import Import


def test_a_file_of_an_office_program_comes_in_as_it_was_meant(import_text: Import) -> None:
    """Windows-1252, semicolons, quoted line ends: and a bad row is named by its true line."""
    text = (
        'external_id;title;body;severity\r\n1;Gebühr;"Zu hoch,\r\nsagt er.\r\n";2\r\n'
        "2;Ärger;;hoch\r\n3;Büro;;\r\n"
    )
    report = import_text(text.encode("cp1252"))
    found = {one.title: one.body for one in db.session.scalars(select(Insight))}
    assert found == {"Gebühr": "Zu hoch,\nsagt er.", "Büro": ""}
    assert [row["line"] for row in report.rejected] == [5]


def test_a_byte_order_mark_is_no_part_of_the_first_column(import_text: Import) -> None:
    import_text("\ufefftitle;body\nÄrger;b\n")
    assert [one.title for one in db.session.scalars(select(Insight))] == ["Ärger"]


def test_columns_without_rows_are_an_import_of_nothing(import_text: Import) -> None:
    assert import_text("title,body\n").rows == 0


def test_one_file_may_hold_good_and_bad_lines_of_json(import_text: Import) -> None:
    report = import_text('{"title": "A"}\n{broken\n{"text": "B"}\n[]\n')
    assert sorted(db.session.scalars(select(Insight.title))) == ["A", "B"]
    assert [row["line"] for row in report.rejected] == [2, 4]


def test_a_formula_is_shown_as_the_text_it_is(import_text: Import, as_: SignIn) -> None:
    formula = '=HYPERLINK("http://x.example","Click")'
    import_text(f'title,body\n"{formula.replace(chr(34), chr(34) * 2)}",@SUM(1)\n')
    found = db.session.scalars(select(Insight)).one()
    number = found.id
    assert (found.title, found.body) == (formula, "@SUM(1)")
    page = as_("bob").get(f"/insights/{number}").text
    assert formula in html.unescape(page)
    assert 'href="http://x.example"' not in page
