"""The app for commands."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

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
    for noisy in ("huey", "alembic", "werkzeug", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return create_app()


def upgrade_database() -> None:
    """Bring the database to the newest migration; call inside the app's context."""
    import flask_migrate

    flask_migrate.upgrade()
