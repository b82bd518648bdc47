"""How much each ingredient of an action's impact counts: managers say so, the latest word holds."""

from __future__ import annotations

from dataclasses import asdict

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.actions.models import Weighting
from cxwiki.actions.score_parts import Weights
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record

HEAVIEST = 10


@command
def set_weights(weights: Weights, by: User) -> Weighting:
    """Say how much each ingredient counts. Saying the same again changes nothing."""
    values = asdict(weights)
    for name, value in values.items():
        if not 0 <= value <= HEAVIEST:
            raise DomainError(
                _("A weight is a whole number from 0 to %(most)s.", most=HEAVIEST), name
            )
    if not any(values.values()):
        raise DomainError(_("At least one ingredient must count."), "customers")
    latest = latest_weighting()
    if latest is not None and weights_of(latest) == weights:
        return latest
    made = Weighting(set_by_id=by.id, **values)
    db.session.add(made)
    db.session.flush()
    record("weighting.set", None, by=by, weighting_id=made.id)
    return made


def weights_in_force() -> Weights:
    """The weights that hold now; those of the house until somebody sets others."""
    latest = latest_weighting()
    return weights_of(latest) if latest else Weights()


def latest_weighting() -> Weighting | None:
    """The weighting that was set last, if any was."""
    return db.session.scalars(select(Weighting).order_by(Weighting.id.desc()).limit(1)).first()


def weights_of(weighting: Weighting) -> Weights:
    """The weights of a stored row."""
    return Weights(**{name: getattr(weighting, name) for name in Weights.__dataclass_fields__})


def in_words(weights: Weights) -> str:
    """Say the weights: "Customers affected 3, severity 3, silo spread 2, KPI gap 2"."""
    return _(
        "customers affected %(customers)s, severity %(severity)s, silo spread %(spread)s, "
        "KPI gap %(kpi_gap)s",
        **asdict(weights),
    )
