"""So that the supervisor can start `python -m cxwiki.cli …`."""

from cxwiki.cli import main

main()
