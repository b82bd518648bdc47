"""Setting what services write back in time: they know no other moment than the present one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState

from cxwiki.database import Instant, Model, db
from cxwiki.jobs import Job


@contextmanager
def happening_at(moment: datetime) -> Iterator[None]:
    """Let everything that is written inside have happened at this moment of the past.

    Every instant that a row is given, by a service or by a default, becomes the moment unless it
    is earlier already. Jobs keep the present: they have been waiting only since now.
    """
    session = db.session()

    def set_back(*_: Any) -> None:
        for thing in [*session.new, *session.dirty]:
            if not isinstance(thing, Job):
                _set_back(thing, moment)

    def set_back_in_bulk(state: ORMExecuteState) -> None:
        if state.is_insert and state.bind_mapper and isinstance(state.parameters, list):
            model: type[Model] = state.bind_mapper.class_
            defaulted = [name for name, has_default in _instants(model) if has_default]
            for row in state.parameters:
                row |= dict.fromkeys(defaulted, moment) | row

    event.listen(session, "before_flush", set_back)
    event.listen(session, "do_orm_execute", set_back_in_bulk)
    try:
        yield
        session.flush()
    finally:
        event.remove(session, "before_flush", set_back)
        event.remove(session, "do_orm_execute", set_back_in_bulk)


def _set_back(thing: Model, moment: datetime) -> None:
    state = inspect(thing)
    for name, has_default in _instants(type(thing)):
        given = state.attrs[name].history.added
        value = given[0] if given else None
        defaulted = value is None and has_default and state.pending
        if defaulted or (value is not None and value > moment):
            setattr(thing, name, moment)


@cache
def _instants(model: type[Model]) -> list[tuple[str, bool]]:
    """The model's columns that hold an instant, and whether each has a default."""
    return [
        (attribute.key, attribute.columns[0].default is not None)
        for attribute in inspect(model).column_attrs
        if isinstance(attribute.columns[0].type, Instant)
    ]
