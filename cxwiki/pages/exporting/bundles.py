"""Zips of texts with their files, written to a temporary file, so that memory stays small."""

from __future__ import annotations

import posixpath
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from flask import current_app, render_template

from cxwiki.apibase import address
from cxwiki.attachments import service as attachments
from cxwiki.attachments.claiming import NAMED
from cxwiki.linking.showing import shown_text
from cxwiki.pages.exporting import markdown
from cxwiki.pages.exporting.collecting import CONTENTS, Bundle
from cxwiki.pages.outline import outline
from cxwiki.richtext import to_html

STYLE, SHEET = "css/export.css", "style.css"
HTML = ".html"
_ATTACHED = re.compile(r'(?<=")' + NAMED.pattern + r'[^"]*')
_HREF = re.compile(r'(?<=href=")([^"#]+)(?=[#"])')


def as_markdown(bundle: Bundle) -> IO[bytes]:
    """A zip of Markdown files with front matter; read from the beginning."""
    return _zipped(
        bundle,
        lambda subject: (f"{bundle.paths[subject.id]}.md", markdown.file_of(subject, bundle)),
    )


def as_html(bundle: Bundle, person: Any) -> IO[bytes]:
    """A zip of HTML files that need nothing but each other, with a table of contents."""
    addresses = {address(subject): subject.id for subject in bundle.subjects}

    def page(subject: Any) -> tuple[str, str]:
        path = bundle.paths[subject.id] + HTML
        start = posixpath.dirname(path) or "."

        def led(found: re.Match[str]) -> str:
            number = addresses.get(found[1])
            return found[1] if number is None else _relative(bundle.paths[number], start)

        def attached(found: re.Match[str]) -> str:
            target = bundle.file_paths.get(int(found[1]))
            return found.group() if target is None else posixpath.relpath(target, start)

        text = str(outline(shown_text(subject.html, person=person, external=True)).html)
        more = bundle.more.get(subject.id)
        text += to_html(more.below) if more and more.below else ""
        return path, render_template(
            "pages/export.html",
            subject=subject,
            html=_HREF.sub(led, _ATTACHED.sub(attached, text)),
            sheet=posixpath.relpath(SHEET, start),
            contents=posixpath.relpath(CONTENTS + HTML, start),
            source=address(subject),
        )

    return _zipped(bundle, page, {SHEET: _style(), CONTENTS + HTML: _contents(bundle)})


def _relative(path: str, start: str) -> str:
    return posixpath.relpath(path + HTML, start)


def _style() -> str:
    return (Path(str(current_app.static_folder)) / STYLE).read_text()


def _contents(bundle: Bundle) -> str:
    entries = [
        (subject.title, bundle.paths[subject.id] + HTML, bundle.paths[subject.id].count("/"))
        for subject in sorted(bundle.subjects, key=lambda one: _in_place(bundle.paths[one.id]))
    ]
    return render_template("pages/export_contents.html", entries=entries, sheet=SHEET)


def _in_place(path: str) -> tuple[str, ...]:
    """A guide's own page stands before what is in its folder."""
    *folders, name = path.split("/")
    return (*folders, "" if name == "index" else name)


def _zipped(
    bundle: Bundle, made: Callable[[Any], tuple[str, str]], more: dict[str, str] | None = None
) -> IO[bytes]:
    file = TemporaryFile()  # noqa: SIM115 (who sends it closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in (more or {}).items():
            packed.writestr(path, text)
        for subject in bundle.subjects:
            path, text = made(subject)
            packed.writestr(path, text)
        for some in bundle.files.values():
            for entry in some:
                _add_file(packed, bundle.file_paths[entry.id], entry)
    file.seek(0)
    return file


def _add_file(packed: zipfile.ZipFile, path: str, entry: Any) -> None:
    """Copy a file in pieces; one that got lost is left out, its name says so."""
    try:
        content = attachments.content(entry)
    except FileNotFoundError:
        packed.writestr(f"{path}.missing", b"")
        return
    with content, packed.open(path, "w", force_zip64=True) as into:
        shutil.copyfileobj(content, into)
