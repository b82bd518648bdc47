"""Migrations: a database made by them is the one that the models describe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from apiflask import APIFlask
from sqlalchemy import create_engine, inspect, make_url, text

from cxwiki import create_app
from cxwiki.config import Settings
from cxwiki.database import db
from cxwiki.extensions import limiter
from tests.architecture.places import ROOT


@pytest.fixture
def migrated(database_url: str, tmp_path: Path) -> Iterator[APIFlask]:
    """A site whose database was made by the migrations alone."""
    url = ""
    if database_url:
        url = make_url(database_url).set(database="cxwiki_migrated").render_as_string(False)
        _on_server(database_url, "DROP DATABASE IF EXISTS cxwiki_migrated")
        _on_server(database_url, "CREATE DATABASE cxwiki_migrated")
    enabled = limiter.enabled
    app = create_app(Settings(data=tmp_path, database_url=url, secret_key="only for these tests"))
    limiter.enabled = enabled
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()
    if database_url:
        _on_server(database_url, "DROP DATABASE cxwiki_migrated")


def _on_server(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_models_and_migrations_are_the_same(migrated: APIFlask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, db.metadata)
    assert differences == []


def test_checks_of_the_models_are_in_the_database(migrated: APIFlask) -> None:
    """Alembic does not compare check constraints."""
    inspector = inspect(db.engine)
    for table in db.metadata.sorted_tables:
        wanted = {
            str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint"
        }
        found = {str(one["name"]) for one in inspector.get_check_constraints(table.name)}
        assert wanted <= found, table.name


def test_there_is_one_line_of_history(migrated: APIFlask) -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_upgrading_what_is_up_to_date_changes_nothing(migrated: APIFlask) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == tuple(
            ScriptDirectory(str(ROOT / "migrations")).get_heads()
        )


def test_the_first_migration_makes_the_built_in_rows_or_the_setup_does(migrated: APIFlask) -> None:
    """A fresh site shows the set-up page, not an error."""
    answer = migrated.test_client().get("/")
    assert answer.status_code in (302, 303)
    assert migrated.test_client().get("/setup").status_code == 200
    assert migrated.test_client().get("/healthz").status_code == 200
