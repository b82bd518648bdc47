"""Watching: kept, muted, and started by taking part."""
