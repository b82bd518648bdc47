"""Kill -9 while files are attached: what was confirmed is there and whole, the rest leaves no trace.

Several programs upload large files through a web process that is killed again and again. In the end
every row has its whole content, every confirmed upload has its row, and what is left half written
is swept.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import random
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.attachments import sweeping
from cxwiki.attachments.models import Attachment, Blob
from cxwiki.attachments.storage import store
from cxwiki.database import db
from cxwiki.insights import service as insights
from cxwiki.insights.service import Draft
from tests.faults.processes import wait_until
from tests.faults.test_killing import Site, encoder, site_to_kill

__all__ = ["encoder", "site_to_kill"]

pytestmark = pytest.mark.fault

ROUNDS, UPLOADERS, SEED = 6, 3, 20261122
SIZE = 1_500_000


class Uploader(threading.Thread):
    """A program that attaches one file after the other."""

    def __init__(self, site: Site, subject_id: int, name: str) -> None:
        super().__init__(daemon=True)
        self.site, self.subject_id, self.label = site, subject_id, name
        self.stopped = threading.Event()
        self.confirmed: dict[str, str] = {}
        self.begun = 0
        self.refused: list[int] = []

    def run(self) -> None:
        number = 0
        while not self.stopped.is_set():
            number += 1
            line = f"{self.label} {number} ".encode()
            self.upload(f"{self.label}-{number}.txt", line * (SIZE // len(line)))
            time.sleep(0.02)

    def upload(self, filename: str, content: bytes) -> None:
        body = {
            "subject_id": self.subject_id,
            "name": filename,
            "content": base64.b64encode(content).decode(),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.site.processes.port, timeout=10)
        headers = {
            "Authorization": f"Bearer {self.site.token}", "Content-Type": "application/json"
        }  # fmt: skip
        self.begun += 1
        try:
            connection.request("POST", "/api/v1/attachments", json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()
        if answer.status == 201:
            self.confirmed[filename] = hashlib.sha256(content).hexdigest()
        else:
            self.refused.append(answer.status)


def test_no_confirmed_file_is_lost_and_no_half_one_is_kept(
    site_to_kill: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, chance = site_to_kill, random.Random(SEED)
    with site.app.app_context():
        admin = db.session.scalars(select(User).order_by(User.id)).first()
        assert admin is not None
        number = insights.publish(Draft("Files"), admin.home_team, admin).id
        root = Path(store().root)
        db.session.remove()
    uploaders = [Uploader(site, number, f"program-{n}") for n in range(UPLOADERS)]
    site.processes.start("web")
    site.processes.wait_for_web()
    for uploader in uploaders:
        uploader.start()
    for _round in range(ROUNDS):
        known = sum(len(uploader.confirmed) for uploader in uploaders)
        assert wait_until(lambda: sum(len(one.confirmed) for one in uploaders) > known)  # noqa: B023
        time.sleep(chance.uniform(0.0, 0.15))
        site.processes.kill("web")
        site.processes.start("web")
        site.processes.wait_for_web()
    for uploader in uploaders:
        uploader.stopped.set()
    for uploader in uploaders:
        uploader.join(20)
    site.processes.kill("web")
    lost = sum(uploader.begun - len(uploader.confirmed) for uploader in uploaders)
    assert lost >= ROUNDS // 2, "the web server was hardly ever killed at work"
    assert [status for uploader in uploaders for status in uploader.refused] == []
    monkeypatch.setattr(sweeping, "KEPT_UNKNOWN", timedelta(0))
    with site.app.app_context():
        sweeping.sweep()
        confirmed = {name: sha for one in uploaders for name, sha in one.confirmed.items()}
        rows = db.session.execute(select(Attachment.filename, Attachment.sha256)).tuples().all()
        assert len(rows) == len({name for name, _sha in rows}), "nothing is attached twice"
        assert confirmed.items() <= dict(rows).items()
        contents = set(db.session.scalars(select(Blob.sha256)))
        assert contents == {sha for _name, sha in rows}
        for sha256 in contents:
            with store().open(sha256) as file:
                assert hashlib.sha256(file.read()).hexdigest() == sha256
        kept = {path.name for path in (root / "objects").rglob("*") if path.is_file()}
        assert kept == contents
        assert list((root / "incoming").iterdir()) == []
        db.session.remove()
