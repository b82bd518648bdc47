"""Who may write texts, bring older states back, and take one away for good."""

from __future__ import annotations

from cxwiki.access import COMMENTERS, CURATORS, WRITERS, Person, can, rule
from cxwiki.subjects import Subject
from cxwiki.writing import texts


@rule("text.edit")
def may_edit(person: Person, text: Subject | None) -> bool:
    """Who may edit this type of text."""
    if text is None:
        return person.role in WRITERS
    return texts.is_text(text) and can(texts.of(text).edit, text, person)


@rule("text.suppress")
def may_suppress(person: Person, text: Subject | None) -> bool:
    """Administrators, because it cannot be undone."""
    return person.is_administrator and (text is None or texts.is_text(text))


@rule("text.write")
def may_write(person: Person, _thing: Subject | None) -> bool:
    """Who writes anything at all, be it a comment, gets the help of the editor."""
    return person.role in COMMENTERS


@rule("template.edit")
def may_edit_templates(person: Person, _thing: None) -> bool:
    """Managers and administrators say what new texts begin with."""
    return person.role in CURATORS
