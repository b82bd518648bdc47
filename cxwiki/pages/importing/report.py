"""What an import did, or would do: counted, and everything that was left out named."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_NAMED = 1000


@dataclass
class Report:
    """Counts of pages, links and files; of very many named things the first ones are kept.

    `done` is how many planned pages were looked at; `links` lead to other pages of the wiki,
    `missing` ones to nothing that was brought along.
    """

    done: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    folders: int = 0
    links: int = 0
    links_elsewhere: int = 0
    files: int = 0
    tables: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, str]] = field(default_factory=list)
    rejected_count: int = 0
    missing: list[dict[str, str]] = field(default_factory=list)
    missing_count: int = 0
    left_out: list[dict[str, str]] = field(default_factory=list)
    left_out_count: int = 0
    dry_run: bool = False

    @property
    def pages(self) -> int:
        """How many pages were looked at."""
        return self.created + self.updated + self.unchanged + len(self.kept)

    def reject(self, path: str, reason: object) -> None:
        """Note a file that was left out."""
        self.rejected_count += 1
        if len(self.rejected) < MOST_NAMED:
            self.rejected.append({"path": path, "reason": str(reason)})

    def miss(self, path: str, target: str) -> None:
        """Note a link that leads to nothing that was brought along."""
        self.missing_count += 1
        if len(self.missing) < MOST_NAMED:
            self.missing.append({"path": path, "target": target[:300]})

    def leave_out(self, path: str, what: str) -> None:
        """Note a piece of another wiki's own language that was taken out of a text."""
        self.left_out_count += 1
        if len(self.left_out) < MOST_NAMED:
            self.left_out.append({"path": path, "what": what})

    def keep(self, path: str, page_id: int) -> None:
        """Note a page that people edited since the last import, so that it stayed."""
        self.kept.append({"path": path, "page_id": page_id})

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"pages": self.pages, **asdict(self)}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Report:
        """The report that `as_dict` gave."""
        return cls(**{name: saved[name] for name in cls.__dataclass_fields__})
