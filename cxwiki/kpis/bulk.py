"""Many answers in one statement: they travel as JSON, which both databases take apart themselves.

Binding each value on its own costs more than everything else that is done with an answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Select, bindparam, func, select, text

from cxwiki.database import db

NewAnswer = tuple[date, Decimal, str, str | None, int | None]
"""Day, value, segment, external id, and the id of the answer that it supersedes."""
_COLUMNS = (
    "INSERT INTO answers (kpi_id, source, upload_id, answered_on, value, segment, external_id, "
    "supersedes_id) SELECT CAST(:kpi_id AS INTEGER), :source, CAST(:upload_id AS INTEGER), "
)
_INSERT = {
    "sqlite": _COLUMNS
    + "value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(:rows)",
    "postgresql": _COLUMNS
    + "CAST(value ->> 0 AS DATE), CAST(value ->> 1 AS NUMERIC(20, 6)), value ->> 2, value ->> 3, "
    "CAST(value ->> 4 AS INTEGER) FROM json_array_elements(CAST(:rows AS JSON))",
}


def listed(values: Sequence[str]) -> Select[Any]:
    """Texts as a select of one column, for `in_`."""
    if db.engine.dialect.name == "sqlite":
        return select(func.json_each(json.dumps(values)).table_valued("value").c.value)
    # The driver writes the list as JSON because the type says so.
    many = bindparam(None, list(values), JSON)
    return select(func.json_array_elements_text(many).column_valued("value"))


def insert_answers(
    rows: Sequence[NewAnswer], *, kpi_id: int, source: str, upload_id: int | None
) -> None:
    """Insert answers in the caller's transaction."""
    if not rows:
        return
    shown = [
        (day.isoformat(), f"{value:f}", segment, name, before)
        for day, value, segment, name, before in rows
    ]
    values = {"kpi_id": kpi_id, "source": source, "upload_id": upload_id, "rows": json.dumps(shown)}
    db.session.execute(text(_INSERT[db.engine.dialect.name]), values)
