"""Uploading a file: administrators only, the worker does it."""
