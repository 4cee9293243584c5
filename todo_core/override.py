"""``typing.override``, which Python 3.11 lacks; to import ``typing_extensions`` at run time would be a dependency."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import override as override  # noqa: PLC0414  exports it
else:
    Method = TypeVar("Method")

    def override(method: Method) -> Method:
        """Mark a method that a base class declares and describes."""
        return method
