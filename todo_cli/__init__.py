"""The console program: a driving adapter of the core."""
