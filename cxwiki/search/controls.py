"""The controls of the result page: everything that an operator can say, as fields of an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from cxwiki import access, i18n
from cxwiki.accounts.models import Team
from cxwiki.richtext import clean
from cxwiki.search.documents import Filters
from cxwiki.search.query import labels

FIRST_YEAR, LAST_YEAR = 1970, 9990
MOST_VALUES = 20
LONGEST_WORDS = 200


@dataclass(frozen=True)
class Chip:
    """A filter in force: what it is called, and the address without it."""

    label: str
    without: dict[str, Any]


@dataclass(frozen=True)
class Controls:
    """What is looked for and how; `q` is what was typed, operators included."""

    q: str = ""
    type: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    author: str = ""
    phrase: str = ""
    without: str = ""
    since: date | None = None
    until: date | None = None
    mine: bool = False
    overdue: bool = False
    sort: str = "relevance"

    @property
    def text(self) -> str:
        """The typed text, preceded by the operators of the controls that only text can say."""
        operators = [_quoted(self.phrase)] if self.phrase else []
        operators += [f"-{word}" for word in self.without.split()]
        operators += [f"author:{_quoted(self.author)}"] if self.author else []
        operators += ["is:mine"] if self.mine else []
        operators += ["is:overdue"] if self.overdue else []
        return " ".join([*operators, self.q])

    @property
    def filters(self) -> Filters:
        """What the other controls say."""
        return Filters(
            types=frozenset(self.type),
            kinds=frozenset(self.kind),
            team_ids=frozenset(int(team) for team in self.team),
            statuses=frozenset(self.status),
            channels=frozenset(self.channel),
            tags=frozenset(self.tag),
            created_from=i18n.start_of(self.since) if self.since else None,
            created_before=i18n.start_of(self.until + timedelta(days=1)) if self.until else None,
        )

    @property
    def asks(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.q.strip() or self.narrows)

    @property
    def narrows(self) -> bool:
        """Whether a control besides the text is in use."""
        return any(
            getattr(self, name) for name in (*_SEVERAL, *_WORDS, "since", "until", *_SWITCHES)
        )

    def values(self, **other: Any) -> dict[str, Any]:
        """The address of this search, or of one that differs in `other`; defaults are left out."""
        found = {name: getattr(self, name) for name in _NAMES} | other
        if found["sort"] == "relevance":
            del found["sort"]
        return {
            name: 1 if value is True else list(value) if isinstance(value, tuple) else value
            for name, value in found.items()
            if value
        }

    def chips(self, teams: Iterable[Team]) -> list[Chip]:
        """The filters in force, each with the address that takes it away."""
        called = {str(team.id): team.shown_name for team in teams}
        shown = [
            *self._each("type", labels.TYPES),
            *self._each("kind", labels.KINDS),
            *self._each("team", called),
            *self._each("status", labels.STATUSES),
            *self._each("channel", labels.CHANNELS),
            *self._each("tag", {tag: f"#{tag}" for tag in self.tag}),
        ]
        for name, value, label in (
            ("author", self.author, _("by %(name)s", name=self.author)),
            ("phrase", self.phrase, _("exactly “%(words)s”", words=self.phrase)),
            ("without", self.without, _("without “%(words)s”", words=self.without)),
            ("since", self.since, _("since %(day)s", day=i18n.day(self.since))),
            ("until", self.until, _("until %(day)s", day=i18n.day(self.until))),
            ("mine", self.mine, _("mine")),
            ("overdue", self.overdue, _("overdue")),
        ):
            if value:
                shown.append(Chip(label, self.values(**{name: None})))
        return shown

    def called(self, name: str, value: str, teams: Iterable[Team]) -> str:
        """What people read for a value of a control."""
        if name == "team":
            return labels.called({str(team.id): team.shown_name for team in teams}, value)
        return labels.called(_LEGAL.get(name, {}), value)

    def in_operators(self, teams: Iterable[Team]) -> str:
        """The whole search as one text, so that it can be kept."""
        called = {str(team.id): team.name for team in teams}
        operators = [f"type:{value}" for value in self.type]
        operators += [f"kind:{value}" for value in self.kind]
        operators += [f"team:{_quoted(called[team])}" for team in self.team if team in called]
        operators += [f"status:{value}" for value in self.status]
        operators += [f"channel:{value}" for value in self.channel]
        operators += [f"tag:{_quoted(value)}" for value in self.tag]
        operators += [f"after:{self.since}"] if self.since else []
        # The operator excludes the day that it names, the control includes it.
        operators += [f"before:{self.until + timedelta(days=1)}"] if self.until else []
        return " ".join([*operators, self.text.strip()]).strip()

    def _each(self, name: str, called: dict[str, Any]) -> list[Chip]:
        chosen: tuple[str, ...] = getattr(self, name)
        return [
            Chip(
                labels.called(called, value),
                self.values(**{name: tuple(one for one in chosen if one != value)}),
            )
            for value in chosen
        ]


_SEVERAL = ("type", "kind", "team", "status", "channel", "tag")
_WORDS = ("author", "phrase", "without")
_SWITCHES = ("mine", "overdue")
_NAMES = ("q", *_SEVERAL, *_WORDS, "since", "until", *_SWITCHES, "sort")
_LEGAL = {
    "type": labels.TYPES,
    "kind": labels.KINDS,
    "status": labels.STATUSES,
    "channel": labels.CHANNELS,
}


def read(args: MultiDict[str, str]) -> Controls:
    """Read an address; what makes no sense is ignored."""
    several: dict[str, Any] = {name: _several(args.getlist(name), name) for name in _SEVERAL}
    words: dict[str, Any] = {name: _words(args.get(name, "")) for name in _WORDS}
    switches: dict[str, Any] = {name: args.get(name, "") not in ("", "0") for name in _SWITCHES}
    sort = args.get("sort", "")
    return Controls(
        q=args.get("q", ""),
        since=_day(args.get("since", "")),
        until=_day(args.get("until", "")),
        sort=sort if sort in labels.SORTS else "relevance",
        **several,
        **words,
        **switches,
    )


def _several(values: Sequence[str], name: str) -> tuple[str, ...]:
    legal: list[str] = []
    for value in values[:MOST_VALUES]:
        if name == "team":
            sound = access.number_in(value) is not None
        elif name == "tag":
            value = _words(value).lstrip("#").lower()[:60]
            sound = bool(value)
        else:
            sound = value in _LEGAL[name]
        if sound and value not in legal:
            legal.append(value)
    return tuple(legal)


def _words(value: str) -> str:
    return " ".join(clean(value).replace('"', " ").split())[:LONGEST_WORDS]


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _quoted(value: str) -> str:
    return '"' + value.replace('"', " ") + '"'
