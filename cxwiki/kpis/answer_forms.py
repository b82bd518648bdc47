"""Forms of raw answers: the file, and which of its columns holds what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from cxwiki.kpis import answer_columns, labels
from cxwiki.kpis.answer_cells import Columns
from cxwiki.kpis.models import Kpi

SLASHES = [
    ("", _l("Refuse such days")),
    ("dmy", _l("3 April: the day comes first")),
    ("mdy", _l("March 4: the month comes first")),
]
DECIMALS = [("comma", _l("3,5")), ("point", _l("3.5"))]


class AnswerFileForm(FlaskForm):
    """A file of raw answers, and where it comes from."""

    file = FileField(_l("CSV or Excel file"), [FileRequired(_l("Choose a file."))])
    source = StringField(_l("Where it comes from"), [Length(max=100)])


class ColumnsForm(FlaskForm):
    """Which column holds what; the dimensions are added for each KPI."""

    value = SelectField(_l("Answer"), [InputRequired(_l("Choose the column with the answers."))])
    answered_on = SelectField(_l("Day"), [InputRequired(_l("Choose the column with the days."))])
    external_id = SelectField(_l("Id of the answer"), default="")
    slashes = RadioField(_l("03/04/2026 means"), choices=SLASHES, default="")
    decimals = RadioField(_l("Decimals are written"), choices=DECIMALS, default="point")

    @classmethod
    def of(cls, kpi: Kpi, names: Sequence[str], columns: Columns | None = None) -> ColumnsForm:
        """The form for a KPI and a file; with `columns` it shows these."""
        named = [
            (name, f"dimension_{number}")
            for number, name in enumerate(answer_columns.split_by(kpi))
        ]
        fields = {field: SelectField(_called(name), default="") for name, field in named}
        form_type: Any = type("ColumnsOfKpi", (cls,), fields)
        given: dict[str, Any] = {}
        if columns is not None:
            given = {
                "value": columns.value,
                "answered_on": columns.answered_on,
                "external_id": columns.external_id,
                "slashes": columns.slashes,
                "decimals": "comma" if columns.decimal_comma else "point",
                **{field: columns.dimensions.get(name, "") for name, field in named},
            }
        form: ColumnsForm = form_type(**given)
        form.dimension_fields = named
        choices = [("", _("No column")), *((name, name) for name in names)]
        for field in ("value", "answered_on", "external_id", *(field for _name, field in named)):
            form[field].choices = choices
        return form

    dimension_fields: Sequence[tuple[str, str]] = ()

    def columns(self) -> Columns:
        """What was chosen."""
        chosen = {name: self[field].data for name, field in self.dimension_fields}
        return Columns(
            value=self.value.data,
            answered_on=self.answered_on.data,
            external_id=self.external_id.data or "",
            dimensions={name: column for name, column in chosen.items() if column},
            slashes=self.slashes.data or "",
            decimal_comma=self.decimals.data == "comma",
        )


def _called(dimension: str) -> Any:
    return labels.DIMENSIONS.get(dimension) or dimension.capitalize()
