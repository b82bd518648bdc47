"""Importing, finding and grouping from the command line."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert

from cxwiki import jobs
from cxwiki.config import from_environment
from cxwiki.database import utcnow
from tests.browser.encoder import running_encoder
from tests.cli.conftest import Run

ROWS = [
    {"external_id": "a-1", "title": "The invoice is wrong", "team": "Service", "severity": "4"},
    {"external_id": "a-2", "title": "Nobody came", "team": "Nowhere"},
    {"external_id": "a-3", "title": "  "},
    {"external_id": "a-4", "title": "The password is locked", "kind": "a poem"},
]


def write(folder: Path, rows: list[dict[str, str]]) -> str:
    """Write rows as JSON Lines."""
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def answer(run: Run, *arguments: str) -> Any:
    """What the command prints as JSON."""
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


# --- importing ------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_happen_and_writes_nothing(cxw: Run, tmp_path: Path) -> None:
    file = write(tmp_path, ROWS)
    for _ in range(2):
        report = answer(cxw, "import", "insights", file, "--dry-run")
        assert report["dry_run"] is True
        assert (report["rows"], report["created"], report["rejected_count"]) == (4, 1, 3)
    assert [(row["line"], row["reason"].split(":")[0]) for row in report["rejected"]] == [
        (2, "There is no team called “Nowhere”."),
        (3, "Neither a title nor a body."),
        (4, "“a poem” is no kind"),
    ]


def test_what_is_good_is_imported_and_known_the_second_time(cxw: Run, tmp_path: Path) -> None:
    file = write(tmp_path, ROWS)
    first = answer(cxw, "import", "insights", file)
    assert (first["created"], first["rejected_count"], first["dry_run"]) == (1, 3, False)
    again = answer(cxw, "import", "insights", file)
    assert (again["created"], again["unchanged"]) == (0, 1)
    changed = write(tmp_path, [{**ROWS[0], "title": "The invoice is wrong again"}])
    done = cxw("import", "insights", changed)
    assert done.exit_code == 0
    assert done.stdout == "0 created, 1 updated, 0 unchanged, 0 rejected\n"
    other = answer(cxw, "import", "insights", changed, "--source", "elsewhere")
    assert other["created"] == 1


def test_rejected_rows_are_named_for_people(cxw: Run, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("title,team\nThe invoice is wrong,\nNobody came,Nowhere\n", encoding="utf-8")
    done = cxw("import", "insights", str(path), "--team", "Billing", "--dry-run")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "line 3: There is no team called “Nowhere”.",
        "1 would be created, 0 would be updated, 0 unchanged, 1 rejected",
    ]


def test_a_file_that_is_not_there_is_refused(cxw: Run, tmp_path: Path) -> None:
    done = cxw("import", "insights", str(tmp_path / "missing.csv"))
    assert done.exit_code == 2
    assert "missing.csv" in done.stderr


# --- working, finding, grouping -------------------------------------------------------------------

TOPICS = {
    "invoice": "My invoice was charged twice, number",
    "visit": "The technician missed the appointment, number",
    "login": "The password of my login was forgotten, number",
}


@pytest.fixture
def many(cxw: Run, tmp_path: Path) -> Run:
    """A site with five insights a topic, imported and not yet worked on."""
    rows = [
        {"external_id": f"{name}-{number}", "title": f"{words} {number}", "language": "en",
         "team": ("Service", "Billing")[number % 2]}
        for name, words in TOPICS.items()
        for number in range(5)
    ]  # fmt: skip
    assert answer(cxw, "import", "insights", write(tmp_path, rows))["created"] == 15
    return cxw


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An encoder answers."""
    with running_encoder() as address:
        monkeypatch.setenv("CXWIKI_EMBEDDING_URL", address)
        yield


def test_the_worker_leaves_a_site_in_which_all_is_found_and_grouped(
    many: Run, encoder: None
) -> None:
    done = many("worker", "--until-idle")
    assert done.exit_code == 0, done.output
    found = answer(many, "search", "Rechnung doppelt abgebucht", "--limit", "5")
    assert found["notices"] == []
    assert {item["external_id"].split("-")[0] for item in found["items"]} == {"invoice"}
    assert len(found["items"]) == 5 <= found["total"]
    themes = answer(many, "themes")
    assert [theme["size"] for theme in themes] == [5, 5, 5]
    assert all(theme["silo_spread"] == 2 and theme["labels"]["en"] for theme in themes)
    rebuilt = many("themes", "rebuild")
    assert rebuilt.exit_code == 0
    assert rebuilt.stdout.startswith("3 themes from 15 insights in ")
    assert [theme["id"] for theme in answer(many, "themes")] == [theme["id"] for theme in themes]
    listed = many("themes")
    assert listed.stdout.count("5 insights") == 3


def test_without_an_encoder_the_worker_says_so_and_words_are_found(
    many: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = functools.partial(jobs.run_until_idle, patience=0.3)
    monkeypatch.setattr(jobs, "run_until_idle", hurried)
    done = many("worker", "--until-idle")
    assert done.exit_code == 1
    assert "is the encoder running?" in done.stderr
    found = answer(many, "search", "technician", "--limit", "3")
    assert [item["title"].split(",")[0] for item in found["items"]] == [
        "The technician missed the appointment"
    ] * 3
    assert found["total"] == 5
    assert many("search", "xylophone").stdout == "Nothing found.\n"


def test_a_dead_letter_makes_the_worker_fail(cxw: Run) -> None:
    engine = create_engine(from_environment().sqlalchemy_url)
    with engine.begin() as connection:
        connection.execute(
            insert(jobs.Job).values(
                handler="nobody.knows", ref_id=1, state="queued", attempts=0,
                run_at=utcnow(), created_at=utcnow(),
            )
        )  # fmt: skip
    engine.dispose()
    for _ in range(2):  # the second time there is nothing to do, and it is still dead
        done = cxw("worker", "--until-idle")
        assert done.exit_code == 1
        assert "1 jobs failed for good" in done.stderr


def test_reindexing_builds_words_and_vectors(many: Run, encoder: None) -> None:
    done = many("reindex")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "15 documents in the word index",
        "15 vectors are up to date",
    ]


def test_reindexing_without_an_encoder_still_builds_the_word_index(many: Run) -> None:
    done = many("reindex")
    assert done.exit_code == 1
    assert done.stdout == "15 documents in the word index\n"
    assert "The word index is ready." in done.stderr
    assert answer(many, "search", "login")["total"] == 5
