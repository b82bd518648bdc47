"""PDF: a rendered page goes to a process of its own and comes back as a document, in time or not.

That process may read our own static files and nothing else (`printing.py`). Whoever calls ends the
request's transaction first, so that no snapshot of the database is held meanwhile.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

from flask import current_app, request
from flask_babel import gettext as _

from cxwiki.errors import DomainError
from cxwiki.i18n import settings
from cxwiki.overview import paper

log = logging.getLogger(__name__)

PRINTING = Path(__file__).with_name("printing.py")
NO_LIBRARY = 3
PATIENCE = 45.0
SIZES = [f".report {{ font-size: {points}pt; }}" for points in (8.6, 8.1, 7.6)]
AT_ONCE = threading.BoundedSemaphore(2)
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "FONTCONFIG_PATH", "FONTCONFIG_FILE",
        "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "WEASYPRINT_DLL_DIRECTORIES",
        "SYSTEMROOT")  # fmt: skip


class PdfUnavailable(DomainError):
    """No PDF can be made just now; the page itself can be printed all the same."""

    status = 503


def document(html: str, program: Path = PRINTING, patience: float = PATIENCE) -> bytes:
    """Print a page. Raises PdfUnavailable with a sentence that says what to do instead.

    `patience` is in seconds, the wait for its turn and the start of the process included.
    """
    folder = Path(current_app.static_folder or "static")
    css, drawing_css = paper.sheets(folder / "css")
    base = (settings().url or request.host_url.rstrip("/")) + "/"
    job = {
        "html": html,
        "css": css,
        "drawing_css": drawing_css,
        "sizes": SIZES,
        "base": base,
        "folder": str(folder.absolute()),
    }
    if not AT_ONCE.acquire(timeout=patience):
        raise PdfUnavailable(_("Too many documents are being made. Try again in a minute."))
    try:
        return _printed(json.dumps(job).encode(), program, patience)
    finally:
        AT_ONCE.release()


def _printed(job: bytes, program: Path, patience: float) -> bytes:
    # -P: the program's own folder must not hide modules of the same name. The environment holds
    # secrets that printing needs nothing of.
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  (our own script)
            [sys.executable, "-P", str(program)],
            input=job,
            capture_output=True,
            timeout=patience,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        log.warning("a PDF was not ready within %g seconds", patience)
        raise PdfUnavailable(
            _("The PDF takes too long. Print this page with your browser instead.")
        ) from None
    said = done.stderr.decode(errors="replace")[-2000:]
    if done.returncode == NO_LIBRARY:
        log.error("no PDF without Pango: %s", said)
        raise PdfUnavailable(
            _(
                "This server cannot make a PDF: the library Pango is missing. Print the page with "
                "your browser instead, and tell an administrator (docs/operations.md)."
            )
        )
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        log.error("a PDF could not be made: %s", said)
        raise PdfUnavailable(
            _("The PDF could not be made. Print this page with your browser instead.")
        )
    return done.stdout
