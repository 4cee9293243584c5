"""The commands, each in a module of its name; one is imported when it runs."""
