"""Speed and quality, measured by anyone: `make bench`."""
