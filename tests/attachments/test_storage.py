"""The store: a folder or a bucket, each content once and whole."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest

from cxwiki.attachments.storage import NotStored, Store
from cxwiki.config import SettingError, Settings, from_environment

WORDS = b"words " * 1000
NAME = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture(params=["folder", "named folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store in the data folder, in a folder with a difficult name, and in what is no folder."""
    files = {
        "folder": "",
        "named folder": str(tmp_path / "Ärger & Co [1]*?"),
        "bucket": f"memory://bucket-{tmp_path.name}/files",
    }[request.param]
    return Store(Settings(data=tmp_path, files=files))


def keep(shelf: Store, content: bytes = WORDS) -> str:
    name = hashlib.sha256(content).hexdigest()
    shelf.put(name, len(content), io.BytesIO(content))
    return name


def test_what_is_kept_can_be_read(shelf: Store) -> None:
    assert not shelf.has(NAME, len(WORDS))
    keep(shelf)
    keep(shelf)
    assert shelf.has(NAME, len(WORDS))
    assert shelf.open(NAME).read() == WORDS
    assert list(shelf.names(timedelta(0))) == [NAME]
    assert list(shelf.names(timedelta(hours=1))) == []


def test_what_is_removed_is_gone(shelf: Store) -> None:
    keep(shelf)
    shelf.put_thumbnail(NAME, b"small")
    for _time in range(2):
        shelf.remove(NAME)
    assert not shelf.has(NAME, len(WORDS))
    for opener in (shelf.open, shelf.open_thumbnail):
        with pytest.raises(FileNotFoundError):
            opener(NAME)


def test_an_empty_store_has_nothing_to_sweep(shelf: Store) -> None:
    assert list(shelf.names(timedelta(0))) == []
    assert shelf.forget_incoming(timedelta(0)) == 0


def test_half_a_content_counts_as_none_and_is_written_anew(tmp_path: Path) -> None:
    shelf = Store(Settings(data=tmp_path))
    keep(shelf)
    path = Path(shelf.root) / "objects" / NAME[:2] / NAME
    path.write_bytes(WORDS[:10])
    keep(shelf)
    assert path.read_bytes() == WORDS


def test_what_was_left_half_written_is_swept(tmp_path: Path) -> None:
    shelf = Store(Settings(data=tmp_path))
    keep(shelf)
    left = Path(shelf.root) / "incoming" / "left"
    left.write_bytes(b"half")
    assert shelf.forget_incoming(timedelta(hours=1)) == 0, "somebody may still be writing it"
    assert shelf.forget_incoming(timedelta(0)) == 1
    assert not left.exists()


def test_a_disk_without_room_leaves_nothing(tmp_path: Path, monkeypatch, app) -> None:
    shelf = Store(Settings(data=tmp_path))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with app.app_context(), monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(NotStored, match="disk"):
            keep(shelf)
    assert [path for path in Path(shelf.root).rglob("*") if path.is_file()] == []
    keep(shelf)


def test_a_bucket_needs_its_extra(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    try:
        import s3fs  # noqa: F401
    except ImportError:
        with pytest.raises(SettingError, match="extra `s3`"):
            Store(Settings(data=tmp_path, files="s3://bucket/files"))


@pytest.mark.parametrize("wish", ["http://x.example/files", "ftp://x", "local://x"])
def test_what_is_neither_folder_nor_bucket_stops_the_site(wish: str) -> None:
    with pytest.raises(SettingError, match="CXWIKI_FILES"):
        from_environment({"CXWIKI_FILES": wish})
