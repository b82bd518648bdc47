"""Forms for guides and terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from cxwiki import access, i18n
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.discussion.service import parse_tags
from cxwiki.pages import labels, tree
from cxwiki.pages.models import Page, PageKind
from cxwiki.pages.service import (
    LONGEST_ALSO_CALLED,
    LONGEST_DEFINITION,
    LONGEST_TITLE,
    PageDraft,
    current_draft,
)
from cxwiki.pages.tree import Place
from cxwiki.subjects import Visibility


class PageForm(FlaskForm):
    """Writing and editing a page. Only the title is needed; a term says what it means, too."""

    title = StringField(
        _l("Title"), [InputRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    kind = RadioField(_l("What is it?"), choices=list(labels.KINDS.items()), default=PageKind.GUIDE)
    definition = TextAreaField(_l("Meaning in one sentence"), [Length(max=LONGEST_DEFINITION)])
    also_called = StringField(_l("Other words for it"), [Length(max=LONGEST_ALSO_CALLED)])
    body = TextAreaField(_l("Text"), [Length(max=1_000_000)])
    parent = SelectField(_l("Stands below"), coerce=int, default=0)
    position = IntegerField(_l("Place"), [Optional(), NumberRange(0, tree.LAST_POSITION)])
    team = SelectField(_l("Team"), coerce=int)
    visibility = SelectField(
        _l("Who may see it"),
        choices=list(labels.VISIBILITIES.items()),
        default=Visibility.COMPANY,
    )
    tags = StringField(_l("Tags"), [Length(max=1000)])
    language = SelectField(_l("Language of the text"), default="")
    comment = StringField(_l("What did you change?"), [Length(max=300)])
    based_on = IntegerField(default=0)

    def __init__(self, *args: Any, page: Page | None = None, **kwargs: Any) -> None:
        if page is not None:
            draft = current_draft(page)
            kwargs = {
                **{name: getattr(draft, name) for name in draft.__dataclass_fields__},
                "tags": ", ".join(draft.tags),
                "team": page.team_id,
                "parent": page.parent_id or 0,
                "position": page.position,
                "based_on": page.revision_number,
                **kwargs,
            }
        kwargs.setdefault("team", current_user.home_team_id)
        super().__init__(*args, **kwargs)
        self._offer_teams(page)
        self._offer_places(page)
        self.language.choices = [
            ("", _l("Recognise it")),
            *((code, i18n.language_name(code)) for code in i18n.settings().languages),
        ]

    def _offer_teams(self, page: Page | None) -> None:
        teams = choices.writable_teams(current_user)
        if page is not None and page.team not in teams:
            teams = [*teams, page.team]
        self.team.choices = [(team.id, team.shown_name) for team in teams]

    def _offer_places(self, page: Page | None) -> None:
        """A place that the person may not see looks like none, and stays."""
        places = tree.places(current_user, page)
        self.hidden_place = None
        above = db.session.get(Page, page.parent_id) if page and page.parent_id else None
        if above is not None and not access.sees(current_user, above):
            self.hidden_place = above.id
            self.parent.data = 0 if self.parent.data == above.id else self.parent.data
        elif above is not None and above.id not in dict(places):
            places = [(above.id, str(_l("Where it is now"))), *places]
        self.places = frozenset(dict(places))
        self.parent.choices = [(0, _l("Nothing: it is at the top")), *places]

    @classmethod
    def from_address(cls, args: Mapping[str, str]) -> PageForm:
        """A new form that takes over what an address brings along: title, kind, place."""
        kind = args.get("kind")
        parent_id = access.number_in(args.get("parent", "")) or 0
        form = cls(
            title=args.get("title", "")[:LONGEST_TITLE],
            kind=kind if kind in set(PageKind) else PageKind.GUIDE,
            parent=parent_id,
        )
        if parent_id not in form.places:
            form.parent.data = 0
        return form

    def draft(self) -> PageDraft:
        """What was written."""
        return PageDraft(
            title=self.title.data or "",
            body=self.body.data or "",
            kind=self.kind.data,
            visibility=self.visibility.data,
            tags=tuple(parse_tags(self.tags.data or "")),
            definition=self.definition.data or "",
            also_called=self.also_called.data or "",
            language=self.language.data or None,
        )

    def place(self) -> Place:
        """Where it shall stand; terms stand in the glossary alone."""
        if self.kind.data == PageKind.TERM:
            return Place()
        return Place(self.parent.data or self.hidden_place, self.position.data or 0)

    def chosen_team(self) -> Team:
        """The team that was chosen; validation saw to it that the person may."""
        team = db.session.get(Team, self.team.data)
        assert team is not None
        return team


class FilterForm(FlaskForm):
    """The controls of the list; they come and go by the address."""

    class Meta:
        csrf = False

    kind = SelectField(_l("Kind"), choices=[("", _l("All kinds")), *labels.KINDS.items()])
    team = SelectField(_l("Team"))
    tag = StringField(_l("Tag"))
    sort = SelectField(
        _l("Order"),
        choices=[
            ("title", _l("By title")),
            ("changed", _l("Last changed first")),
            ("newest", _l("Newest first")),
        ],
    )
    archived = BooleanField(_l("Archived ones"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(team.id), team.shown_name) for team in choices.all_teams()]
        self.team.choices = [("", _l("All teams")), *teams]
