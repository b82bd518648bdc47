"""Pictures and files to attach, insights to attach them to, and where their contents lie."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from PIL import Image

from cxwiki.attachments.storage import store
from cxwiki.insights import service
from cxwiki.insights.service import Draft
from tests.conftest import Cast, SignIn


def picture(
    format_name: str = "PNG", size: tuple[int, int] = (60, 40), colour: str = "red"
) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, format_name)
    return written.getvalue()


@pytest.fixture(autouse=True)
def folder(app: APIFlask) -> Path:
    """Where contents lie; what earlier tests left there is gone."""
    with app.app_context():
        root = Path(store().root)
    shutil.rmtree(root, ignore_errors=True)
    return root


@pytest.fixture
def post(app: APIFlask, cast: Cast) -> Callable[..., int]:
    """`post("team")` posts an insight of Alice's that this audience may see."""

    def make(visibility: str = "company", body: str = "", title: str = "Trouble") -> int:
        with app.app_context():
            draft = Draft(title, body=body, visibility=visibility)
            return service.publish(draft, cast.team("service"), cast.person("alice")).id

    return make


@pytest.fixture
def upload(as_: SignIn) -> Callable[..., dict]:
    """Upload as the editor does; gives what it is told, with the status."""

    def send(
        name: str = "alice",
        content: bytes | None = None,
        filename: str = "Shelf.png",
        subject_id: int | None = None,
    ) -> dict:
        data: dict = {"file": (io.BytesIO(picture() if content is None else content), filename)}
        if subject_id is not None:
            data["subject_id"] = str(subject_id)
        answer = as_(name).post("/attachments", data=data)
        return {"status": answer.status_code, **(answer.get_json(silent=True) or {})}

    return send


def stored(folder: Path) -> list[str]:
    """The names of all contents in the store."""
    return sorted(path.name for path in (folder / "objects").rglob("*") if path.is_file())
