"""The shapes in which chat programs want to be told: Slack's blocks and Teams' adaptive cards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

SLACK, TEAMS = "slack", "teams"
SHAPES = (SLACK, TEAMS)
LONGEST_TEXT = 2000


@dataclass(frozen=True)
class News:
    """What is told: who did what to which subject, why, and where it stands."""

    who: str
    text: str
    title: str
    address: str
    reason: str = ""
    open_label: str = "Open"


def body(shape: str, news: News) -> bytes:
    """The JSON that is posted."""
    content = _slack(news) if shape == SLACK else _teams(news)
    return json.dumps(content, ensure_ascii=False).encode()


def _slack(news: News) -> dict[str, Any]:
    said = f"*{_mrkdwn(news.who)}* {_mrkdwn(news.text)}: <{news.address}|{_link(news.title)}>"
    blocks = [_section(said)]
    if news.reason:
        quoted = "\n".join(f"> {line}" for line in _mrkdwn(news.reason).splitlines())
        blocks.append(_section(quoted))
    return {"text": _mrkdwn(f"{news.who} {news.text}: {news.title}"), "blocks": blocks}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[: LONGEST_TEXT + 900]}}


def _teams(news: News) -> dict[str, Any]:
    said = f"**{_markdown(news.who)}** {_markdown(news.text)}"
    lines = [_block(said), _block(_markdown(news.title), size="medium", weight="bolder")]
    if news.reason:
        lines.append(_block(_markdown(news.reason), isSubtle=True))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": lines,
        "actions": [{"type": "Action.OpenUrl", "title": news.open_label, "url": news.address}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None}
    return {"type": "message", "attachments": [{**attachment, "content": card}]}


def _block(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def _mrkdwn(text: str) -> str:
    """Slack's own signs lose their meaning: nobody calls the whole channel from a title."""
    text = text[:LONGEST_TEXT].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"{letter}\u200b" if letter in "*_~`" else letter for letter in text)


def _link(text: str) -> str:
    return _mrkdwn(" ".join(text.split())).replace("|", "¦")


def _markdown(text: str) -> str:
    """The few marks that adaptive cards know are written as themselves."""
    return "".join(f"\\{letter}" if letter in "\\*_[]`#" else letter for letter in text)[
        :LONGEST_TEXT
    ]
