"""Money of a project as dated entries: planned, committed, spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from babel.numbers import list_currencies
from flask_babel import gettext as _
from sqlalchemy import Row, select

from cxwiki import i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.projects.models import BudgetEntry, BudgetKind, Project

USUAL_CURRENCY = "EUR"
LARGEST = Decimal(10) ** 12


@dataclass
class Money:
    """The sums of one currency."""

    currency: str = USUAL_CURRENCY
    planned: Decimal = field(default_factory=Decimal)
    committed: Decimal = field(default_factory=Decimal)
    spent: Decimal = field(default_factory=Decimal)

    @property
    def is_over(self) -> bool:
        """Whether more was spent or committed than planned."""
        return max(self.spent, self.committed) > self.planned > 0

    def __str__(self) -> str:
        if not self.planned:
            return _("%(spent)s spent", spent=money(self.spent, self.currency))
        return _(
            "%(spent)s of %(planned)s spent",
            spent=i18n.number(self.spent),
            planned=money(self.planned, self.currency),
        )


@command
def enter(
    project: Project,
    kind: str,
    amount: Decimal,
    dated_on: date,
    by: User,
    *,
    currency: str = USUAL_CURRENCY,
    note: str = "",
) -> BudgetEntry:
    """Enter money that is planned, committed or spent; a negative amount takes some back."""
    currency = currency.strip().upper()
    if kind not in set(BudgetKind):
        raise DomainError(_("Say whether it is planned, committed or spent."), "kind")
    i18n.check_day(dated_on, "dated_on")
    amount = amount.quantize(Decimal("0.01"))
    if not amount:
        raise DomainError(_("Give an amount."), "amount")
    if abs(amount) >= LARGEST:
        raise DomainError(_("This number is too large."), "amount")
    if currency not in list_currencies():
        raise DomainError(_("Give the currency with its three letters, such as EUR."), "currency")
    entry = BudgetEntry(
        project_id=project.id,
        kind=kind,
        amount=amount,
        currency=currency,
        dated_on=dated_on,
        note=richtext.one_line(note)[:200],
        entered_by_id=by.id,
    )
    db.session.add(entry)
    db.session.flush()
    db.session.expire(project, ["budget"])
    project.touch()
    record("project.budget_entered", project, by=by, entry_id=entry.id)
    return entry


def totals(entries: Iterable[BudgetEntry | Row[int, str, str, Decimal]]) -> list[Money]:
    """The sums by currency, the one with most plans first; money is never converted."""
    sums: dict[str, Money] = {}
    for entry in entries:
        sums.setdefault(entry.currency, Money(entry.currency))
        bucket = sums[entry.currency]
        setattr(bucket, entry.kind, getattr(bucket, entry.kind) + entry.amount)
    return sorted(sums.values(), key=lambda one: (-one.planned, one.currency))


def totals_of(projects: Sequence[Project]) -> dict[int, list[Money]]:
    """The sums of many projects with one query; projects without money are left out."""
    entries: dict[int, list[Row[int, str, str, Decimal]]] = defaultdict(list)
    query = select(
        BudgetEntry.project_id, BudgetEntry.currency, BudgetEntry.kind, BudgetEntry.amount
    ).where(BudgetEntry.project_id.in_({one.id for one in projects}))
    for entry in db.session.execute(query):
        entries[entry.project_id].append(entry)
    return {project_id: totals(found) for project_id, found in entries.items()}


def money(amount: Decimal, currency: str) -> str:
    """Write an amount in the reader's format: "12,400 EUR"."""
    return f"{i18n.number(amount)}\u00a0{currency}"
