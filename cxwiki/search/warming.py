"""Getting ready before anybody searches: dictionaries, vectors and templates are read once."""

from __future__ import annotations

import logging

from flask import Flask

from cxwiki.database import forget_session
from cxwiki.search.engines import engines
from cxwiki.search.port import IndexUnavailable
from cxwiki.search.words.language import LANGUAGES, word_terms

log = logging.getLogger(__name__)

_PAGES = ("layout.html", "search/", "shared/")


def warm(app: Flask) -> None:
    """Read what the first search of a process would wait for: about 1.5 s on a small machine.

    Whatever fails here fails again, and is told, when somebody needs it.
    """
    for language in LANGUAGES:
        word_terms("Wort", language)
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(_PAGES)):
        app.jinja_env.get_template(name)
    with app.app_context():
        try:
            engines().keyword.doc_count()
            engines().vectors()
        except IndexUnavailable as error:
            log.debug("the word index is not ready: %s", error)
        finally:
            forget_session()
