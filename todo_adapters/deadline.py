"""How long a store may take."""

DEADLINE = 5.0
"""Seconds for each step, waiting for a connection, for a lock or for a waking compute included.

A deployment may say otherwise.
"""

GRACE = 2.0
"""Seconds for calls that nobody waits for any more: given up, or under way when the store is closed."""
