"""The named cast, a site to test, and a fresh database for every test.

Alice owns, Bob is on her team, Carol is in another team, Mia is a manager, Dave is a sponsor,
Rita only reads, Eve is not signed in, Admin runs the site.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import text

from cxwiki import create_app, jobs
from cxwiki.accounts.models import Company, Membership, Role, RoleName, Team, User
from cxwiki.config import Settings
from cxwiki.database import db, transaction
from tests import postgres

ON_POSTGRES = os.environ.get("CXWIKI_TEST_DATABASE", "sqlite") == "postgres"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, run what meets a database: the rest is the same as with SQLite."""
    if not ON_POSTGRES:
        return
    apart = [item for item in items if not _meets_a_database(item)]
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if _meets_a_database(item)]


def _meets_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database") is not None:
        return False
    on_postgres_only = item.get_closest_marker("postgres") is not None
    return on_postgres_only or "database_url" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """SQLite unless CXWIKI_TEST_DATABASE=postgres, then a PostgreSQL server of our own."""
    if not ON_POSTGRES:
        yield ""
        return
    with postgres.running_database() as url:
        yield url


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Settings:
    return Settings(
        data=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        secret_key="only for these tests",
        timezone=ZoneInfo("Europe/Berlin"),
        embedding_url="http://127.0.0.1:9",  # nobody listens: the tests of meaning bring their own
    )


@pytest.fixture
def today(settings: Settings) -> date:
    """The day of the site's time zone: a machine's clock in another one may show another."""
    return datetime.now(settings.timezone).date()


@pytest.fixture(scope="session")
def site(settings: Settings) -> Iterator[APIFlask]:
    app = create_app(settings)
    app.config.update(
        TESTING=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, SERVER_NAME="localhost"
    )
    app.extensions["queue"].announce = lambda job_id: None  # tests run jobs when they want to
    app.extensions["search_log"].pause = None  # and write what was looked for
    from cxwiki.extensions import limiter

    limiter.enabled = False
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()  # an open connection would keep PostgreSQL from stopping


@pytest.fixture
def app(site: APIFlask) -> Iterator[APIFlask]:
    """The site with an empty database (the built-in team and the roles apart), set up."""
    with site.app_context():
        _empty_database()
        with transaction():
            db.session.add(Team(id=1, name="Company", counts_as_silo=False, is_builtin=True))
            db.session.add_all(Role(name=name) for name in RoleName)
            db.session.add(Company(name="Example Ltd", languages=["en", "de"]))
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT setval('teams_id_seq', 1)"))
            db.session.commit()
    yield site
    with site.app_context():
        db.session.remove()


def _empty_database() -> None:
    db.session.remove()
    names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            connection.commit()
            return
        raw = connection.connection.driver_connection
        assert raw is not None
        connection.rollback()
        raw.execute("PRAGMA foreign_keys=OFF")
        for table in db.metadata.sorted_tables:
            raw.execute(f'DELETE FROM "{table.name}"')
        raw.execute("PRAGMA foreign_keys=ON")


@pytest.fixture
def context(app: APIFlask) -> Iterator[APIFlask]:
    """For tests that call services: an application context that stays open."""
    with app.app_context():
        yield app


@dataclass(frozen=True)
class Cast:
    """Ids, because people are loaded anew in every session."""

    service: int
    billing: int
    alice: int
    bob: int
    carol: int
    mia: int
    dave: int
    rita: int
    admin: int

    def person(self, name: str) -> User:
        user = db.session.get(User, getattr(self, name))
        assert user is not None
        return user

    def team(self, name: str) -> Team:
        team = db.session.get(Team, getattr(self, name))
        assert team is not None
        return team


@pytest.fixture
def cast(app: APIFlask) -> Cast:
    with app.app_context(), transaction():
        service, billing = Team(name="Service"), Team(name="Billing")
        db.session.add_all([service, billing])
        db.session.flush()

        def person(name: str, role: RoleName, team: Team) -> int:
            user = User(
                name=name,
                email=f"{name.lower()}@example.org",
                fs_uniquifier=f"uniquifier-of-{name}",
                role=role,
                home_team_id=team.id,
                language="en",
                memberships=[] if team.is_builtin else [Membership(team=team)],
            )
            db.session.add(user)
            db.session.flush()
            return user.id

        company = db.session.get(Team, 1)
        assert company is not None
        return Cast(
            service=service.id,
            billing=billing.id,
            alice=person("Alice", RoleName.MEMBER, service),
            bob=person("Bob", RoleName.MEMBER, service),
            carol=person("Carol", RoleName.MEMBER, billing),
            mia=person("Mia", RoleName.MANAGER, company),
            dave=person("Dave", RoleName.SPONSOR, company),
            rita=person("Rita", RoleName.READER, billing),
            admin=person("Admin", RoleName.ADMINISTRATOR, company),
        )


SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def as_(app: APIFlask, cast: Cast) -> SignIn:
    """`as_("alice")` is a browser in which Alice is signed in; `as_("eve")` one where nobody is."""

    def sign_in(name: str) -> FlaskClient:
        client = app.test_client()
        if name != "eve":
            with client.session_transaction() as session:
                session["_user_id"] = f"uniquifier-of-{name.capitalize()}"
                session["_fresh"] = True
                session["fs_cc"] = "set"
        return client

    return sign_in


@pytest.fixture
def work_off(app: APIFlask) -> Callable[[], int]:
    """Run all waiting jobs now, but for vectors that no encoder makes; returns the dead letters."""

    def run() -> int:
        with app.app_context():
            try:
                return jobs.run_until_idle(patience=0.3)
            except TimeoutError:
                return jobs.count("dead")

    return run


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public texts; tests that need it skip without it."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CXWIKI_TEST_DATA") or default)
    if not folder.is_dir():
        pytest.skip("CXWIKI_TEST_DATA does not name the folder of public texts")
    return folder
