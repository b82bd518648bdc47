"""Uploading a file: administrators only, the worker does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from cxwiki import i18n, jobs
from cxwiki.database import db
from cxwiki.insights import rows as _rows  # noqa: F401
from cxwiki.insights import uploads
from cxwiki.insights.importing import CHUNK, Options
from cxwiki.insights.models import Import, Insight
from tests.conftest import Cast, SignIn
