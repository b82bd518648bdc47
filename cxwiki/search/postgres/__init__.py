"""The second engine behind `cxwiki.search.port`: full text, trigrams and vectors of PostgreSQL."""
