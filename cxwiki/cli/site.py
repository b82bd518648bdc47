"""The app for commands."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from cxwiki.config import Settings

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
P = ParamSpec("P")
R = TypeVar("R")


def with_site(function: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the app's context."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with open_site().app_context():
            return function(*args, **kwargs)

    return run


def open_site() -> Any:
    """Build the app with the settings of the environment."""
    from cxwiki import create_app

    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("huey", "alembic", "werkzeug", "httpx", "faiss"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return create_app()


def is_up_to_date(settings: Settings) -> bool:
    """Whether the database has every migration; asked without building the app."""
    engine = create_engine(settings.sqlalchemy_url)
    try:
        with engine.connect() as connection:
            known = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()
    return known == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def upgrade_database() -> None:
    """Bring the database to the newest migration; call inside the app's context."""
    import flask_migrate

    flask_migrate.upgrade()
