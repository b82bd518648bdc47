"""Vectors of texts: the encoder process with the models, and its client."""
