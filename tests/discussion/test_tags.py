"""Tags: how they are read, set and limited."""
