"""Passages and their vectors: from texts to what can be compared by meaning."""
