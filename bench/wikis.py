"""How quickly whole wikis come in and go out: the three real ones of the public data.

A site of its own in this process, without a network and without the encoder.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from bench import datasets
from bench.board import _site
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.pages import exporting
from cxwiki.pages.importing.running import Options, import_wiki
from cxwiki.pages.models import Page

WIKIS = ("pub-wiki-18f-guides", "pub-wiki-gov-service-manual", "pub-wiki-de-handbuch")


def main() -> None:
    """Import each wiki, import it again, export everything; prints one Markdown table."""
    print("\n| wikis | pages | links · tables | seconds | pages/s |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="cxwiki-bench-") as folder:
        app = _site(Path(folder))
        with app.app_context():
            for name in WIKIS:
                _import(name, f"import of {name}")
            _import(WIKIS[0], "the first one again: nothing changes")
        with app.test_request_context(), app.app_context():
            _export()


def _import(name: str, label: str) -> None:
    admin = db.session.scalars(select(User)).first()
    assert admin is not None
    began = time.perf_counter()
    report = import_wiki(datasets.folder() / name / "wiki.zip", admin, Options(source=name))
    _show(label, report.pages, f"{report.links + report.links_elsewhere} · {report.tables}", began)


def _export() -> None:
    admin = db.session.scalars(select(User)).first()
    assert admin is not None
    ids = list(db.session.scalars(select(Page.id)))
    count = db.session.scalar(select(func.count()).select_from(Page)) or 0
    for label, form in (("Markdown", "markdown"), ("HTML", "html")):
        began = time.perf_counter()
        bundle = exporting.of_subjects(ids, admin)
        if form == "markdown":
            exporting.as_markdown(bundle).close()
        else:
            exporting.as_html(bundle, admin).close()
        _show(f"export of all of them as {label}", count, "", began)


def _show(label: str, pages: int, links: str, began: float) -> None:
    seconds = time.perf_counter() - began
    rate = f"{pages / seconds:.0f}"
    print(f"| {label} | {pages} | {links} | {seconds:.1f} | {rate} |", flush=True)


if __name__ == "__main__":
    main()
