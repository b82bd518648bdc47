"""The printing process: reads one page from standard input, writes its PDF to standard output.

It is run by path and imports nothing of the application, so that neither Pango nor a page that
takes for ever reaches the web process. In comes one JSON object: `html`, `css`, `drawing_css` (for
what is drawn within the page), `sizes` (further sheets, each sets the letters a bit smaller),
`base` (address that links start from) and `folder` (the only place that files may be read from).
What nearly fits one sheet of paper is set smaller until it does; what is longer keeps the first
size and goes on over the page. It leaves with 3 if a system library is missing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

NO_LIBRARY = 3
SVG = "{http://www.w3.org/2000/svg}"


def main() -> int:
    """Print one page."""
    job = json.load(sys.stdin.buffer)
    try:
        import weasyprint
    except OSError as error:
        sys.stderr.write(str(error))
        return NO_LIBRARY
    fetcher = fetcher_for(Path(job["folder"]))
    page = weasyprint.HTML(string=job["html"], base_url=job["base"], url_fetcher=fetcher)
    _dress_drawings(page.etree_element, job["drawing_css"])

    def laid_out(size: str) -> Any:
        sheets = [
            weasyprint.CSS(string=text, base_url=job["base"], url_fetcher=fetcher)
            for text in (job["css"], size)
        ]
        return page.render(stylesheets=sheets)

    usual, *smaller = job["sizes"]
    document = first = laid_out(usual)
    for size in smaller if len(first.pages) == 2 else ():
        document = laid_out(size)
        if len(document.pages) == 1:
            break
    else:
        document = first
    sys.stdout.buffer.write(document.write_pdf(pdf_tags=True))
    return 0


def fetcher_for(folder: Path) -> Any:
    """A fetcher that reads files of the one folder and refuses every other address."""
    from weasyprint.urls import URLFetcher

    root = folder.resolve()

    class OwnFilesOnly(URLFetcher):
        """Opens no connection: what is no file of ours is refused before anything is asked."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            path = Path(unquote(parts.path)).resolve()
            if parts.scheme != "file" or parts.netloc or not path.is_relative_to(root):
                raise ValueError(f"not one of our own files: {url}")
            return super().fetch(path.as_uri(), headers)

    return OwnFilesOnly(allowed_protocols={"file"}, allow_redirects=False)


def _dress_drawings(page: Any, css: str) -> None:
    """Give each drawing its sheet: the page's own does not reach into it."""
    for drawing in list(page.iter(f"{SVG}svg")):
        sheet = drawing.makeelement(f"{SVG}style", {})
        sheet.text = css
        drawing.insert(0, sheet)


if __name__ == "__main__":
    sys.exit(main())
