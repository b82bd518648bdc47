"""Settings: read from the environment once, checked before anything starts."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import holidays

SUPPORTED_LANGUAGES = ("en", "de")
DEFAULT_SECRETS = frozenset({"", "dev", "secret", "changeme", "change-me"})


class SettingError(Exception):
    """A setting has a value that cannot work; the message names it and says what would."""


def _setting(name: str, default: Any, parse: Callable[[str], Any], text: str) -> Any:
    """Declare a dataclass field that is read from the environment variable `name`."""
    return field(default=default, metadata={"env": name, "parse": parse, "text": text})


def _boolean(raw: str) -> bool:
    if raw.lower() in ("1", "true", "yes", "on"):
        return True
    if raw.lower() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("use 1 or 0")


def _positive(raw: str) -> int:
    if not raw.isdecimal() or int(raw) < 1:
        raise ValueError("use a whole number above 0")
    return int(raw)


def _count(raw: str) -> int:
    if not raw.isdecimal():
        raise ValueError("use a whole number, 0 for none")
    return int(raw)


def _languages(raw: str) -> tuple[str, ...]:
    languages = tuple(
        dict.fromkeys(part.strip().lower() for part in raw.split(",") if part.strip())
    )
    unknown = [language for language in languages if language not in SUPPORTED_LANGUAGES]
    if not languages or unknown:
        raise ValueError(
            f"use one or more of {', '.join(SUPPORTED_LANGUAGES)}, separated by commas"
        )
    return languages


def _timezone(raw: str) -> ZoneInfo:
    try:
        return ZoneInfo(raw)
    except (KeyError, ValueError, OSError):
        raise ValueError("use a name such as Europe/Berlin") from None


def _holidays(raw: str) -> str:
    """Accept a country, or a country and a part of it, that the holidays package knows."""
    country, _dash, part = raw.upper().partition("-")
    known = holidays.list_supported_countries()
    if raw and (country not in known or (part and part not in known[country])):
        raise ValueError("use a country such as DE, or one and its part, such as DE-NW")
    return raw.upper()


_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _workdays(raw: str) -> frozenset[int]:
    names = [part.strip().lower() for part in raw.split(",") if part.strip()]
    if not names or not set(names) <= set(_WEEK):
        raise ValueError("use days such as mon,tue,wed,thu,fri")
    return frozenset(_WEEK.index(name) for name in names)


def _office_hours(raw: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", raw)
    begin, end = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 0 <= begin < end <= 24:
        raise ValueError("use two hours of a day, such as 8-17")
    return begin, end


def _currency(raw: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", raw):
        raise ValueError("use three letters such as EUR")
    return raw.upper()


def _environment(raw: str) -> str:
    if raw not in ("development", "production"):
        raise ValueError("use development or production")
    return raw


def _database(raw: str) -> str:
    """Accept sqlite and postgresql addresses; PostgreSQL always goes through pg8000."""
    if raw and not re.match(r"^(sqlite|postgres(ql)?(\+pg8000)?)://", raw):
        raise ValueError("use sqlite:///… or postgresql://user:password@host/name")
    return re.sub(r"^postgres(ql)?(\+pg8000)?://", "postgresql+pg8000://", raw)


def _web_address(raw: str) -> str:
    parts = urlsplit(raw)
    if raw and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ValueError("use an address that starts with http:// or https://")
    return raw.rstrip("/")


def _files(raw: str) -> str:
    scheme = raw.partition("://")[0] if "://" in raw else ""
    if scheme not in ("", "file", "s3", "memory"):
        raise ValueError("use a folder, or s3://bucket/folder")
    return raw.rstrip("/")


def _queue(raw: str) -> str:
    if raw and not raw.startswith(("redis://", "rediss://")):
        raise ValueError("use redis://host:port/number, or leave it empty")
    return raw


def _webhooks(raw: str) -> str:
    if raw not in ("off", "public", "anywhere"):
        raise ValueError("use off, public or anywhere")
    return raw


def _rate(raw: str) -> str:
    if not re.match(r"^\d+ per (second|minute|hour|day)(;\d+ per (second|minute|hour|day))*$", raw):
        raise ValueError("use for example: 10 per minute")
    return raw


@dataclass(frozen=True)
class Settings:
    """Every setting of the site. Docs: docs/settings.md lists the same names."""

    environment: str = _setting(
        "CXWIKI_ENV", "development", _environment, "development or production"
    )
    data: Path = _setting(
        "CXWIKI_DATA", Path("data"), Path, "Folder of the SQLite file, the indexes and the uploads"
    )
    database_url: str = _setting(
        "CXWIKI_DATABASE_URL", "", _database, "Database; empty means a SQLite file in CXWIKI_DATA"
    )
    secret_key: str = _setting(
        "CXWIKI_SECRET_KEY", "", str, "Signs sessions and links; kept in CXWIKI_DATA when empty"
    )
    languages: tuple[str, ...] = _setting(
        "CXWIKI_LANGUAGES", ("en", "de"), _languages, "Languages of the site, the first is default"
    )
    timezone: ZoneInfo = _setting(
        "CXWIKI_TIMEZONE",
        ZoneInfo("Europe/Berlin"),
        _timezone,
        "Decides what is overdue, where weeks begin, and how imported times are read",
    )
    workdays: frozenset[int] = _setting(
        "CXWIKI_WORKDAYS", frozenset(range(5)), _workdays, "Days on which work is done"
    )
    holidays: str = _setting(
        "CXWIKI_HOLIDAYS", "", _holidays, "Country whose public holidays are free, such as DE-NW"
    )
    office_hours: tuple[int, int] = _setting(
        "CXWIKI_OFFICE_HOURS", (8, 17), _office_hours, "Hours in which people are reminded"
    )
    stalled_days: int = _setting(
        "CXWIKI_STALLED_DAYS", 14, _positive, "Idle days after which an action counts as stalled"
    )
    currency: str = _setting(
        "CXWIKI_CURRENCY", "EUR", _currency, "Currency of day rates and of new budget entries"
    )
    url: str = _setting(
        "CXWIKI_URL", "", _web_address, "Public address; https turns on secure cookies and HSTS"
    )
    proxies: int = _setting(
        "CXWIKI_PROXIES", 0, _count, "Proxies in front whose X-Forwarded headers are believed"
    )
    files: str = _setting(
        "CXWIKI_FILES",
        "",
        _files,
        "Folder or s3://bucket/folder of attached files; empty means `files` in CXWIKI_DATA",
    )
    queue_url: str = _setting(
        "CXWIKI_QUEUE_URL",
        "",
        _queue,
        "Redis for several machines; empty means a file in CXWIKI_DATA",
    )
    embedding_url: str = _setting(
        "CXWIKI_EMBEDDING_URL",
        "",
        _web_address,
        "Encoder that speaks /v1/embeddings; empty means the bundled one of `cxwiki serve`",
    )
    embedding_model: str = _setting(
        "CXWIKI_EMBEDDING_MODEL",
        "both",
        str,
        "both, minilm, e5, or the name or folder of a sentence-transformers model",
    )
    embedding_key: str = _setting(
        "CXWIKI_EMBEDDING_KEY", "", str, "Key that CXWIKI_EMBEDDING_URL wants, if any"
    )
    encoder_port: int = _setting(
        "CXWIKI_ENCODER_PORT", 8009, _positive, "Loopback port of the bundled encoder"
    )
    threads: int = _setting("CXWIKI_THREADS", 8, _positive, "Threads of the web server")
    max_upload_mb: int = _setting(
        "CXWIKI_MAX_UPLOAD_MB", 64, _positive, "Largest file that may be uploaded, in megabytes"
    )
    max_text: int = _setting(
        "CXWIKI_MAX_TEXT", 100_000, _positive, "Longest text of an insight, in characters"
    )
    sign_in_limit: str = _setting(
        "CXWIKI_SIGN_IN_LIMIT", "10 per minute", _rate, "Sign-in attempts per address"
    )
    write_limit: str = _setting("CXWIKI_WRITE_LIMIT", "120 per minute", _rate, "Changes per person")
    mail_server: str = _setting("CXWIKI_MAIL_SERVER", "", str, "SMTP server; empty means no mail")
    mail_port: int = _setting("CXWIKI_MAIL_PORT", 587, _positive, "Port of the SMTP server")
    mail_user: str = _setting("CXWIKI_MAIL_USER", "", str, "User of the SMTP server")
    mail_password: str = _setting("CXWIKI_MAIL_PASSWORD", "", str, "Password of the SMTP server")
    mail_tls: bool = _setting("CXWIKI_MAIL_TLS", True, _boolean, "Use STARTTLS when sending mail")
    mail_from: str = _setting("CXWIKI_MAIL_FROM", "", str, "Sender of the mails")
    webhooks: str = _setting(
        "CXWIKI_WEBHOOKS",
        "off",
        _webhooks,
        "Where webhooks of teams may lead: off, public (https, no inner network) or anywhere",
    )
    demo: bool = _setting(
        "CXWIKI_DEMO", False, _boolean, "The sign-in page offers the people of the demo company"
    )

    def __post_init__(self) -> None:
        if self.mail_server and not self.mail_from:
            raise SettingError("CXWIKI_MAIL_FROM is empty: set the sender of the mails.")
        if self.mail_server and not self.url:
            raise SettingError(
                "CXWIKI_URL is empty: mails contain links, so set the public address of the site."
            )
        if self.production and self.secret_key.lower() in DEFAULT_SECRETS:
            raise SettingError(
                "CXWIKI_SECRET_KEY is empty or a well-known word: in production set it to a long "
                "random text, for example the output of: openssl rand -hex 32"
            )
        if self.production and len(self.secret_key) < 16:
            raise SettingError("CXWIKI_SECRET_KEY is shorter than 16 characters: use a longer one.")
        if self.production and self.demo:
            raise SettingError("CXWIKI_DEMO must be 0 in production: everybody could sign in.")

    @property
    def production(self) -> bool:
        """Whether strict rules for secrets apply."""
        return self.environment == "production"

    @property
    def sqlalchemy_url(self) -> str:
        """The database address that SQLAlchemy gets."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'cxwiki.sqlite3'}"

    @property
    def encoder_url(self) -> str:
        """The encoder that web and worker ask for vectors."""
        return self.embedding_url or f"http://127.0.0.1:{self.encoder_port}"

    def signing_key(self) -> str:
        """The configured secret, or one that is made once and kept in the data folder."""
        return self.secret_key or _kept_secret(self.data / "secret_key")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings. Raises SettingError with a sentence that names the wrong one."""
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = item.metadata["env"]
        raw = environ.get(name)
        if raw is None:
            continue
        try:
            values[item.name] = item.metadata["parse"](raw.strip())
        except ValueError as error:
            raise SettingError(f"{name} is “{raw}”: {error}.") from None
    known = {item.metadata["env"] for item in fields(Settings)}
    for name in environ:
        if name.startswith("CXWIKI_") and name not in known and not name.startswith("CXWIKI_TEST_"):
            raise SettingError(f"{name} is not a setting of CX Wiki: see docs/settings.md.")
    return Settings(**values)


def _kept_secret(path: Path) -> str:
    """Read the secret, making it first; when two processes start at once the first one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    secret = path.read_text().strip()
    if len(secret) < 32:
        raise SettingError(f"{path} is damaged: delete it, or set CXWIKI_SECRET_KEY.")
    return secret
