"""The OpenAPI document: what APIFlask writes by itself, completed with what holds for all."""

from __future__ import annotations

import re
from typing import Any

from cxwiki.apibase.wire import LARGEST_ID

Json = dict[str, Any]

ABOUT = """\
Read and write what customers taught a company. A token acts for a person, and sees and may do
exactly what that person does: what they may not see does not exist (404).

Errors are `application/problem+json` (RFC 9457); `errors` has messages by field. Values that are
not known are ignored. Texts are Markdown. Days are plain dates, moments are in UTC.
"""
CONFIGURATION = {
    "OPENAPI_VERSION": "3.1.0",
    "DESCRIPTION": ABOUT,
    "SERVERS": [{"url": "/"}],
    "SECURITY_SCHEMES": {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "Make a token on your profile page, or with `cxwiki token create`.",
        }
    },
    "AUTO_OPERATION_ID": True,
    "AUTO_404_RESPONSE": False,
    "AUTO_VALIDATION_ERROR_RESPONSE": False,
    "AUTO_AUTH_ERROR_RESPONSE": False,
}
PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What happened, in the reader's language"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do about it"},
        "errors": {
            "type": "object",
            "description": "What is wrong with which field",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
PROBLEMS = {
    "400": "The body is no JSON",
    "401": "There is no valid token",
    "403": "The person may see this, but not do that",
    "404": "It does not exist, or not for this person",
    "409": "Somebody else was faster, or the external_id is taken by something else",
    "412": "It changed since the state that If-Match names",
    "413": "The body is larger than 4 MB",
    "415": "The body is not declared as application/json",
    "422": "A value is missing or wrong; `errors` says which",
    "429": "Too many changes: Retry-After says when to go on",
    "500": "Something went wrong on this side",
    "503": "The site is not set up yet",
}
_ALWAYS = ("401", "403", "500", "503")
_WRITING = ("400", "409", "413", "415", "422", "429")
_ETAG: Json = {
    "description": "Names this state; send it back as If-Match or If-None-Match",
    "schema": {"type": "string"},
}
_LOCATION: Json = {
    "description": "Where the record is",
    "schema": {"type": "string", "format": "uri-reference"},
}


def complete(spec: Json) -> Json:
    """Finish the document: only the API, short names, every error, header and parameter."""
    spec["paths"] = {
        path.replace("{subject_id}", "{id}"): operations
        for path, operations in spec["paths"].items()
        if path.startswith("/api/")
    }
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete_operation(operation, method, path)
    spec["security"] = [{"token": []}]
    components = spec["components"]
    components["schemas"] = _tidy(components["schemas"]) | {"Problem": PROBLEM}
    components["responses"] = {
        f"Problem{status}": {
            "description": text,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for status, text in PROBLEMS.items()
    }
    return _with_short_names(spec)


def _complete_operation(operation: Json, method: str, path: str) -> None:
    responses, parameters = operation["responses"], operation.setdefault("parameters", [])
    operation["operationId"] = operation["operationId"].replace("_api_", "_", 1)
    for parameter in parameters:
        _complete_parameter(parameter)
    problems = [*_ALWAYS, *(_WRITING if method != "get" else ())]
    if any(parameter["in"] == "query" for parameter in parameters):
        problems.append("422")
    is_one = path.endswith("{id}") or (method == "post" and "{id}" not in path)
    if "{" in path:
        problems.append("404")
    if is_one and method == "get":
        parameters.append(_header("If-None-Match", "Answer 304 if this is still the state"))
        responses["304"] = {"description": "Unchanged", "headers": {"ETag": _ETAG}}
    if method == "patch":
        parameters.append(_header("If-Match", "Change it only if this is still the state"))
        problems.append("412")
    if method == "post" and "201" in responses:
        responses["200"] = responses["201"] | {"description": "It was there already: unchanged"}
    for status in ("200", "201"):
        if is_one and status in responses:
            headers = {"ETag": _ETAG} | ({"Location": _LOCATION} if method == "post" else {})
            responses[status] = responses[status] | {"headers": headers}
    for status in sorted(problems):
        responses[status] = {"$ref": f"#/components/responses/Problem{status}"}
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True


def _complete_parameter(parameter: Json) -> None:
    """A query has no null, and an id is a small whole number."""
    if parameter["in"] == "path" and parameter["schema"]["type"] == "string":
        return
    if parameter["in"] == "path":
        if parameter["name"] == "subject_id":
            parameter["name"] = "id"
        parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        return
    schema = _tidy(parameter["schema"])
    options = [option for option in schema.pop("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        schema |= options[0]
    if "description" in schema:
        parameter["description"] = schema.pop("description")
    parameter["schema"] = schema


def _header(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def _tidy(part: Any) -> Any:
    """Leave out titles that only repeat names, and defaults that only mean "not given"."""
    if isinstance(part, list):
        return [_tidy(one) for one in part]
    if not isinstance(part, dict):
        return part
    noise = {"title"} if isinstance(part.get("title"), str) else set()
    if part.get("default", ...) is None:
        noise.add("default")
    return {name: _tidy(value) for name, value in part.items() if name not in noise}


def _with_short_names(spec: Json) -> Json:
    """Write choices out where they stand, and call what APIFlask calls Schema.Other just Other."""
    schemas = spec["components"]["schemas"]

    def renamed(part: Any) -> Any:
        if isinstance(part, list):
            return [renamed(one) for one in part]
        if not isinstance(part, dict):
            return part
        if not isinstance(part.get("$ref"), str):
            return {name: renamed(value) for name, value in part.items()}
        name = part["$ref"].rsplit("/", 1)[-1]
        if "enum" in (choice := schemas.get(name, {})):
            return {"type": "string", "enum": choice["enum"], **_without(part, "$ref")}
        return {**part, "$ref": re.sub(r"[^/]*\.", "", part["$ref"])}

    spec = renamed(spec)
    short: Json = {}
    for name, schema in spec["components"]["schemas"].items():
        if "enum" not in schema and short.setdefault(_last(name), schema) != schema:
            raise ValueError(f"two schemas are called {_last(name)}")
    spec["components"]["schemas"] = short
    return spec


def _last(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _without(part: Json, name: str) -> Json:
    return {key: value for key, value in part.items() if key != name}
