"""Templates: nothing inline, nothing orphaned, every link made by the router."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.places import ROOT, TEMPLATES, named, python_files, template_files, tree

HTML = [path for path in template_files() if path.suffix == ".html"]
REFERENCE = re.compile(r"""(?:extends|include|import|from)\s+["']([^"']+)["']""")
QUOTED = re.compile(r"""["']([\w/.-]+\.(?:html|txt))["']""")
NAMED_BY_OTHERS = {
    "security": "Flask-Security looks for its pages by name",
    "styles": "the style page, for those who build",
}


def tags(path: Path) -> list[str]:
    """The HTML tags of a template, without comments and without what Jinja puts in."""
    text = re.sub(r"\{#.*?#\}|<!--.*?-->", "", path.read_text(), flags=re.S)
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.S)
    return re.findall(r"<[a-zA-Z][^<>]*>", text)


@pytest.mark.parametrize("path", HTML, ids=named)
def test_nothing_is_inline(path: Path) -> None:
    """The Content-Security-Policy would forbid it, and the page would break in silence."""
    for tag in tags(path):
        assert not re.search(r"\son[a-z]+\s*=", tag), f"a handler: {tag}"
        assert not re.search(r"\sstyle\s*=", tag), f"a style: {tag}"
        if "mail" not in path.parts:  # no sheet of ours reaches a mail program, and no policy
            assert not tag.lower().startswith("<style"), tag
        assert "javascript:" not in tag.lower(), tag
        if tag.lower().startswith("<script"):
            assert re.search(r"\ssrc\s*=|\ssrc$|src=", tag), f"an inline script: {tag}"
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", path.read_text(), flags=re.S)
    assert [script for script in scripts if script.strip()] == []


def test_what_code_calls_html_is_clean_too() -> None:
    """HTML that Python or a macro writes must keep to the same rule."""
    pattern = re.compile(r"""<(?:style|script)\b|\sstyle=["']|\son(?:click|load|error|change)=""")
    found = [named(path) for path in python_files() if pattern.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize("path", HTML, ids=named)
def test_links_are_made_by_the_router(path: Path) -> None:
    """A path typed by hand breaks when the site lives under a prefix, or the route moves."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    typed = re.findall(r"""(?:href|src|action|hx-\w+)=["'](?:/|https?:)[^"']*""", text)
    assert typed == []


@pytest.mark.parametrize("path", HTML, ids=named)
def test_nothing_is_passed_through_unescaped(path: Path) -> None:
    """HTML comes from richtext, charts and slots, which hand it over as safe themselves."""
    assert not re.search(r"\{%-?\s*autoescape\s+false", path.read_text())


def test_what_is_marked_safe_in_templates_was_made_safe_by_richtext_or_charts() -> None:
    allowed = re.compile(r"html|svg|chart|message|_\(|gettext", re.I)
    offenders = []
    for path in HTML:
        offenders += [
            f"{named(path)}: {expression.strip()}"
            for expression in re.findall(r"\{\{(.*?)\}\}", path.read_text(), flags=re.S)
            if re.search(r"\|\s*safe\b", expression) and not allowed.search(expression)
        ]
    assert offenders == []


@pytest.mark.parametrize("path", HTML, ids=named)
def test_every_form_that_posts_carries_the_token(path: Path) -> None:
    text = with_includes(path)
    for form in re.findall(r"<form\b.*?</form>", text, flags=re.S):
        if re.search(r"""method=["']post["']""", form):
            assert "csrf" in form, f"{named(path)}: {form[:200]}"


def with_includes(path: Path) -> str:
    """The template with what it includes put in place."""

    def put_in_place(include: re.Match[str]) -> str:
        return with_includes(TEMPLATES / include[1])

    return re.sub(r"""\{%-?\s*include\s+["']([^"']+)["'][^%]*%\}""", put_in_place, path.read_text())


def test_no_template_is_an_orphan() -> None:
    used = {name for path in template_files() for name in REFERENCE.findall(path.read_text())}
    used |= {name for path in template_files() for name in QUOTED.findall(path.read_text())}
    patterns = []
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w/]+"
                    for part in node.values
                ]
                patterns.append(re.compile("".join(parts)))
    orphans = [
        name
        for path in template_files()
        if (name := path.relative_to(TEMPLATES).as_posix()) not in used
        and name.split("/")[0] not in NAMED_BY_OTHERS
        and not any(one.fullmatch(name) for one in patterns if one.pattern.endswith("html"))
    ]
    assert orphans == []


def test_every_template_that_is_named_exists() -> None:
    """A misspelt name would show itself only when somebody opens that page."""
    missing = []
    for path in [*python_files(), *HTML]:
        text = path.read_text()
        names = REFERENCE.findall(text) if path.suffix == ".html" else QUOTED.findall(text)
        missing += [
            f"{named(path)}: {name}"
            for name in names
            if name.endswith((".html", ".txt")) and not (TEMPLATES / name).is_file()
            and not name.startswith(("security/", "flask_"))
        ]  # fmt: skip
    assert missing == []


def test_every_script_that_a_page_loads_is_there() -> None:
    for path in HTML:
        for name in re.findall(r"static\(['\"]([^'\"]+)['\"]\)", path.read_text()):
            assert (ROOT / "static" / name).is_file(), f"{named(path)}: {name}"
