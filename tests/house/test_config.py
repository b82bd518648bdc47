"""Settings: a wrong value is one sentence that names the setting, before anything starts."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from cxwiki.config import DEFAULT_SECRETS, SettingError, Settings, from_environment

LONG_SECRET = "a-long-and-random-text-of-the-tests"


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = from_environment({})
    assert settings.languages == ("en", "de")
    assert settings.timezone.key == "Europe/Berlin"
    assert not settings.production
    assert settings.sqlalchemy_url.startswith("sqlite:///")
    assert settings.sqlalchemy_url.endswith("/data/cxwiki.sqlite3")
    assert settings.encoder_url == "http://127.0.0.1:8009"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CXWIKI_ENV", "prod"),
        ("CXWIKI_DATABASE_URL", "mysql://here/cxwiki"),
        ("CXWIKI_LANGUAGES", "en,fr"),
        ("CXWIKI_LANGUAGES", " , "),
        ("CXWIKI_TIMEZONE", "Europe/Nowhere"),
        ("CXWIKI_TIMEZONE", "../../etc/passwd"),
        ("CXWIKI_WORKDAYS", "mon,tues"),
        ("CXWIKI_WORKDAYS", ""),
        ("CXWIKI_HOLIDAYS", "XX"),
        ("CXWIKI_HOLIDAYS", "DE-XX"),
        ("CXWIKI_OFFICE_HOURS", "9 to 5"),
        ("CXWIKI_OFFICE_HOURS", "17-8"),
        ("CXWIKI_STALLED_DAYS", "0"),
        ("CXWIKI_CURRENCY", "Euro"),
        ("CXWIKI_WEBHOOKS", "yes"),
        ("CXWIKI_URL", "wiki.example.org"),
        ("CXWIKI_URL", "ftp://wiki.example.org"),
        ("CXWIKI_PROXIES", "-1"),
        ("CXWIKI_PROXIES", "one"),
        ("CXWIKI_FILES", "https://files.example.org"),
        ("CXWIKI_QUEUE_URL", "amqp://localhost"),
        ("CXWIKI_EMBEDDING_URL", "localhost:8009"),
        ("CXWIKI_ENCODER_PORT", "0"),
        ("CXWIKI_ENCODER_PORT", "eight"),
        ("CXWIKI_THREADS", "-1"),
        ("CXWIKI_THREADS", "1.5"),
        ("CXWIKI_THREADS", "²"),
        ("CXWIKI_MAX_UPLOAD_MB", ""),
        ("CXWIKI_MAX_TEXT", "1e6"),
        ("CXWIKI_SIGN_IN_LIMIT", "often"),
        ("CXWIKI_WRITE_LIMIT", "10 per fortnight"),
        ("CXWIKI_MAIL_PORT", "smtp"),
        ("CXWIKI_MAIL_TLS", "perhaps"),
        ("CXWIKI_DEMO", "2"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_what_would_work(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        from_environment({name: value})
    sentence = str(caught.value)
    assert name in sentence
    assert f"“{value}”" in sentence
    assert "use " in sentence
    assert sentence.endswith(".")


def test_every_setting_that_can_be_wrong_is_tried_above() -> None:
    tried = {
        mark.args[1][i][0]
        for mark in test_a_wrong_value_is_refused_with_its_name_and_what_would_work.pytestmark
        for i in range(len(mark.args[1]))
    }
    free_text = {
        item.metadata["env"] for item in fields(Settings) if item.metadata["parse"] in (str, Path)
    }
    assert tried | free_text == {item.metadata["env"] for item in fields(Settings)}


def test_a_misspelt_setting_is_not_passed_over_in_silence() -> None:
    with pytest.raises(SettingError, match="CXWIKI_DATABASE is not a setting"):
        from_environment({"CXWIKI_DATABASE": "sqlite:///x"})


def test_what_the_tests_need_is_no_misspelt_setting() -> None:
    from_environment({"CXWIKI_TEST_DATA": "/somewhere", "CXWIKI_TEST_DATABASE": "postgres"})


def test_other_programs_variables_are_left_alone() -> None:
    assert from_environment({"PATH": "/bin", "DATABASE_URL": "mysql://x"}) == Settings()


@pytest.mark.parametrize(
    "given",
    [
        "postgres://u:p@host/name",
        "postgresql://u:p@host/name",
        "postgresql+pg8000://u:p@host/name",
    ],
)
def test_postgresql_always_goes_through_the_driver_that_is_installed(given: str) -> None:
    settings = from_environment({"CXWIKI_DATABASE_URL": given})
    assert settings.sqlalchemy_url == "postgresql+pg8000://u:p@host/name"


def test_languages_are_read_in_order_and_each_once() -> None:
    assert from_environment({"CXWIKI_LANGUAGES": "DE, en,de"}).languages == ("de", "en")


@pytest.mark.parametrize("secret", [None, *sorted(DEFAULT_SECRETS), "SECRET", "short"])
def test_production_refuses_secrets_that_others_could_guess(secret: str | None) -> None:
    environment = {"CXWIKI_ENV": "production"}
    if secret is not None:
        environment["CXWIKI_SECRET_KEY"] = secret
    with pytest.raises(SettingError, match="CXWIKI_SECRET_KEY"):
        from_environment(environment)


def test_production_takes_a_long_secret() -> None:
    settings = from_environment({"CXWIKI_ENV": "production", "CXWIKI_SECRET_KEY": LONG_SECRET})
    assert settings.signing_key() == LONG_SECRET


def test_production_is_no_demo_because_everybody_could_sign_in() -> None:
    with pytest.raises(SettingError, match="CXWIKI_DEMO"):
        from_environment(
            {"CXWIKI_ENV": "production", "CXWIKI_SECRET_KEY": LONG_SECRET, "CXWIKI_DEMO": "1"}
        )


def test_mail_needs_a_sender() -> None:
    with pytest.raises(SettingError, match="CXWIKI_MAIL_FROM"):
        from_environment({"CXWIKI_MAIL_SERVER": "mail.example.org"})


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = Settings(data=tmp_path / "new").signing_key()
    assert len(first) >= 32
    assert Settings(data=tmp_path / "new").signing_key() == first
    assert Settings(data=tmp_path / "other").signing_key() != first
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]


def test_a_damaged_secret_is_named_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("half")
    with pytest.raises(SettingError, match="secret_key is damaged"):
        Settings(data=tmp_path).signing_key()
