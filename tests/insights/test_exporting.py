"""Exports: exactly what the reader may see, harmless in a spreadsheet, and whole on the way back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from apiflask import APIFlask
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from cxwiki.accounts import administering
from cxwiki.database import db
from cxwiki.discussion.service import parse_tags, tags_of
from cxwiki.insights import exporting, importing, service, workbook_texts
from cxwiki.insights.importing import Options
from cxwiki.insights.listing import Filters
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.kpis.numbers import harmless, unharmed
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Import, Make

FORMULAS = [
    "=1+1",
    "+1-1",
    "-2+3",
    "@SUM(A1)",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "' =x",
    "'=x",
    "''=x",
    "'plain",
    '=HYPERLINK("http://elsewhere.example";"Click")',
]
ODD = [
    "_x0041_",
    "_x005F_",
    "_x005F_xFFFE_",
    "_xFFFE_",
    "\ufffe and \uffff",
    "\x01\x1f\x7f",
    "\u2028\u2029\x85",
    "00123",
    "1E5",
    "TRUE",
    "2026-05-31",
    "😀" * 90,
    "<script>alert(1)</script>",
    "a\tb\n\n  c",
]


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.fixture
def export(app: APIFlask, cast: Cast, tmp_path: Path) -> Callable[..., Path]:
    """`export("csv")` writes a file of what a person sees."""

    def run(kind: str, name: str = "admin", **filters: Any) -> Path:
        path = tmp_path / f"export.{kind}"
        with app.test_request_context():
            written = exporting.WRITERS[kind](Filters(**filters), cast.person(name))
            path.write_bytes(written.read())
        return path

    return run


def empty_out() -> None:
    """As if on another site: what was exported is not there."""
    for insight in db.session.scalars(select(Insight)):
        insight.source, insight.external_id = "gone", str(insight.id)
    db.session.commit()


def came_back() -> list[Insight]:
    query = select(Insight).where(Insight.source == "import").order_by(Insight.created_at)
    return list(db.session.scalars(query))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
class TestThereAndBack:
    @pytest.mark.parametrize("text", FORMULAS + ODD)
    def test_every_text_comes_back_as_it_was(
        self, context: APIFlask, cast: Cast, export: Callable[..., Path], kind: str, text: str
    ) -> None:
        draft = Draft(f"{text} title", text, tags=tuple(parse_tags(text)))
        made = service.publish(draft, cast.team("service"), cast.person("alice"))
        said = (made.title, made.body, tags_of(made), made.created_at)
        path = export(kind)
        empty_out()
        report = importing.import_file(path, cast.person("admin"), Options())
        assert report.rejected == []
        [found] = came_back()
        assert (found.title, found.body, tags_of(found), found.created_at) == said

    def test_all_that_the_import_knows_is_kept(
        self, context: APIFlask, cast: Cast, export: Callable[..., Path], kind: str
    ) -> None:
        draft = Draft("Only for us", "Text", "best_practice", "team", ("a", "b c"), 4, 7, "phone",
                      "de")  # fmt: skip
        made = service.publish(draft, cast.team("billing"), cast.person("carol"))
        kept = service.current_draft(made)
        path = export(kind)
        empty_out()
        importing.import_file(path, cast.person("admin"), Options())
        [found] = came_back()
        again = service.current_draft(found)
        assert again.__dict__ == {**kept.__dict__, "customers_affected": None}
        assert (found.team_id, found.author_id) == (cast.billing, cast.carol)

    def test_a_body_longer_than_a_cell_may_be_is_whole(
        self, context: APIFlask, cast: Cast, export: Callable[..., Path], kind: str
    ) -> None:
        body = ("= 0123456789\n" * 5000).strip()
        service.publish(Draft("Long", body), cast.team("service"), cast.person("alice"))
        path = export(kind)
        empty_out()
        importing.import_file(path, cast.person("admin"), Options())
        assert [found.body for found in came_back()] == [body]

    def test_the_same_export_read_again_changes_nothing(
        self, context: APIFlask, cast: Cast, export: Callable[..., Path], kind: str
    ) -> None:
        for number in range(3):
            service.publish(Draft(f"= {number}", "- x"), cast.team("service"), cast.person("alice"))
        path = export(kind)
        empty_out()
        importing.import_file(path, cast.person("admin"), Options())
        report = importing.import_file(path, cast.person("admin"), Options())
        assert (report.created, report.updated, report.unchanged) == (0, 0, 3)


class TestHarmless:
    @pytest.mark.parametrize("text", FORMULAS[:8] + FORMULAS[-1:])
    def test_no_cell_begins_a_formula(
        self, context: APIFlask, cast: Cast, export: Callable[..., Path], text: str
    ) -> None:
        made = service.publish(
            Draft(text, text, tags=(text.lower()[:60],)),
            cast.team("service"),
            cast.person("alice"),
        )
        service.add_evidence(made, text, cast.person("bob"), text)
        for row in csv.reader(export("csv").open(encoding="utf-8-sig", newline="")):
            assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r＝＋－＠")]
        sheet = openpyxl.load_workbook(export("xlsx")).active
        assert sheet is not None
        for cells in sheet.iter_rows():
            assert not [cell for cell in cells if cell.data_type == "f"]
            assert not [cell for cell in cells if str(cell.value or "")[:1] in tuple("=+-@＝")]

    @given(st.text())
    @example("''' =")
    def test_what_was_made_harmless_is_taken_back_exactly(self, text: str) -> None:
        assert unharmed(harmless(text)) == text

    @given(st.text(st.sampled_from("_x05FE\ufffe\uffff\x01a"), max_size=40))
    def test_what_xml_cannot_hold_is_taken_back_exactly(self, text: str) -> None:
        """The reader of workbooks resolves _xHHHH_ but for the last two of a plane."""

        def reader(cell: str) -> str:
            def resolve(found: re.Match[str]) -> str:
                number = int(found[1], 16)
                return found[0] if number >= 0xFFFE else chr(number)

            return re.sub("_x([0-9A-Fa-f]{4})_", resolve, cell)

        held = workbook_texts.written(text)
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", held)
        assert workbook_texts.read(reader(held)) == text

    @given(st.text())
    def test_pieces_are_the_whole(self, text: str) -> None:
        long = text * 3000
        parts = workbook_texts.pieces(long)
        assert "".join(parts) == long
        assert all(len(part.encode("utf-16-le", "surrogatepass")) // 2 <= 32_767 for part in parts)


class TestWhoSeesWhat:
    @pytest.fixture(autouse=True)
    def insights(self, insight: Make) -> None:
        insight("Open to all", tags=("billing",))
        insight("Service keeps this", visibility="team")
        insight("Billing keeps this", by="carol", visibility="team", kind="best_practice")

    @pytest.mark.parametrize(
        ("name", "titles"),
        [
            ("bob", {"Open to all", "Service keeps this"}),
            ("carol", {"Open to all", "Billing keeps this"}),
            ("rita", {"Open to all", "Billing keeps this"}),
            ("mia", {"Open to all"}),
            ("dave", {"Open to all"}),
            ("admin", {"Open to all", "Service keeps this", "Billing keeps this"}),
        ],
    )
    def test_an_export_holds_what_its_reader_sees(
        self, as_: SignIn, name: str, titles: set[str], tmp_path: Path
    ) -> None:
        data = as_(name).get("/insights/export.csv").data
        assert {row["title"] for row in table(data)} == titles
        path = tmp_path / "x.xlsx"
        path.write_bytes(as_(name).get("/insights/export.xlsx").data)
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        assert {row[1] for row in sheet.iter_rows(min_row=2, values_only=True)} == titles

    def test_nobody_who_is_not_signed_in(self, as_: SignIn) -> None:
        for kind in ("csv", "xlsx"):
            assert as_("eve").get(f"/insights/export.{kind}").status_code == 302

    def test_the_filters_of_the_list_hold(self, as_: SignIn) -> None:
        address = "/insights/export.csv?kind=best_practice&sort=oldest"
        assert [row["title"] for row in table(as_("carol").get(address).data)] == [
            "Billing keeps this"
        ]
        page = as_("carol").get("/insights/?kind=best_practice").get_data(as_text=True)
        assert "/insights/export.csv?kind=best_practice" in page

    @pytest.mark.parametrize("names", ["endpoint=x", "_anchor=x&_external=1", "kind=", "a=" * 50])
    def test_an_address_with_odd_names_is_only_an_address(self, as_: SignIn, names: str) -> None:
        assert as_("carol").get(f"/insights/?{names}").status_code == 200
        assert as_("carol").get(f"/insights/export.csv?{names}").status_code == 200

    def test_addresses_of_people_are_for_administrators(self, as_: SignIn) -> None:
        [row] = table(as_("mia").get("/insights/export.csv").data)
        assert (row["author"], row["author_email"]) == ("Alice", "")
        rows = table(as_("admin").get("/insights/export.csv").data)
        assert {row["author_email"] for row in rows} == {"alice@example.org", "carol@example.org"}


def test_it_comes_as_a_file_of_today(as_: SignIn, insight: Make) -> None:
    insight()
    answer = as_("bob").get("/insights/export.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=insights-")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_too_many_are_refused_with_what_to_do(
    as_: SignIn, insight: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    insight()
    insight("Second")
    monkeypatch.setattr(exporting, "MOST", 1)
    answer = as_("bob").get("/insights/export.csv")
    assert answer.status_code == 422
    assert "export them in parts" in answer.get_data(as_text=True)


def test_an_empty_list_is_a_file_with_its_columns(as_: SignIn) -> None:
    data = as_("bob").get("/insights/export.csv").data.decode("utf-8-sig")
    assert data.split("\r\n")[0].startswith('"external_id","title","body"')


def test_more_than_one_part_keeps_its_order(
    context: APIFlask, cast: Cast, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 3)
    for number in range(10):
        service.publish(Draft(f"N{number}"), cast.team("service"), cast.person("alice"))
    rows = table(export("csv", sort="oldest").read_bytes())
    assert [row["title"] for row in rows] == [f"N{number}" for number in range(10)]


def test_a_team_text_does_not_become_the_companys_by_an_import(
    import_text: Import, cast: Cast
) -> None:
    report = import_text(
        "title,team,visibility\nA,Service,team\nB,,team\nC,Service,everybody\nD,Service,\n"
    )
    assert [row["line"] for row in report.rejected] == [3, 4]
    found = {one.title: one.visibility for one in db.session.scalars(select(Insight))}
    assert found == {"A": "team", "D": "company"}


def test_a_workbook_with_a_formula_says_where(
    context: APIFlask, cast: Cast, tmp_path: Path
) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["title", "severity"])
    sheet.append(["Good", 3])
    sheet.append(["=1+1", 3])
    workbook.save(tmp_path / "x.xlsx")
    report = importing.import_file(tmp_path / "x.xlsx", cast.person("admin"), Options())
    assert report.created == 1
    assert report.rejected == [{"line": 3, "reason": "The cell A3 holds a formula."}]


def test_somebody_who_left_is_named_in_the_export(
    context: APIFlask, cast: Cast, export: Callable[..., Path]
) -> None:
    service.publish(Draft("Old"), cast.team("service"), cast.person("alice"))
    administering.deactivate(cast.person("alice"), by=cast.person("admin"))
    assert [row["author"] for row in table(export("csv").read_bytes())] == ["Alice"]
