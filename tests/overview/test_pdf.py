"""Making a PDF: nothing is fetched from anywhere, and every failure ends in a clear sentence."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.overview import paper, pdf, printing
from tests.conftest import SignIn
from tests.overview.conftest import Make

CSS = Path(__file__).resolve().parents[2] / "static" / "css"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address of this machine, and who came to it."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    visitor, _address = server.accept()
                except TimeoutError:
                    continue
                came.append("somebody")
                visitor.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", came
        stop.set()
        thread.join()


def print_page(html: str, css: str, folder: Path, base: str) -> subprocess.CompletedProcess[bytes]:
    job = {"html": html, "css": css, "drawing_css": css, "sizes": [""], "base": base,
           "folder": str(folder)}  # fmt: skip
    return subprocess.run(
        [sys.executable, "-P", str(pdf.PRINTING)],
        input=json.dumps(job).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_printing_opens_no_connection(tmp_path: Path, listener: tuple[str, list[str]]) -> None:
    host, came = listener
    html = f"""<html><head><link rel="stylesheet" href="http://{host}/a.css"></head><body>
      <img src="http://{host}/b.png"><img src="//{host}/c.png"><img src="d.png">
      <img src="ftp://{host}/e.png"><svg xmlns="http://www.w3.org/2000/svg">
      <image href="http://{host}/f.png" width="9" height="9"/><use href="http://{host}/g.svg#x"/></svg>
      <object data="http://{host}/h.svg"></object></body></html>"""
    css = f"""@import url("http://{host}/i.css"); body {{ background: url("http://{host}/j.png") }}
      @font-face {{ font-family: k; src: url("http://{host}/k.ttf") }} body {{ font-family: k }}"""
    done = print_page(html, css, tmp_path, f"http://{host}/")
    assert done.stdout.startswith(b"%PDF-")
    assert came == []


@pytest.mark.parametrize(
    "wish",
    [
        "http://example.org/x.css",
        "https://example.org/x.css",
        "ftp://example.org/x.css",
        "data:text/css,body{}",
        "file://example.org/own.css",
        "file:///etc/passwd",
        "{folder}/../secret.css",
        "{folder}/%2e%2e/secret.css",
        "{folder}/link.css",
        "{folder}-beside/x.css",
    ],
)
def test_only_files_of_the_one_folder_are_read(tmp_path: Path, wish: str) -> None:
    folder = tmp_path / "own"
    for place in (folder, tmp_path / "own-beside"):
        place.mkdir()
        (place / "x.css").write_text("body {}")
    (tmp_path / "secret.css").write_text("body {}")
    (folder / "link.css").symlink_to(tmp_path / "secret.css")
    fetcher = printing.fetcher_for(folder)
    assert fetcher.fetch((folder / "x.css").as_uri()).read() == b"body {}"
    with pytest.raises(ValueError, match="not one of our own files"):
        fetcher.fetch(wish.replace("{folder}", folder.as_uri()))


def test_the_process_that_prints_knows_no_secret(
    app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXWIKI_SECRET_KEY", "only for the site itself")
    program = tmp_path / "program.py"
    program.write_text("import os\nprint('%PDF-' + ' '.join(os.environ))\n")
    with app.test_request_context():
        assert b"SECRET" not in pdf.document("<p>x</p>", program)


# --- when it cannot be done -----------------------------------------------------------------------

FAILURES = {
    "import sys; sys.exit(3)": "the library Pango is missing",
    "import sys; sys.exit(1)": "The PDF could not be made.",
    "print('no document')": "The PDF could not be made.",
    "import time; time.sleep(60)": "The PDF takes too long.",
}


@pytest.mark.parametrize(("program", "sentence"), FAILURES.items())
def test_a_failure_is_a_sentence_and_no_500(
    as_: SignIn, poc: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    program: str, sentence: str,
) -> None:  # fmt: skip
    path = tmp_path / "program.py"
    path.write_text(program)
    document = pdf.document
    monkeypatch.setattr(pdf, "document", lambda html: document(html, path, 2.0))
    answer = as_("alice").get(f"/reports/projects/{poc()}.pdf")
    assert answer.status_code == 503
    assert sentence in answer.text
    assert "with your browser" in answer.text


def test_a_missing_library_is_told_by_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeasyPrint raises OSError where it cannot load Pango."""
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = print_page("<p>x</p>", "", tmp_path, "http://localhost/")
    assert done.returncode == pdf.NO_LIBRARY == printing.NO_LIBRARY
    assert b"libpango" in done.stderr


def test_too_many_at_once_wait_and_are_then_told(app: APIFlask) -> None:
    with (
        app.test_request_context(),
        pdf.AT_ONCE,
        pdf.AT_ONCE,
        pytest.raises(pdf.PdfUnavailable, match="Too many"),
    ):
        pdf.document("<p>x</p>", patience=0.1)


# --- the look on paper ----------------------------------------------------------------------------


def test_paper_gets_the_light_colours_in_place_of_the_tokens() -> None:
    tokens = {"--ink": "#111111", "--rule": "var(--ink)", "--size": "1rem"}
    text = "a { color: var(--rule); margin: var(--size); border: var(--unknown) }"
    assert paper.on_paper(text, tokens) == "a { color: #111111; margin: 1rem; border: initial }"


def test_every_token_of_the_report_is_known() -> None:
    for sheet in paper.sheets(CSS):
        assert "var(" not in sheet
        assert "light-dark(" not in sheet
        assert ": initial" not in sheet
    tokens: dict[str, Any] = paper.read_tokens((CSS / "tokens.css").read_text())
    assert tokens["--ink"] == "#1d1a16"
