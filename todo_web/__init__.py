"""The REST service: a driving adapter of the core."""
