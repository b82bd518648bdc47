"""The form with which a whole wiki is brought in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from cxwiki import richtext
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.pages import labels, tree
from cxwiki.pages.importing.running import Options
from cxwiki.pages.service import PageDraft, check_audience
from cxwiki.subjects import Visibility


class ImportForm(FlaskForm):
    """An archive of Markdown, where its pages shall stand, and who may see them."""

    file = FileField(_l("Zip of Markdown files"), [FileRequired(_l("Choose a file."))])
    source = StringField(
        _l("Name of the wiki"), [InputRequired(_l("Give it a name.")), Length(max=80)]
    )
    below = SelectField(_l("Stands below"), coerce=int, default=0)
    team = SelectField(_l("Team"), coerce=int)
    visibility = SelectField(
        _l("Who may see it"),
        choices=list(labels.VISIBILITIES.items()),
        default=Visibility.COMPANY,
    )
    base = StringField(_l("Old address of the wiki"), [Length(max=300)])
    dry_run = BooleanField(_l("Only try it: change nothing"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("team", current_user.home_team_id)
        super().__init__(*args, **kwargs)
        self.team.choices = [
            (team.id, team.shown_name) for team in choices.writable_teams(current_user)
        ]
        places = tree.places(current_user)
        self.below.choices = [(0, _l("Nothing: it is at the top")), *places]

    def validate_base(self, field: StringField) -> None:
        """Links to what was not brought along are completed with it, so it must be an address."""
        address = (field.data or "").strip()
        if not address:
            return
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = None
        if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValidationError(_("Write the whole address, like https://wiki.example.org/."))

    def options(self) -> Options:
        """How to import. Raises DomainError if its own importer could not read the pages."""
        team = db.session.get(Team, self.team.data)
        assert team is not None
        check_audience(PageDraft("wiki", visibility=self.visibility.data), team, current_user)
        return Options(
            source=richtext.one_line(self.source.data or "") or "wiki",
            team_id=team.id,
            visibility=self.visibility.data,
            below=self.below.data or None,
            base=(self.base.data or "").strip(),
            dry_run=bool(self.dry_run.data),
        )
