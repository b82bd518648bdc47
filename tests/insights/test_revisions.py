"""Revising, evidence, status, archiving: nothing that was written is lost."""
