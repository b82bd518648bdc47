"""Words of German and English: terms, compounds, spellings, and the lexicon that knows them."""
