"""Finding what the data files tell of in the demo company that was built of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.demo import reading
from cxwiki.demo.reading import Data, Row
from cxwiki.i18n import settings, today

DATA: Data = reading.read()


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def titled(model: Any, row: Row) -> Any:
    return db.session.scalars(select(model).where(model.title == row["title"])).one()


def person(key: str) -> User:
    email = next(row["email"] for row in DATA.people if row["key"] == key)
    return db.session.scalars(select(User).where(User.email == email)).one()


def days_ago(moment: datetime) -> int:
    return (today() - moment.astimezone(settings().timezone).date()).days
