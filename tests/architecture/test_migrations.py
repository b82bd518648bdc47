"""Migrations: a database made by them is the one that the models describe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from apiflask import APIFlask
from sqlalchemy import MetaData, create_engine, inspect, make_url, text

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


# --- what was there stays -------------------------------------------------------------------------

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECT = {
    "team_id": 1, "visibility": "company", "language": "en", "version": 1, "created_at": MOMENT,
    "updated_at": MOMENT,
}  # fmt: skip
BEFORE: dict[str, list[dict[str, Any]]] = {
    "teams": [
        {"id": 1, "name": "Company", "description": "", "counts_as_silo": False,
         "is_builtin": True, "created_at": MOMENT},
    ],
    "users": [
        {"id": 1, "name": "Mia", "email": "mia@example.org", "active": True,
         "fs_uniquifier": "u1", "role": "manager", "job_title": "", "home_team_id": 1,
         "created_at": MOMENT},
    ],
    "subjects": [
        {"id": 10, "type": "insight", "title": "A wrong amount", **SUBJECT},
        {"id": 11, "type": "theme", "title": "Sums", **SUBJECT},
        {"id": 12, "type": "theme", "title": "Doors", **SUBJECT},
        {"id": 13, "type": "theme", "title": "Keys", **SUBJECT},
    ],
    "insights": [
        {"id": 10, "kind": "pain_point", "status": "open", "status_reason": "", "body": "",
         "html": "", "revision_number": 1, "votes_count": 0, "reach": 1},
    ],
    "themes": [
        {"id": 11, "labels": {"en": "Sum"}, "summary": "A wrong amount", "named_by_id": 1,
         "size": 1, "silo_spread": 1},
        {"id": 12, "labels": {}, "summary": "", "named_by_id": None, "size": 0, "silo_spread": 0},
        {"id": 13, "labels": {}, "summary": "", "named_by_id": None, "size": 0, "silo_spread": 0},
    ],
    "theme_members": [{"insight_id": 10, "theme_id": 11, "confidence": 0.75, "since": MOMENT}],
    "theme_pins": [
        {"theme_id": 12, "insight_id": 10, "belongs": False, "by_id": 1, "at": MOMENT},
    ],
    "embeddings": [
        {"subject_id": 10, "model": "m", "text_hash": "h", "vector": b"\x01\x02", "sequence": 1,
         "written_at": MOMENT},
    ],
}  # fmt: skip


def _rows(table: str) -> list[dict[str, Any]]:
    metadata = MetaData()
    metadata.reflect(db.engine, only=[table])
    found = metadata.tables[table]
    with db.engine.connect() as connection:
        rows = connection.execute(found.select().order_by(*found.primary_key.columns))
        return [dict(row._mapping) for row in rows]


def test_what_people_said_before_themes_had_a_history_is_kept(migrated: APIFlask) -> None:
    flask_migrate.downgrade(revision="0001")
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.begin() as connection:
        for table, rows in BEFORE.items():
            connection.execute(metadata.tables[table].insert(), rows)
    flask_migrate.upgrade()
    kept = {"locked": False, "retired": False, "described_by_id": None, "x": None, "y": None}
    for row, before, shaped in zip(
        _rows("themes"), BEFORE["themes"], (True, True, False), strict=True
    ):
        assert row == {**before, **kept, "shaped": shaped}
    (pin,) = _rows("theme_pins")
    assert (pin["theme_id"], pin["insight_id"], pin["belongs"]) == (12, 10, False)
    assert (pin["by_id"], pin["edit_id"]) == (1, None)
    (member,) = _rows("theme_members")
    assert (member["theme_id"], member["confidence"], member["part_id"]) == (11, 0.75, None)
    (embedding,) = _rows("embeddings")
    assert (embedding["passage"], embedding["model"]) == (0, "m")
    assert bytes(embedding["vector"]) == b"\x01\x02"
    assert [row["key"] for row in _rows("title_keys")] == [
        "a wrong amount",
        "sums",
        "doors",
        "keys",
    ]
