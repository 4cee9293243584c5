"""The to-do domain: tasks, their rules, their use cases and the ports they need.

Python's standard library only. Nothing here knows of HTTP, SQL or a terminal.

Values are named tuples: a frozen dataclass takes five times as long to make, which long lists feel, and about six times
as long to define, which the console's start feels.
"""
