"""Open forms, as a browser has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Cast
from tests.insights.conftest import import_text, insight, stored

__all__ = ["import_text", "insight", "stored"]

Note = Callable[[FlaskClient, str], str]


@pytest.fixture
def note() -> Note:
    """The note that the form on a page carries."""

    def read(client: FlaskClient, path: str) -> str:
        found = re.search(r'name="draft" value="([^"]+)"', client.get(path).text)
        assert found, path
        return found[1]

    return read


@pytest.fixture
def typed(cast: Cast) -> Callable[..., dict[str, Any]]:
    """What the form of an insight sends, with these values changed."""

    def fill(**values: Any) -> dict[str, Any]:
        return {
            "title": "Long waits", "body": "On Mondays.", "kind": "pain_point",
            "team": cast.service, "visibility": "company", "tags": "", "channel": "",
            "severity": "", "customers_affected": "", "language": "", "quote": "",
            "quote_source": "", **values,
        }  # fmt: skip

    return fill
