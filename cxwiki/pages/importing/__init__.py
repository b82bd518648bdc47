"""Bringing in whole wikis: a folder or zip of Markdown becomes guides that link to each other."""
