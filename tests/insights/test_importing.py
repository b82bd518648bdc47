"""Importing: good rows in, bad rows named, and what people edited stays theirs."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki import jobs
from cxwiki.database import db
from cxwiki.discussion.service import tags_of
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.insights import importing, service
from cxwiki.insights.importing import CHUNK, MOST_NAMED, Options, Report
from cxwiki.insights.models import Insight
from cxwiki.insights.service import current_draft
from cxwiki.writing.models import Revision
from tests.conftest import Cast
from tests.insights.conftest import Import

HEADER = "external_id,title,body,kind,team,tags,channel,severity,author_email,created_at\n"


def only() -> Insight:
    return db.session.scalars(select(Insight)).one()


def count(model: Any = Insight) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def numbers(report: Report) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected_count


def test_a_row_becomes_an_insight_with_everything_it_says(import_text: Import, cast: Cast) -> None:
    report = import_text(
        HEADER + "A-1,Rechnung falsch,**Sehr** falsch,best practice,Billing,"
        '"Rechnung, #Neu",Phone,4,Carol@Example.org,2026-05-31T14:30\n'
    )
    found = only()
    assert numbers(report) == (1, 0, 0, 0)
    assert (found.title, found.body, found.kind) == (
        "Rechnung falsch",
        "**Sehr** falsch",
        "best_practice",
    )
    assert (found.team.name, found.author_id) == ("Billing", cast.carol)
    assert (found.channel, found.severity) == ("phone", 4)
    assert tags_of(found) == ["neu", "rechnung"]
    assert found.created_at == datetime(2026, 5, 31, 12, 30, tzinfo=UTC), "in the site's time zone"
    assert (found.source, found.external_id, found.language) == ("import", "A-1", "de")
    assert "<strong>Sehr</strong>" in found.html
    assert found.reach == 1


def test_what_a_row_does_not_say_has_a_sensible_value(import_text: Import, cast: Cast) -> None:
    import_text("title\nJust a title\n")
    found = only()
    assert (found.kind, found.team.name, found.author_id) == ("pain_point", "Company", cast.admin)
    assert (found.status, found.visibility, found.severity, found.channel) == (
        "open",
        "company",
        None,
        None,
    )


def test_the_caller_says_what_counts_where_a_row_says_nothing(import_text: Import) -> None:
    import_text("title,team\nA,\nB,Billing\n", team="Service", kind="workshop_insight")
    found = {one.title: (one.team.name, one.kind) for one in db.session.scalars(select(Insight))}
    assert found == {"A": ("Service", "workshop_insight"), "B": ("Billing", "workshop_insight")}


@pytest.mark.parametrize(
    ("body", "title", "kept"),
    [
        ("The bill is wrong", "The bill is wrong", ""),
        ("The bill is wrong. Why?", "The bill is wrong.", "The bill is wrong. Why?"),
        ("# Bill\n\nIt is wrong.", "Bill", "# Bill\n\nIt is wrong."),
        ("The bill is wrong. " * 30, "The bill is wrong.", ("The bill is wrong. " * 30).strip()),
    ],
)
def test_a_title_is_made_of_the_body(import_text: Import, body: str, title: str, kept: str) -> None:
    import_text(json.dumps({"body": body}))
    assert (only().title, only().body) == (title, kept)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,,,,,,,,", None),
        ('1,"  ",,,,,,,,', "Neither a title nor a body"),
        ("1,T,,rumour,,,,,,", "rumour"),
        ("1,T,,,Nobody,,,,,", "Nobody"),
        ("1,T,,,,,pigeon,,,", "pigeon"),
        ("1,T,,,,,,9,,", "9"),
        ("1,T,,,,,,high,,", "high"),
        ("1,T,,,,,,,nobody@example.org,", "nobody@example.org"),
        ("1,T,,,,,,,,31.5.2026", "31.5.2026"),
        ("1,T,,,,,,,,2026-13-01", "2026-13-01"),
        (f"1,{'T' * 301},,,,,,,,", "300"),
        (f"{'1' * 201},T,,,,,,,,", "200"),
        ("1,T,,,,a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r;s;t;u,,,,", "20"),
        ("1,T,,,,,,,,,more", "11 cells"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_reason_and_the_good_ones_are_kept(
    import_text: Import, row: str, reason: str | None
) -> None:
    report = import_text(f"{HEADER}g1,Good,,,,,,,,\n{row}\ng2,Good too,,,,,,,,\n")
    assert {one.external_id for one in db.session.scalars(select(Insight))} == {"g1", "g2"}
    if reason is None:
        assert report.rejected == []
        return
    assert numbers(report) == (2, 0, 0, 1)
    assert report.rejected[0]["line"] == 3
    assert reason in report.rejected[0]["reason"]


def test_of_very_many_bad_rows_the_first_are_named_and_all_are_counted(import_text: Import) -> None:
    bad = MOST_NAMED + 100
    report = import_text("title,severity\n" + "T,9\n" * bad)
    assert (report.rejected_count, len(report.rejected)) == (bad, MOST_NAMED)
    assert report.rows == bad


def test_a_second_import_changes_nothing(import_text: Import) -> None:
    text = HEADER + "1,A,Body,,,zebra;ärger;Apple,,,,\n2,B,,,,,,,,\n"
    import_text(text)
    before = [current_draft(one) for one in db.session.scalars(select(Insight))]
    assert numbers(import_text(text)) == (0, 0, 2, 0)
    assert [current_draft(one) for one in db.session.scalars(select(Insight))] == before
    assert count(Revision) == 2
    assert db.session.scalar(select(func.count()).where(Event.name == "insight.edited")) == 0


def test_a_second_import_updates_what_changed(import_text: Import) -> None:
    import_text(HEADER + "1,A,Body,,,x,,2,,\n2,B,,,,,,,,\n")
    assert numbers(import_text(HEADER + "1,A,New body,,,y,,5,,\n2,B,,,,,,,,\n")) == (0, 1, 1, 0)
    found = db.session.scalars(select(Insight).where(Insight.external_id == "1")).one()
    assert (found.body, found.severity, tags_of(found)) == ("New body", 5, ["y"])
    assert found.revision_number == 2


def test_ids_of_different_sources_are_different_things(import_text: Import) -> None:
    import_text("external_id,title\n1,A\n", source="crm")
    assert numbers(import_text("external_id,title\n1,A\n", source="survey")) == (1, 0, 0, 0)


def test_rows_without_an_id_are_new_each_time(import_text: Import) -> None:
    import_text("title\nA\n")
    assert numbers(import_text("title\nA\n")) == (1, 0, 0, 0)


def test_an_id_given_twice_in_a_file_counts_once_and_the_last_time(import_text: Import) -> None:
    report = import_text("external_id,title\n1,First\n1,Second\n")
    assert (only().title, report.created, report.updated) == ("Second", 1, 1)


def test_an_id_given_again_far_behind_is_the_same_thing(import_text: Import) -> None:
    rows = "".join(f"{n},Row {n}\n" for n in range(CHUNK + 10))
    report = import_text(f"external_id,title\n{rows}3,Row three\n")
    assert (report.created, report.updated) == (CHUNK + 10, 1)
    assert count() == CHUNK + 10


def test_what_a_person_edited_since_is_kept_and_reported(import_text: Import, cast: Cast) -> None:
    import_text(HEADER + "1,Title,Body,,,tag,,2,,\n")
    found = only()
    service.revise(
        found, _changed(found, title="Better title", tags=("mine",)), cast.person("bob"), 1
    )

    report = import_text(HEADER + "1,Theirs,Their body,,,theirs,,3,,\n")
    found = only()
    assert (found.title, tags_of(found)) == ("Better title", ["mine"]), "edited by Bob"
    assert (found.body, found.severity) == ("Their body", 3), "edited by nobody"
    assert report.kept == [{"line": 2, "insight_id": found.id, "fields": ["title", "tags"]}]
    assert numbers(report) == (0, 1, 0, 0)


def test_what_a_person_edited_stays_through_every_later_import(
    import_text: Import, cast: Cast
) -> None:
    import_text(HEADER + "1,Title,Body,,,,,,,\n")
    service.revise(only(), _changed(only(), title="Better title"), cast.person("bob"), 1)
    for body in ("Second", "Third", "Fourth"):
        import_text(f"{HEADER}1,Title,{body},,,,,,,\n")
        assert (only().title, only().body) == ("Better title", body)


def test_agreeing_with_the_source_again_is_no_conflict(import_text: Import, cast: Cast) -> None:
    import_text(HEADER + "1,Title,Body,,,,,,,\n")
    service.revise(only(), _changed(only(), title="Better title"), cast.person("bob"), 1)
    report = import_text(HEADER + "1,Better title,Body,,,,,,,\n")
    assert (numbers(report), report.kept) == ((0, 0, 1, 0), [])


def test_visibility_and_status_are_never_touched_by_an_import(
    import_text: Import, cast: Cast
) -> None:
    import_text(HEADER + "1,Title,Body,,Service,,,,,\n")
    service.revise(only(), _changed(only(), visibility="team"), cast.person("admin"), 1)
    service.set_status(only(), "resolved", cast.person("bob"))
    import_text(HEADER + "1,Title,New body,,Service,,,,,\n")
    assert (only().body, only().visibility, only().status) == ("New body", "team", "resolved")


def _changed(insight: Insight, **values: Any) -> service.Draft:
    return service.Draft(**{**current_draft(insight).__dict__, **values})


def test_a_dry_run_says_the_same_and_writes_nothing(import_text: Import) -> None:
    import_text(HEADER + "1,A,,,,,,,,\n")
    before = (count(), count(Revision), count(Event), jobs.count("queued"))
    text = HEADER + "1,New title,,,,,,,,\n2,B,,,,new-tag,,,,\n3,C,,,,,,9,,\n"
    tried = import_text(text, dry_run=True)
    assert (count(), count(Revision), count(Event), jobs.count("queued")) == before
    assert only().title == "A"
    assert numbers(tried) == (1, 1, 0, 1)
    assert numbers(import_text(text)) == numbers(tried)


def test_a_file_that_cannot_be_read_leaves_nothing(import_text: Import) -> None:
    with pytest.raises(DomainError):
        import_text("name;mood\nA;b\n")
    assert count() == 0


def test_an_import_that_breaks_off_goes_on_where_it_was(
    context: APIFlask, cast: Cast, tmp_path: Path
) -> None:
    """Rows without ids cannot be told apart: the report written with them says how many."""
    path = tmp_path / "rows.csv"
    path.write_text("title,severity\n" + "".join(f"Row {n},{n % 7}\n" for n in range(CHUNK * 3)))
    saved: list[dict[str, Any]] = []

    def note(report: Report) -> None:
        saved.append(report.as_dict())
        if len(saved) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.import_file(path, cast.person("admin"), Options(), note)
    done = Report.from_dict(saved[0])
    assert count() == done.created, "what was in progress left nothing"
    report = importing.import_file(path, cast.person("admin"), Options(), so_far=done)
    titles = db.session.scalars(select(Insight.title)).all()
    assert len(titles) == len(set(titles)) == report.created
    assert report.rows == CHUNK * 3


def test_progress_grows_to_the_number_of_rows(
    context: APIFlask, cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("title\n" + "Row\n" * (CHUNK * 2 + 5))
    seen: list[int] = []
    importing.import_file(
        path, cast.person("admin"), Options(), lambda report: seen.append(report.rows)
    )
    assert seen == [CHUNK, CHUNK * 2, CHUNK * 2 + 5]


def test_every_imported_insight_can_be_found_later(import_text: Import) -> None:
    import_text("title\n" + "Row\n" * 10)
    assert db.session.scalar(select(func.count()).where(Event.name == "insight.created")) == 10
    assert jobs.waits("search.index_changed")
    assert jobs.waits("search.embed_changed")


@pytest.mark.any_database
def test_memory_does_not_grow_with_the_number_of_rows(
    context: APIFlask, cast: Cast, tmp_path: Path
) -> None:
    def peak(rows: int, dry_run: bool) -> int:
        path = tmp_path / "rows.jsonl"
        with path.open("w") as file:
            for n in range(rows):
                row = {"external_id": f"{rows}-{n}", "title": f"Row {n}", "language": "en"}
                file.write(json.dumps(row) + "\n")
        tracemalloc.start()
        importing.import_file(path, cast.person("admin"), Options(dry_run=dry_run))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(CHUNK, dry_run=False)  # what is read once a process
    assert peak(3000, dry_run=False) < 1.5 * peak(1000, dry_run=False)
    assert peak(20_000, dry_run=True) < 1.5 * peak(1000, dry_run=True)


def test_requests_of_a_bank_are_imported(
    context: APIFlask, cast: Cast, public_data: Path, tmp_path: Path
) -> None:
    lines = (public_data / "pub-banking77-train" / "items.jsonl").read_text().splitlines()[:500]
    path = tmp_path / "requests.jsonl"
    path.write_text("\n".join(lines))
    report = importing.import_file(path, cast.person("admin"), Options(source="bank"))
    assert numbers(report) == (500, 0, 0, 0)
    wanted = {json.loads(line)["id"]: json.loads(line)["text"] for line in lines}
    for found in db.session.scalars(select(Insight)):
        text = found.body or found.title
        assert " ".join(text.split()) == " ".join(wanted[str(found.external_id)].split())
    assert numbers(importing.import_file(path, cast.person("admin"), Options(source="bank"))) == (
        0,
        0,
        500,
        0,
    )


def test_cells_that_a_spreadsheet_would_run_are_only_text(
    import_text: Import, public_data: Path
) -> None:
    lines = (public_data / "pub-csv-injection" / "payloads.jsonl").read_text().splitlines()
    formulas = [json.loads(line)["payload"] for line in lines]
    report = import_text(
        "\n".join(json.dumps({"title": f"T{n}", "body": f}) for n, f in enumerate(formulas))
    )
    assert report.rejected == []
    found = {one.title: one.body for one in db.session.scalars(select(Insight))}
    assert found == {f"T{n}": formula.strip() for n, formula in enumerate(formulas)}


def test_naughty_strings_are_stored_or_named_and_break_nothing(
    import_text: Import, public_data: Path
) -> None:
    texts = json.loads((public_data / "pub-blns" / "blns.json").read_text())
    rows = [
        json.dumps({"external_id": str(n), "title": "T", "body": text})
        for n, text in enumerate(texts)
    ]
    report = import_text("\n".join(rows))
    assert numbers(report) == (len(texts), 0, 0, 0)
    assert numbers(import_text("\n".join(rows))) == (0, 0, len(texts), 0)
