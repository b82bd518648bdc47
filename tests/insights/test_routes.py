"""Every address of an insight: who may, who may not, what is missing."""
