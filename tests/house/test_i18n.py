"""Language and time: the reader's own choice first, and never a guess about zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask_login import login_user

from cxwiki import i18n
from cxwiki.accounts.models import User
from cxwiki.database import db, utcnow
from tests.conftest import Cast, SignIn


@pytest.mark.parametrize(
    ("wished", "shown"),
    [
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("fr", "en"),
        ("fr,de;q=0.3", "de"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_who_chose_nothing_reads_what_the_browser_wishes(
    as_: SignIn, wished: str, shown: str
) -> None:
    page = as_("eve").get("/sign-in", headers={"Accept-Language": wished})
    assert f'<html lang="{shown}"' in page.get_data(as_text=True)


def test_a_persons_own_choice_counts_more(as_: SignIn) -> None:
    page = as_("alice").get("/insights/", headers={"Accept-Language": "de"})
    assert '<html lang="en"' in page.get_data(as_text=True)


def test_a_language_that_the_site_does_not_offer_is_passed_over(
    as_: SignIn, app: APIFlask, cast: Cast
) -> None:
    with app.app_context():
        person = db.session.get(User, cast.alice)
        assert person is not None
        person.language = "fr"
        db.session.commit()
    page = as_("alice").get("/insights/", headers={"Accept-Language": "de"})
    assert '<html lang="de"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=-2, minutes=-1), "in 2 days"),
    ],
)
def test_how_long_ago_is_said_in_words(app: APIFlask, passed: timedelta, words: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert i18n.ago(utcnow() - passed) == words


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (1234.5, "1,234.5", "1.234,5"),
        (100, "100", "100"),
        (0.126, "0.13", "0,13"),
        (None, "–", "–"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(
    app: APIFlask, value: float | None, english: str, german: str
) -> None:
    for language, words in (("en", english), ("de", german)):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            assert i18n.number(value) == words


def test_a_day_is_no_moment_and_never_moves(app: APIFlask, cast: Cast) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        person = cast.person("alice")
        person.timezone = "Pacific/Honolulu"
        login_user(person)
        assert i18n.day(date(2026, 5, 31)) == "May 31, 2026"
        assert i18n.day(None) == ""


def test_a_day_begins_at_midnight_of_the_sites_zone(context: APIFlask) -> None:
    assert i18n.start_of(date(2026, 7, 1)).astimezone(UTC) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert i18n.start_of(date(2026, 1, 1)).astimezone(UTC) == datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "known"),
    [("Europe/Berlin", True), ("UTC", True), ("Mars", False), ("../x", False), ("", False)],
)
def test_only_time_zones_that_exist_are_taken(name: str, known: bool) -> None:
    assert i18n.is_timezone(name) is known


def test_languages_are_called_by_their_own_names() -> None:
    assert [i18n.language_name(code) for code in ("en", "de")] == ["English", "Deutsch"]
