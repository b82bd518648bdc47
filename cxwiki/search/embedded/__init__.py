"""The engine of a small site: Whoosh's index on disk and faiss in memory."""
