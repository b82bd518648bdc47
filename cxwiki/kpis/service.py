"""Defining, editing and putting away KPIs, and setting their targets."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import delete, select

from cxwiki import richtext
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.kpis import series
from cxwiki.kpis.labels import USUAL, Statistic
from cxwiki.kpis.models import Direction, Kpi, KpiKind, Measurement, Nature, Target
from cxwiki.kpis.numbers import tidy
from cxwiki.search.words.language import detect
from cxwiki.subjects import Visibility

LONGEST_TITLE = 300
LONGEST_UNIT = 30
LONGEST_DESCRIPTION = 5000


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


@command
def create_kpi(
    draft: KpiDraft,
    team: Team,
    by: User,
    *,
    source: str | None = None,
    external_id: str | None = None,
) -> Kpi:
    """Define a new KPI. Raises DomainError when the draft is not acceptable."""
    checked = _checked(draft, team, by)
    kpi = Kpi(team=team, author_id=by.id, version=1, source=source, external_id=external_id)
    _write(kpi, checked)
    db.session.add(kpi)
    db.session.flush()
    _set_target(kpi, checked.target, checked.target_due_on, by)
    discussion.watch(kpi, by)
    record("kpi.created", kpi, by=by)
    return kpi


@command
def edit_kpi(
    kpi: Kpi, draft: KpiDraft, by: User, *, team: Team | None = None, based_on: str | None = None
) -> Kpi:
    """Change a KPI; Conflict if `based_on`, the state_key that the person saw, is outdated."""
    db.session.refresh(kpi, with_for_update=True)
    if based_on is not None and based_on != state_key(kpi):
        raise Conflict(_("Somebody else changed this KPI while you were writing."))
    team = team or kpi.team
    checked = _checked(draft, team, by)
    _check_measurements_fit(kpi, checked)
    if checked == current_draft(kpi) and team.id == kpi.team_id:
        return kpi
    kpi.team = team
    _write(kpi, checked)
    _set_target(kpi, checked.target, checked.target_due_on, by)
    kpi.touch()
    record("kpi.edited", kpi, by=by)
    return kpi


def current_draft(kpi: Kpi) -> KpiDraft:
    """What the KPI says now, in the form in which it is edited."""
    target = series.targets_of([kpi.id]).get(kpi.id)
    names = [name for name in KpiDraft.__dataclass_fields__ if not name.startswith("target")]
    return KpiDraft(
        **{name: getattr(kpi, name) for name in names},
        target=target.value if target else None,
        target_due_on=target.due_on if target else None,
    )


def state_key(kpi: Kpi) -> str:
    """A short name of what the KPI says now, to notice that somebody else was faster."""
    return sha256(repr((current_draft(kpi), kpi.team_id)).encode()).hexdigest()[:16]


@command
def archive_kpi(kpi: Kpi, by: User) -> None:
    """Put the KPI away; its measurements stay."""
    if kpi.archived_at is None:
        kpi.archived_at = utcnow()
        kpi.touch()
        record("kpi.archived", kpi, by=by)


@command
def restore_kpi(kpi: Kpi, by: User) -> None:
    """Bring an archived KPI back."""
    if kpi.archived_at is not None:
        kpi.archived_at = None
        kpi.touch()
        record("kpi.restored", kpi, by=by)


def _checked(draft: KpiDraft, team: Team, by: User) -> KpiDraft:
    title = " ".join(richtext.clean(draft.title).split())
    unit = " ".join(richtext.clean(draft.unit).split())
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
    if len(description) > LONGEST_DESCRIPTION:
        raise DomainError(
            _("The text has at most %(number)s characters.", number=LONGEST_DESCRIPTION),
            "description",
        )
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
    if draft.visibility == Visibility.TEAM:
        _check_people_see_it(draft.owner_id, team, by)
    elif draft.owner_id is not None and db.session.get(User, draft.owner_id) is None:
        raise DomainError(_("Choose a person."), "owner")
    checked = replace(
        draft,
        title=title,
        unit=unit,
        description=description,
        statistic=str(statistic),
        nature=str(nature),
        scale_min=None if draft.scale_min is None else tidy(draft.scale_min),
        scale_max=None if draft.scale_max is None else tidy(draft.scale_max),
        target=None if draft.target is None else tidy(draft.target),
        target_due_on=None if draft.target is None else draft.target_due_on,
    )
    _check_scale(checked)
    return checked


def _check_people_see_it(owner_id: int | None, team: Team, by: User) -> None:
    if not (by.is_administrator or team.id in by.team_ids):
        raise DomainError(
            _("You are not in %(team)s and would not see it yourself.", team=team.name),
            "visibility",
        )
    owner = db.session.get(User, owner_id) if owner_id is not None else None
    if owner_id is not None and (
        owner is None or not (owner.is_administrator or team.id in owner.team_ids)
    ):
        raise DomainError(_("This person is not in %(team)s.", team=team.name), "owner")


def _check_scale(draft: KpiDraft) -> None:
    low, high, target = draft.scale_min, draft.scale_max, draft.target
    if low is not None and high is not None and low >= high:
        raise DomainError(_("The scale must end above its beginning."), "scale_max")
    if target is not None and not within(target, low, high):
        raise DomainError(_("The target lies outside of the scale."), "target")


def _check_measurements_fit(kpi: Kpi, draft: KpiDraft) -> None:
    values = db.session.scalars(
        select(Measurement.value).where(
            Measurement.kpi_id == kpi.id, Measurement.superseded_at.is_(None)
        )
    ).all()
    if values and draft.statistic != kpi.statistic:
        raise DomainError(
            _("There are measurements already: a figure made in another way is another KPI."),
            "statistic",
        )
    if any(not within(value, draft.scale_min, draft.scale_max) for value in values):
        raise DomainError(_("A measurement lies outside of this scale."), "scale_max")


def within(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether a value lies on a scale, which may be open at either end."""
    return (low is None or value >= low) and (high is None or value <= high)


def _write(kpi: Kpi, draft: KpiDraft) -> None:
    for name, value in asdict(draft).items():
        if not name.startswith("target"):
            setattr(kpi, name, value)
    kpi.language = detect(f"{draft.title}\n{draft.description}", settings().languages)


def _set_target(kpi: Kpi, value: Decimal | None, due_on: date | None, by: User) -> None:
    present = series.targets_of([kpi.id]).get(kpi.id)
    if value is None:
        db.session.execute(
            delete(Target).where(
                Target.kpi_id == kpi.id,
                Target.segment == series.TOTAL,
                Target.team_id.is_(None),
            )
        )
    elif present is None or (present.value, present.due_on) != (value, due_on):
        db.session.add(Target(kpi_id=kpi.id, value=value, due_on=due_on, set_by_id=by.id))
