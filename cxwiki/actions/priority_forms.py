"""The form of the weights."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from cxwiki.actions.score_parts import Weights
from cxwiki.actions.weighting import HEAVIEST

_RULES = [
    InputRequired(_l("Give a whole number from 0 to 10.")),
    NumberRange(0, HEAVIEST, _l("Give a whole number from 0 to 10.")),
]


class WeightingForm(FlaskForm):
    """How much each ingredient of the impact counts."""

    customers = IntegerField(_l("Customers affected"), _RULES)
    severity = IntegerField(_l("Severity"), _RULES)
    spread = IntegerField(_l("Silo spread"), _RULES)
    kpi_gap = IntegerField(_l("KPI gap"), _RULES)

    def weights(self) -> Weights:
        """What was said."""
        return Weights(
            customers=self.customers.data or 0,
            severity=self.severity.data or 0,
            spread=self.spread.data or 0,
            kpi_gap=self.kpi_gap.data or 0,
        )
