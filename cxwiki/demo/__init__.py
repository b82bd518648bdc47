"""The demo company: an invented utility, built through the services from the texts in data/."""
