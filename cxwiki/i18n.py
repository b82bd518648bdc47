"""Language, time zone and formats of the person who reads."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton
from flask import Flask, current_app, has_request_context, request
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_timedelta,
    get_locale,
    get_timezone,
)
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from cxwiki.config import Settings
from cxwiki.database import utcnow
from cxwiki.errors import DomainError
from cxwiki.extensions import babel

EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Beyond these nobody plans, and calendars and windows would run out of days."""


def settings() -> Settings:
    """Return the settings of the running site."""
    return current_app.extensions["settings"]


def today() -> date:
    """Return the calendar day in the site's time zone: it decides what is overdue."""
    return datetime.now(settings().timezone).date()


def start_of(day: date) -> datetime:
    """Return the moment at which a calendar day begins in the site's time zone."""
    return datetime.combine(day, time.min, settings().timezone)


def check_day(value: date | None, field: str) -> None:
    """Refuse a day that lies beyond what anybody means."""
    if value is not None and not EARLIEST_DAY <= value <= LATEST_DAY:
        raise DomainError(_("The year must lie between 1900 and 2999."), field)


def language() -> str:
    """Return the language in which the page is shown, or the site's first outside of a request."""
    locale = get_locale()
    return locale.language if locale else settings().languages[0]


def in_sentence(label: object) -> str:
    """A label in the middle of a sentence: small in English, as it is in German."""
    text = str(label)
    return text[:1].lower() + text[1:] if language() == "en" else text


def language_name(code: str) -> str:
    """What a language is called in itself: "Deutsch"."""
    return Locale.parse(code).get_display_name(code) or code


def offered_languages() -> tuple[str, ...]:
    """The languages that the company chose at its set-up, else all of the site."""
    try:
        chosen = current_app.extensions["company_languages"]()
    except SQLAlchemyError:  # even the page that says so needs a language
        chosen = ()
    return tuple(code for code in settings().languages if code in chosen) or settings().languages


def choose_language() -> str:
    """The person's own choice, else what the browser wishes, else the company's first language."""
    offered = offered_languages()
    if not has_request_context():
        return offered[0]
    if current_user.is_authenticated and current_user.language in offered:
        return current_user.language
    if (chosen := request.cookies.get("language")) in offered:
        return chosen
    wished = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((language for language in wished if language in offered), offered[0])


def choose_timezone() -> str:
    """The person's own time zone, else the site's."""
    if has_request_context() and current_user.is_authenticated and current_user.timezone:
        return current_user.timezone
    return settings().timezone.key


def ago(moment: datetime) -> str:
    """Say how long ago something was: "3 days ago"."""
    passed = utcnow() - moment
    if timedelta(0) <= passed < timedelta(minutes=1):
        return _("just now")
    return format_timedelta(-passed, granularity="minute", threshold=0.9, add_direction=True)


def exact(moment: datetime) -> str:
    """The full moment in the reader's zone."""
    return _exact(moment, get_locale(), str(get_timezone()))


@lru_cache(maxsize=5000)
def _exact(moment: datetime, _locale: Locale | None, _zone: str) -> str:
    """Lists show the same moments again and again, and a long form takes Babel 0.1 ms."""
    return format_datetime(moment, "long")


def day(value: date | None) -> str:
    """A day in the reader's format."""
    return _day(value, get_locale()) if value else ""


@lru_cache(maxsize=5000)
def _day(value: date, _locale: Locale | None) -> str:
    return format_date(value, "medium", rebase=False)


def month(value: date) -> str:
    """A month and its year in the reader's words."""
    return str(format_skeleton("yMMMM", value, locale=get_locale() or "en"))


def number(value: Any) -> str:
    """A number in the reader's format, with at most two decimals."""
    if value is None:
        return "–"
    return _number(str(value), get_locale())


@lru_cache(maxsize=5000)
def _number(value: str, _locale: Locale | None) -> str:
    """Pages of figures show hundreds of numbers, many of them twice."""
    return format_decimal(Decimal(value).quantize(Decimal("0.01")).normalize())


def is_timezone(name: str) -> bool:
    """Whether this names a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def init_app(app: Flask) -> None:
    """Connect Flask-Babel and offer the formats to templates."""
    app.extensions.setdefault("company_languages", tuple)
    babel.init_app(app, locale_selector=choose_language, timezone_selector=choose_timezone)
    app.jinja_env.filters.update(ago=ago, exact=exact, day=day, month=month, number=number)
    app.jinja_env.globals.update(locale=language, today=today)
