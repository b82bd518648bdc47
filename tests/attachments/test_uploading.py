"""Uploading: what the editor and a plain form get, and who may."""

from __future__ import annotations

import hashlib
import io

import pytest

from tests.attachments.conftest import picture, stored


def test_the_editor_is_told_what_to_write_into_the_text(upload) -> None:
    told = upload(filename="Leeres Regal.png")
    number = told["id"]
    assert told == {
        "status": 201,
        "id": number,
        "name": "Leeres Regal.png",
        "url": f"/attachments/{number}/leeres-regal.png",
        "markdown": f"![Leeres Regal](/attachments/{number}/leeres-regal.png)",
        "is_image": True,
    }


def test_a_file_that_is_no_picture_becomes_a_link(upload) -> None:
    told = upload(content=b"%PDF-1.7\n%%EOF", filename="Prices [new].pdf")
    assert told["is_image"] is False
    assert told["markdown"] == rf"[Prices \[new\].pdf](/attachments/{told['id']}/prices-new.pdf)"


def test_a_plain_form_comes_back_to_the_page(as_, post) -> None:
    number = post()
    answer = as_("alice").post(
        "/attachments",
        data={"file": (io.BytesIO(picture()), "a.png"), "subject_id": str(number)},
        headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
    )
    assert answer.status_code == 303
    assert answer.location == f"/insights/{number}-trouble#files"
    page = as_("carol").get(f"/insights/{number}").text
    assert "The file was attached." not in page
    assert "a.png" in page


def test_the_same_content_is_kept_once(upload, folder) -> None:
    first, second = upload("alice"), upload("carol", filename="Other.png")
    assert first["id"] != second["id"]
    assert stored(folder) == [hashlib.sha256(picture()).hexdigest()]


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 201), ("carol", 201), ("mia", 201), ("dave", 201), ("admin", 201), ("rita", 403),
     ("eve", 302)],
)  # fmt: skip
def test_everybody_but_readers_uploads(upload, name: str, status: int) -> None:
    assert upload(name)["status"] == status
