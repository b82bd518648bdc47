"""Documentation: every setting and every endpoint is in it, and nothing that is gone."""

from __future__ import annotations

import re
from dataclasses import fields

from apiflask import APIFlask

from cxwiki.config import Settings, from_environment
from tests.architecture.places import ROOT, named, our_files

DOCS = ROOT / "docs"


def settings_table() -> dict[str, str]:
    """Names and defaults as docs/settings.md has them."""
    rows = re.findall(r"^\| `(CXWIKI_\w+)` \| ([^|]*) \|", (DOCS / "settings.md").read_text(), re.M)
    return {name: default.strip() for name, default in rows}


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(settings_table()) == {item.metadata["env"] for item in fields(Settings)}


def test_documented_defaults_are_the_real_ones() -> None:
    defaults = Settings()
    for item in fields(Settings):
        written = settings_table()[item.metadata["env"]].strip("`")
        value = getattr(defaults, item.name)
        if item.name in ("workdays", "office_hours"):
            assert item.metadata["parse"](written) == value
            continue
        if item.name == "timezone":
            value = value.key
        if isinstance(value, tuple):
            value = ",".join(value)
        if isinstance(value, bool):
            value = int(value)
        assert written == (str(value) if value != "" else "empty"), item.metadata["env"]


def test_documented_values_can_be_read_back() -> None:
    given = {name: value.strip("`") for name, value in settings_table().items()}
    assert from_environment({k: "" if v == "empty" else v for k, v in given.items()}) == Settings()


def test_settings_that_are_named_anywhere_exist() -> None:
    known = {item.metadata["env"] for item in fields(Settings)}
    for path in our_files():
        if path.suffix in (".md", ".yaml", ".py", ".html") or path.name in (
            "Dockerfile",
            "Makefile",
        ):
            if named(path).startswith("tests/"):
                continue
            for name in re.findall(r"\bCXWIKI_[A-Z_]+\b", path.read_text()):
                assert name in known or name.startswith(("CXWIKI_TEST_", "CXWIKI_BENCH_")), (
                    f"{named(path)}: {name}"
                )


def test_every_endpoint_of_the_api_is_documented_and_nothing_that_is_gone(site: APIFlask) -> None:
    """docs/api.md names them like `GET/PATCH /api/v1/insights/{id}`."""
    real = {
        f"{method} {re.sub(r'<[^>]+>', '{}', rule.rule)}"
        for rule in site.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    text = (DOCS / "api.md").read_text()
    written = {
        f"{method} {re.sub(r'[{][^}]+[}]', '{}', path)}"
        for methods, path in re.findall(r"`([A-Z]+(?:/[A-Z]+)*) (/api/v1/[^`?]*)[^`]*`", text)
        for method in methods.split("/")
    }
    assert real - written == set(), "not documented"
    assert written - real == set(), "documented but gone"


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{named(path)} → {target}"


def test_every_decision_is_one_short_page() -> None:
    for path in (DOCS / "decisions").glob("[!R]*.md"):
        assert re.match(r"\d{4}-[a-z0-9-]+\.md$", path.name), path.name
        assert len(path.read_text().splitlines()) <= 60, path.name
