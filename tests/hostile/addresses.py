"""Every address of the site with numbers and values of one's choice in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.architecture.places import PACKAGE, TEMPLATES

Send = Callable[..., TestResponse]
# Signing in and out, and who is in which team: these change who one is.
_NOT_OURS = ("security.", "accounts.", "static", "stylesheet", "openapi.", "health.")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "form": ("markdown", "html"),
    "kind": ("pain_point",),
    "language": ("en",),
    "name": ("insights",),
    "secret": ("guess",),
    "slug": (),
    "token": ("guess",),
    "type": ("insight",),
}
_NAMES = re.compile(
    r"""(?:args|form|values)\.get(?:list)?\("(\w+)"|(?:args|form)\["(\w+)"\]"""
    r"""|^\s+(\w+) = \w+Field\("""
    r"""|\bname="([a-z_]+)\"""",
    re.M,
)


def rules(app: Any) -> list[Rule]:
    """The addresses of all features, the same ones only once."""
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if not rule.endpoint.startswith(_NOT_OURS) and "slug" not in rule.arguments
    ]


def paths(rule: Rule, numbers: Mapping[str, Iterable[int]]) -> Iterator[str]:
    """The rule with every combination of the numbers for each of its places, 1 where none is."""
    names = sorted(rule.arguments)
    choices = [_CHOICES.get(name) or [str(one) for one in numbers.get(name, [1])] for name in names]
    for values in product(*choices):
        path = rule.rule
        for name, value in zip(names, values, strict=True):
            path = re.sub(rf"<(?:\w+:)?{name}>", value, path)
        yield path


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@cache
def parameters() -> tuple[str, ...]:
    """The names of all that an address or a form can carry, read from the source."""
    files = [*PACKAGE.rglob("*.py"), *TEMPLATES.rglob("*.html")]
    found = {name for file in files for row in _NAMES.findall(file.read_text()) for name in row}
    return tuple(sorted(found - {"", "csrf_token", "page", "per_page", "of", "viewport"}))


def body_of(schema: Any, document: Any, number: int) -> Any:
    """A value as an operation of the API takes it, with the number wherever one is asked for."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return body_of(schema[several][0], document, number)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    match schema.get("type"):
        case "object":
            return {
                name: body_of(one, document, number)
                for name, one in schema.get("properties", {}).items()
            }
        case "array":
            return [body_of(schema.get("items", {}), document, number)]
        case "integer" | "number":
            return min(number, schema.get("maximum", number))
        case "boolean":
            return True
    return "2026-11-20" if schema.get("format") == "date" else "Words"
