"""The database: one typed base for models, one commit a use case, SQLite fit for many threads."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, Numeric, String, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

P = ParamSpec("P")
R = TypeVar("R")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC with its zone. SQLite forgets zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: guessing it would be wrong twice a year."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Quantity(TypeDecorator[Decimal]):
    """An exact decimal number; SQLite keeps it as text because it has no decimals of its own."""

    impl = Numeric(20, 6)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose text on SQLite."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(Numeric(20, 6))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write the number without an exponent."""
        if value is None or dialect.name != "sqlite":
            return value
        return f"{Decimal(value):f}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read the number back without trailing zeros."""
        if value is None:
            return None
        number = Decimal(value).normalize()
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


class _Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Instant, Decimal: Quantity},
    )


db = SQLAlchemy(model_class=_Base, disable_autonaming=True)

if TYPE_CHECKING:
    Model = _Base
else:
    Model = db.Model

_TAKES_NOTHING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)

_writing: ContextVar[bool] = ContextVar("writing", default=False)


def utcnow() -> datetime:
    """Return the present moment, with its zone."""
    return datetime.now(UTC)


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Make one use case one transaction: the outermost call commits, an error rolls back."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction():
            return function(*args, **kwargs)

    return run


@contextmanager
def transaction() -> Iterator[None]:
    """Write in one transaction; nested uses join the outer one."""
    if _writing.get():
        yield
        return
    # What was read so far came from an older snapshot: SQLite would refuse to write on it.
    session = db.session()
    if session.in_transaction() and not session.dirty and not session.new:
        session.rollback()
    token = _writing.set(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


def insert_into(model: type[_Base]) -> Any:
    """An INSERT that can say what happens when somebody else wrote the same row meanwhile."""
    of_dialect: dict[str, Callable[..., Any]] = {
        "sqlite": sqlite.insert, "postgresql": postgresql.insert,
    }  # fmt: skip
    return of_dialect[db.engine.dialect.name](model)


def takes_nothing(error: DBAPIError) -> bool:
    """Whether the database refused because its disk is full or it is read-only."""
    cause: BaseException | None = error.orig
    while cause is not None:
        first = cause.args[0] if cause.args else None
        if isinstance(first, dict) and first.get("C") in ("53100", "25006"):  # PostgreSQL
            return True
        if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _TAKES_NOTHING:
            return True
        cause = cause.__cause__
    return False


def forget_session() -> None:
    """Give the connection back between two jobs of a long-lived process."""
    db.session.remove()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy says BEGIN, see below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns to writing fails at once when another one wrote meanwhile.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def after_commit(callback: Callable[[], None]) -> None:
    """Call `callback` once, when the current transaction has been committed; never otherwise."""
    db.session.info.setdefault("after_commit", []).append(callback)


@event.listens_for(Session, "after_commit")
def _run_after_commit(session: Session) -> None:
    callbacks = session.info.pop("after_commit", [])
    session.info.pop("announce", None)
    for callback in callbacks:
        callback()


@event.listens_for(Session, "after_rollback")
def _forget_after_commit(session: Session) -> None:
    session.info.pop("after_commit", None)
    session.info.pop("announce", None)
