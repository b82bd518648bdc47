"""Import rules that a whole file has to keep."""
