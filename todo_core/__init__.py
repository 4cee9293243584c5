"""The to-do domain: tasks, their rules, their use cases and the ports they need.

Python's standard library only. Nothing here knows of HTTP, SQL or a terminal.
"""
