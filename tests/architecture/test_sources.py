"""Sources: small files, known third parties, nothing that calls out or points at one machine."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.architecture.places import ROOT, functions, named, our_files, python_files, tree

LONGEST = 300
LONG_FILES = {
    "cxwiki/config.py": "every setting with its check stands in one place",
    "cxwiki/jobs.py": "the outbox is one thing: adding, running and looking after share its states",
    "cxwiki/search/embedded/keyword.py": "one protocol: read, write, rebuild and swap share a folder",
    "cxwiki/search/words/expansion.py": "ways of helping a word that share what was looked up",
    "cxwiki/themes/phrases.py": "what makes a span of a title a heading is one set of rules",
    "cxwiki/insights/service.py": "an insight's whole life; voting and importing are apart",
}
# Written in two halves, so that this file names none itself.
REGISTRIES = tuple(
    first + second
    for first, second in (
        ("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("npmjs", ".com"),
        ("jsdelivr", ".net"), ("unpkg", ".com"), ("cdnjs", ".cloudflare"), ("yarnpkg", ".com"),
        ("crates", ".io"), ("rubygems", ".org"), ("hugging", "face.co"),
        ("fonts.google", "apis.com"),
        ("esm", ".sh"), ("skypack", ".dev"), ("anaconda", ".org"),
    )
)  # fmt: skip
TEXT = {".py", ".html", ".css", ".js", ".md", ".toml", ".yaml", ".yml", ".txt", ".cfg", ".sh",
        ".json", ".po", ".mako", ".ini", ""}  # fmt: skip


def text_files() -> list[Path]:
    return [
        path
        for path in our_files()
        if path.suffix in TEXT and "vendor" not in path.parts and path != Path(__file__)
    ]


def test_long_files_have_a_reason() -> None:
    long = {named(path) for path in python_files() if len(path.read_text().splitlines()) > LONGEST}
    assert long <= set(LONG_FILES)


def test_most_files_are_small() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in python_files())
    assert lengths[len(lengths) // 2] <= 100


def test_nothing_is_loaded_from_a_registry_or_a_foreign_host() -> None:
    found = [
        f"{named(path)}: {host}"
        for path in text_files()
        for host in REGISTRIES
        if host in path.read_text(errors="ignore")
    ]
    assert found == []


def test_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    for path in [
        *(ROOT / "static" / "css").rglob("*.css"),
        *(ROOT / "static" / "js").rglob("*.js"),
    ]:
        text = path.read_text()
        assert not re.search(r"""(?:url\(|import\s+|from\s+|fetch\()["']?(?:https?:)?//""", text), (
            named(path)
        )
        assert not re.search(r"\beval\(|new Function\(|\.innerHTML\s*=", text), named(path)


def test_no_file_points_at_one_machine() -> None:
    local = re.compile(r"/(?:home|Users|root)/\w+|[A-Z]:\\Users|/tmp/[a-z]/|/work/")
    found = [named(path) for path in text_files() if local.search(path.read_text(errors="ignore"))]
    assert found == []


@pytest.mark.parametrize("folder", ["static/vendor", "tests/browser/vendor"])
def test_files_of_others_are_what_the_manifest_says(folder: str) -> None:
    place = ROOT / folder
    listed = json.loads((place / "manifest.json").read_text())["files"]
    names = {"manifest.json"}
    for entry in listed:
        content = (place / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
        assert entry["version"]
        assert "GPL" not in entry["licence"]
        names |= {entry["file"], entry["licence_file"]}
        assert (place / entry["licence_file"]).stat().st_size > 0
    others = {path.name for path in place.iterdir()} - names
    assert {name for name in others if "LICEN" not in name.upper()} == set()


def test_everything_public_says_what_it_is_for() -> None:
    silent = []
    for path in python_files():
        if not ast.get_docstring(tree(path)):
            silent.append(named(path))
        for function in functions(tree(path)):
            nested = function.col_offset > 4
            if not (function.name.startswith("_") or nested or ast.get_docstring(function)):
                silent.append(f"{named(path)}:{function.name}")
    allowed = re.compile(r"\.pyi?$|:\w+$")
    assert [one for one in silent if not allowed.search(one)] == []
    assert [one for one in silent if one.endswith(".py")] == []


def test_no_loose_ends() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    found = [
        f"{named(path)}:{number}"
        for path in text_files()
        if path.suffix in (".py", ".html", ".css", ".js")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []


def test_no_file_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "misc", "common"}
    assert [named(path) for path in our_files() if path.stem in vague] == []


def test_every_version_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()[1:]
    assert lines == sorted(lines, key=str.lower)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!_]+", line) for line in lines)
    pinned = {re.split("==", line)[0].lower().replace("_", "-").replace(".", "-") for line in lines}
    assert "torch==2.13.0" in lines
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {
        re.split(r"[\[<>=!;~ ]", one)[0].lower().replace("_", "-").replace(".", "-")
        for one in wanted
    }
    assert names - pinned == set()
