"""What services raise when they refuse: each carries a sentence for the person who asked."""

from __future__ import annotations


class DomainError(Exception):
    """The request makes no sense as it stands; shown beside the form, nothing is written."""

    status = 422

    def __init__(self, message: object, field: str | None = None) -> None:
        super().__init__(message)
        self.message = str(message)
        self.field = field


class NotAllowed(DomainError):
    """The person may see the thing but may not do this to it."""

    status = 403


class Conflict(DomainError):
    """Somebody else changed the thing in the meantime."""

    status = 409
