"""What kinds, states and channels are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from cxwiki.insights.models import Channel, Kind, Status

KINDS = {
    Kind.PAIN_POINT: _l("Pain point"),
    Kind.BEST_PRACTICE: _l("Best practice"),
    Kind.WORKSHOP_INSIGHT: _l("Workshop insight"),
}
KINDS_PLURAL = {
    Kind.PAIN_POINT: _l("pain points"),
    Kind.BEST_PRACTICE: _l("best practices"),
    Kind.WORKSHOP_INSIGHT: _l("workshop insights"),
}
KIND_HELP = {
    Kind.PAIN_POINT: _l("Something makes customers angry, or costs them time."),
    Kind.BEST_PRACTICE: _l("Something that works and that others could copy."),
    Kind.WORKSHOP_INSIGHT: _l("Something that you found out together."),
}
STATUSES = {
    Status.OPEN: _l("Open"),
    Status.IN_ACTION: _l("In action"),
    Status.RESOLVED: _l("Resolved"),
    Status.DISMISSED: _l("Dismissed"),
}
CHANNELS = {
    Channel.PHONE: _l("Phone"),
    Channel.EMAIL: _l("E-mail"),
    Channel.WEB: _l("Website"),
    Channel.APP: _l("App"),
    Channel.CHAT: _l("Chat"),
    Channel.SHOP: _l("Shop"),
    Channel.FIELD: _l("On site"),
    Channel.LETTER: _l("Letter"),
    Channel.SOCIAL: _l("Social media"),
}
SEVERITIES = {
    1: _l("1 – a trifle"),
    2: _l("2 – annoying"),
    3: _l("3 – costs time or money"),
    4: _l("4 – customers complain"),
    5: _l("5 – customers leave"),
}

IMPORT_STATES = {
    "waiting": _l("Waiting"),
    "running": _l("Running"),
    "done": _l("Done"),
    "failed": _l("Failed"),
}


def vote_label(kind: str) -> str:
    """What the vote says: a practice works elsewhere, everything else affects others."""
    return str(_l("Works for us too") if kind == Kind.BEST_PRACTICE else _l("Affects us too"))
