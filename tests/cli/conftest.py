"""The `cxwiki` command in this process, on a site of its own that `init` has set up once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, text

from cxwiki.cli import cxwiki
from cxwiki.extensions import limiter

INIT = (
    "init", "--company", "Northwind", "--admin-email", "ada@example.org",
    "--admin-password", "a long and quiet river", "--team", "Service", "--team", "Billing",
)  # fmt: skip
NOBODY = "http://127.0.0.1:9"
Run = Callable[..., Result]


def run_command(*arguments: str) -> Result:
    """Run `cxwiki` with these arguments; what is no sentence for people breaks the test."""
    enabled = limiter.enabled
    try:
        return CliRunner().invoke(cxwiki, arguments, catch_exceptions=False)
    finally:
        limiter.enabled = enabled


@dataclass(frozen=True)
class Place:
    """Where a site keeps its things: a folder, and a database on the test server if one runs."""

    folder: Path
    database: str
    server: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings of this site."""
        url = ""
        if self.server:
            url = make_url(self.server).set(database=self.database).render_as_string(False)
        return {
            "CXWIKI_DATA": str(self.folder),
            "CXWIKI_DATABASE_URL": url,
            "CXWIKI_EMBEDDING_URL": NOBODY,
            "CXWIKI_SECRET_KEY": "only for these tests",
        }

    def create(self, like: str = "template1") -> None:
        self.drop()
        self._on_server(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{like}'",
            f"CREATE DATABASE {self.database} TEMPLATE {like}",
        )

    def drop(self) -> None:
        self._on_server(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def _on_server(self, *statements: str) -> None:
        if not self.server:
            return
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def _settle(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="package")
def original(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A site that was just set up, to be copied."""
    place = Place(tmp_path_factory.mktemp("cli"), "cxwiki_cli", database_url)
    place.create()
    with pytest.MonkeyPatch.context() as monkeypatch:
        _settle(monkeypatch, place)
        done = run_command(*INIT)
    assert done.exit_code == 0, done.output
    assert done.stdout == "Northwind is set up; ada@example.org is its administrator.\n"
    yield place
    place.drop()


@pytest.fixture
def nowhere(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An empty place, to which the environment points."""
    place = Place(tmp_path / "data", "cxwiki_cli_new", database_url)
    place.create()
    _settle(monkeypatch, place)
    yield place
    place.drop()


@pytest.fixture
def cxw(original: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`cxw("search", "invoice")` runs the command on a copy of the site that was just set up."""
    place = Place(tmp_path / "data", "cxwiki_cli_copy", original.server)
    shutil.copytree(original.folder, place.folder)
    place.create(like=original.database)
    _settle(monkeypatch, place)
    yield run_command
    place.drop()
