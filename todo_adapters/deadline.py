"""How long a store may take, unless a deployment says otherwise."""

DEADLINE = 5.0
"""Seconds for each step, waiting for a connection, for a lock or for a waking compute included."""
