"""Bringing in a wiki from the command line: a folder or a zip, tried first if one likes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cxwiki.errors import DomainError
from tests.cli.conftest import Run


@pytest.fixture
def wiki(tmp_path: Path) -> str:
    """A folder of three pages, one of which links to nothing."""
    folder = tmp_path / "handbook"
    (folder / "calls").mkdir(parents=True)
    (folder / "index.md").write_text("# Handbook\n\n[calls](calls/holding.md)")
    (folder / "calls" / "holding.md").write_text("# Holding\n\n[gone](gone.md)")
    (folder / "calls" / "index.md").write_text("# Calls")
    return str(folder)


def answer(run: Run, *arguments: str) -> Any:
    done = run("import-pages", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_folder_becomes_guides_and_a_second_import_changes_nothing(cxw: Run, wiki: str) -> None:
    assert answer(cxw, wiki, "--dry-run")["created"] == 3
    report = answer(cxw, wiki)
    assert (report["created"], report["links"], report["missing_count"]) == (3, 1, 1)
    assert answer(cxw, wiki)["unchanged"] == 3


def test_what_leads_to_nothing_is_named(cxw: Run, wiki: str) -> None:
    done = cxw("import-pages", wiki, "--team", "Service")
    assert done.exit_code == 0, done.output
    assert "calls/holding.md: leads to nothing: gone.md" in done.stdout
    assert "3 created" in done.stdout


def test_what_cannot_be_done_says_why(cxw: Run, wiki: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in ((wiki, "--team", "Nowhere"), (wiki, "--below", "99"), (f"{tmp_path}/empty",)):
        with pytest.raises(DomainError):
            cxw("import-pages", *arguments)
