"""What kinds, states and channels are called on the result page, whichever feature has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

TYPES = {
    "insight": _l("Insights"),
    "page": _l("Pages"),
    "action": _l("Actions"),
    "project": _l("Projects"),
    "kpi": _l("KPIs"),
}
KINDS = {
    "pain_point": _l("Pain point"),
    "best_practice": _l("Best practice"),
    "workshop_insight": _l("Workshop insight"),
    "guide": _l("Guide"),
    "term": _l("Term"),
    "nps": _l("NPS"),
    "csat": _l("CSAT"),
    "ces": _l("CES"),
    "fcr": _l("FCR"),
    "ttr": _l("TTR"),
    "repeat_contact_rate": _l("Repeat-contact rate"),
    "complaint_rate": _l("Complaint rate"),
    "own": _l("Own KPI"),
}
STATUSES = {
    "open": _l("Open"),
    "in_action": _l("In action"),
    "resolved": _l("Resolved"),
    "dismissed": _l("Dismissed"),
    "proposed": _l("Proposed"),
    "accepted": _l("Accepted"),
    "in_progress": _l("In progress"),
    "done": _l("Done"),
    "dropped": _l("Dropped"),
    "idea": _l("Idea"),
    "running": _l("Running"),
    "decision": _l("Awaiting decision"),
    "scaled": _l("Scaled"),
    "stopped": _l("Stopped"),
}
CHANNELS = {
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "web": _l("Website"),
    "app": _l("App"),
    "chat": _l("Chat"),
    "shop": _l("Shop"),
    "field": _l("On site"),
    "letter": _l("Letter"),
    "social": _l("Social media"),
}
SORTS = {
    "relevance": _l("Best match"),
    "newest": _l("Newest"),
    "votes": _l("Most votes"),
    "spread": _l("Most teams"),
}


def called(labels: Mapping[str, Any], value: str) -> str:
    """What a value is called; one without a name speaks for itself."""
    return str(labels.get(value, value))
