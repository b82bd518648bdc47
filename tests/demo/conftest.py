"""The demo company, built once for each file: its tests only look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from cxwiki.database import db
from cxwiki.demo.building import build_if_empty
from tests.conftest import _empty_database


@pytest.fixture(scope="module")
def demo(site: APIFlask) -> Iterator[APIFlask]:
    with site.app_context():
        _empty_database()
        assert build_if_empty(lambda line: None)
        db.session.remove()
    yield site
    with site.app_context():
        _empty_database()


@pytest.fixture
def in_demo(demo: APIFlask) -> Iterator[APIFlask]:
    """The site's context, with a session of its own."""
    with demo.app_context():
        yield demo
        db.session.remove()
