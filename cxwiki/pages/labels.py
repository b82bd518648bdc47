"""What the kinds of pages and the fields of their text are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from cxwiki.pages.models import PageKind
from cxwiki.subjects import Visibility

KINDS = {PageKind.GUIDE: _l("Guide"), PageKind.TERM: _l("Term")}
KIND_HELP = {
    PageKind.GUIDE: _l("A handbook, a process, training: something to look up."),
    PageKind.TERM: _l("A word of ours, explained once for everybody."),
}
VISIBILITIES = {
    Visibility.COMPANY: _l("The whole company"),
    Visibility.TEAM: _l("Only this team"),
}
FIELDS = {
    "kind": _l("What is it?"),
    "definition": _l("Meaning in one sentence"),
    "also_called": _l("Other words for it"),
    "tags": _l("Tags"),
    "parent": _l("Stands below"),
    "position": _l("Place"),
    "team": _l("Team"),
    "visibility": _l("Who may see it"),
    "language": _l("Language of the text"),
}
IMPORT_STATES = {
    "waiting": _l("Waiting"),
    "running": _l("Running"),
    "done": _l("Done"),
    "failed": _l("Failed"),
}
