"""Lengths of time as people write them."""

import re
from datetime import timedelta

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def parse_duration(text: str) -> timedelta:
    """Read a length of time such as 90s, 15m, 24h or 7d. Raises ValueError."""
    match = re.fullmatch("([0-9]{1,6})([smhd])", text)
    if match is None:
        raise ValueError("write a number and a unit, such as 90s, 15m, 24h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def in_words(duration: timedelta) -> str:
    """Return a length of whole seconds in the largest unit of which there are several, such as 24 hours."""
    for unit in _UNITS.values():
        count, rest = divmod(duration, timedelta(**{unit: 1}))
        if not rest and count > 1:
            return f"{count} {unit}"
    return f"{duration.total_seconds():g} second"
