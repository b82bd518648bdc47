"""What the text of an insight can begin with: questions whose answers others need."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from cxwiki.insights import labels
from cxwiki.insights.models import Kind
from cxwiki.writing import text_templates

HEADINGS = {
    Kind.PAIN_POINT: (
        _l("What happens"),
        _l("To whom"),
        _l("How often"),
        _l("What it costs"),
        _l("In the customer's words"),
        _l("Likely cause"),
    ),
    Kind.BEST_PRACTICE: (
        _l("Situation"),
        _l("What we do"),
        _l("Why it works"),
        _l("Proof"),
        _l("How to copy it"),
    ),
    Kind.WORKSHOP_INSIGHT: (
        _l("What we looked at"),
        _l("What we learned"),
        _l("What customers and colleagues said"),
        _l("Open questions"),
        _l("What follows from it"),
    ),
}


def register() -> None:
    """Give each kind of insight its template."""
    for kind, headings in HEADINGS.items():
        text_templates.register(kind, text_templates.Kind(labels.KINDS[kind], headings))
