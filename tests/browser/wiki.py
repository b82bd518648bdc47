"""A whole site for the browser: the real web server in its own process, background work here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask_migrate
from apiflask import APIFlask
from sqlalchemy import create_engine, text

from cxwiki import create_app, jobs
from cxwiki.accounts import service, setup
from cxwiki.config import Settings

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a password of our own"
PATIENCE = 30.0


@dataclass
class Wiki:
    """A running site: where it is, and an app on the same data for what a worker would do."""

    url: str
    app: APIFlask
    password: str = PASSWORD
    sessions: dict[str, Any] = field(default_factory=dict)

    def set_up(self, company: str, teams: tuple[str, ...] = ()) -> None:
        """Do what the set-up page does; admin@example.org runs the site."""
        with self.app.app_context():
            setup.set_up(company, "Admin", "admin@example.org", PASSWORD, (), teams)

    def employ(self, name: str, team: str | None, role: str) -> None:
        """Make an account, with the name as its address."""
        with self.app.app_context():
            service.create_person(name, f"{name.lower()}@example.org", PASSWORD, team, role)

    def settle(self) -> None:
        """Do all waiting background work; none of it may fail."""
        with self.app.app_context():
            assert jobs.run_until_idle() == 0, "work in the background failed for good"


@contextmanager
def running_wiki(
    folder: Path, database_url: str, encoder_url: str, *, demo: bool = False
) -> Iterator[Wiki]:
    """Start a site on an empty database, as in production; a demo as for those who build."""
    settings = Settings(
        environment="development" if demo else "production",
        data=folder,
        database_url=_own_database(database_url, folder.name) if database_url else "",
        secret_key="only for these tests",
        embedding_url=encoder_url,
        sign_in_limit="1000 per minute",
        write_limit="1000 per minute",
        demo=demo,
    )
    app = create_app(settings)
    app.extensions["queue"].announce = lambda job_id: None  # the tests say when work is done
    with app.app_context():
        flask_migrate.upgrade()
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with _web_server(settings, port, url):
        yield Wiki(url, app)


@contextmanager
def _web_server(settings: Settings, port: int, url: str) -> Iterator[None]:
    """Run `cxwiki web`, which leaves when its standard input closes: when this process dies."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("CXWIKI_")}
    command = [sys.executable, "-m", "cxwiki.cli", "web", "--port", str(port), "--with-parent"]
    log = settings.data / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=inherited | _environment(settings),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for(url, process, log)
            yield
        finally:
            process.send_signal(signal.SIGINT)  # at once: nobody waits for an answer any more
            process.wait(PATIENCE)
    assert "Traceback" not in log.read_text(), log.read_text()


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "CXWIKI_ENV": settings.environment,
        "CXWIKI_DATA": str(settings.data),
        "CXWIKI_DATABASE_URL": settings.database_url,
        "CXWIKI_SECRET_KEY": settings.secret_key,
        "CXWIKI_EMBEDDING_URL": settings.embedding_url,
        "CXWIKI_SIGN_IN_LIMIT": settings.sign_in_limit,
        "CXWIKI_WRITE_LIMIT": settings.write_limit,
        "CXWIKI_DEMO": "1" if settings.demo else "0",
    }


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The web server did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _own_database(server_url: str, name: str) -> str:
    """Make a database of that name on the PostgreSQL server of the tests."""
    name = "browser_" + "".join(sign if sign.isalnum() else "_" for sign in name)
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    address = engine.url.set(database=name)
    engine.dispose()
    return address.render_as_string(hide_password=False)
