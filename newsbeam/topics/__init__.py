"""The query language, its compiler and matcher, and the catalog."""
