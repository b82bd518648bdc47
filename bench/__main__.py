"""`make bench`: quality of search and themes, then speed and memory of a whole site."""

from __future__ import annotations

import sys

from bench import (
    answers,
    board,
    conformity,
    digest,
    duplicates,
    large,
    proof,
    revisions,
    search_quality,
    site,
    theme_quality,
    wikis,
)

PARTS = {
    "search": search_quality.main,
    "duplicates": duplicates.main,
    "themes": theme_quality.main,
    "site": site.main,
    "large": large.main,
    "proof": proof.main,
    "answers": answers.main,
    "board": board.main,
    "digest": digest.main,
    "revisions": revisions.main,
    "markdown": conformity.main,
    "wikis": wikis.main,
}


def main() -> None:
    """Run the parts named on the command line, or all."""
    for name in sys.argv[1:] or PARTS:
        if name not in PARTS:
            sys.exit(f"There is no part called {name}: choose from {', '.join(PARTS)}.")
        PARTS[name]()


main()
