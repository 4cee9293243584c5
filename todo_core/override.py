"""``typing.override``, which Python 3.11 lacks; the core must not depend on ``typing_extensions`` for it."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override as override  # noqa: PLC0414  exports it
else:
    Method = TypeVar("Method")

    def override(method: Method) -> Method:
        """Mark a method that a base class declares and describes."""
        return method
