"""What a person says about a KPI, and what of it is acceptable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from cxwiki import i18n, richtext
from cxwiki.accounts import audience
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis.dimensions import Dimensions, check_dimensions
from cxwiki.kpis.labels import USUAL, Statistic
from cxwiki.kpis.models import Cadence, Direction, KpiKind, Nature
from cxwiki.kpis.numbers import tidy
from cxwiki.subjects import Visibility

LONGEST_TITLE = 300
LONGEST_UNIT = 30
LONGEST_DESCRIPTION = 5000
FIGURES = (
    "scale_min", "scale_max", "answer_min", "answer_max", "success_min", "success_max",
    "band_low", "band_high", "target",
)  # fmt: skip


@dataclass(frozen=True)
class KpiDraft:
    """What a person says about a KPI. The direction has no default: it is never assumed."""

    title: str
    direction: str | None
    kind: str = KpiKind.OWN
    statistic: str = ""
    description: str = ""
    unit: str = ""
    scale_min: Decimal | None = None
    scale_max: Decimal | None = None
    nature: str = ""
    owner_id: int | None = None
    visibility: str = Visibility.COMPANY
    target: Decimal | None = None
    target_due_on: date | None = None
    cadence: str | None = None
    answer_min: Decimal | None = None
    answer_max: Decimal | None = None
    success_min: Decimal | None = None
    success_max: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    dimensions: Dimensions = ()


def checked(draft: KpiDraft, team: Team, by: User) -> KpiDraft:
    """The draft as it is kept. Raises DomainError with the field that is not acceptable."""
    title, unit = richtext.one_line(draft.title), richtext.one_line(draft.unit)
    description = richtext.clean(draft.description).strip()
    if not title:
        raise DomainError(_("Give it a name."), "title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(
            _("The name has at most %(number)s characters.", number=LONGEST_TITLE), "title"
        )
    if len(unit) > LONGEST_UNIT:
        raise DomainError(
            _("The unit has at most %(number)s characters.", number=LONGEST_UNIT), "unit"
        )
    richtext.check_length(description, LONGEST_DESCRIPTION, "description")
    i18n.check_day(draft.target_due_on, "target_due_on")
    _check_owner(draft, team, by)
    checked = _check_choices(draft)
    figures = {name: getattr(draft, name) for name in FIGURES}
    tidied = {name: None if value is None else tidy(value) for name, value in figures.items()}
    checked = replace(
        checked,
        title=title,
        unit=unit,
        description=description,
        target_due_on=None if draft.target is None else draft.target_due_on,
        dimensions=check_dimensions(draft.dimensions),
        **tidied,  # type: ignore[arg-type]
    )
    _check_scale(checked)
    _check_answers(checked)
    return checked


def within(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether a value lies on a scale, which may be open at either end."""
    return (low is None or value >= low) and (high is None or value <= high)


def _check_choices(draft: KpiDraft) -> KpiDraft:
    if draft.kind not in set(KpiKind):
        raise DomainError(_("Choose what is measured."), "kind")
    if draft.direction not in set(Direction):
        raise DomainError(_("Say whether higher or lower is better."), "direction")
    usual = USUAL[KpiKind(draft.kind)]
    statistic, nature = draft.statistic or usual.statistic, draft.nature or usual.nature
    if statistic not in set(Statistic):
        raise DomainError(_("Choose how the figure is made."), "statistic")
    if nature not in set(Nature):
        raise DomainError(_("Choose what the figure speaks of."), "nature")
    if draft.visibility not in set(Visibility):
        raise DomainError(_("Choose who may see it."), "visibility")
    cadence = draft.cadence or None
    if cadence is not None and cadence not in set(Cadence):
        raise DomainError(_("Choose how often it is measured."), "cadence")
    return replace(draft, statistic=str(statistic), nature=str(nature), cadence=cadence)


def _check_owner(draft: KpiDraft, team: Team, by: User) -> None:
    owner = db.session.get(User, draft.owner_id) if draft.owner_id is not None else None
    if draft.owner_id is not None and owner is None:
        raise DomainError(_("Choose a person."), "owner")
    if draft.visibility != Visibility.TEAM:
        return
    audience.check(draft.visibility, team, by)
    if owner is not None and not (owner.is_administrator or team.id in owner.team_ids):
        raise DomainError(_("This person is not in %(team)s.", team=team.name), "owner")


def _check_scale(draft: KpiDraft) -> None:
    low, high, target = draft.scale_min, draft.scale_max, draft.target
    if low is not None and high is not None and low >= high:
        raise DomainError(_("The scale must end above its beginning."), "scale_max")
    if target is not None and not within(target, low, high):
        raise DomainError(_("The target lies outside of the scale."), "target")
    floor, top = draft.band_low, draft.band_high
    if floor is not None and top is not None and floor >= top:
        raise DomainError(_("The upper end must lie above the lower one."), "band_high")
    for name, value in (("band_low", floor), ("band_high", top)):
        if value is not None and not within(value, low, high):
            raise DomainError(_("This lies outside of the scale."), name)


def _check_answers(draft: KpiDraft) -> None:
    low, high = draft.answer_min, draft.answer_max
    first, last = draft.success_min, draft.success_max
    if low is not None and high is not None and low >= high:
        raise DomainError(_("The scale must end above its beginning."), "answer_max")
    if draft.statistic == Statistic.NPS and (low, high) not in ((None, None), (0, 10)):
        raise DomainError(_("For an NPS customers answer from 0 to 10."), "answer_max")
    if first is not None and last is not None and first > last:
        raise DomainError(_("The upper end must not lie below the lower one."), "success_max")
    for name, value in (("success_min", first), ("success_max", last)):
        if value is None:
            continue
        if draft.statistic != Statistic.SHARE:
            raise DomainError(_("Only a share has answers that count."), name)
        if not within(value, low, high):
            raise DomainError(_("This lies outside of the scale of the answers."), name)
