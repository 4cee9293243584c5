"""What a service is made from, and how a user says who they are."""

from datetime import timedelta
from typing import Any

from tests.support.secrecy import SECRET
from todo_adapters.clock import SystemClock
from todo_adapters.tokens.development_token import issue_token
from todo_web.settings import Settings


def bearer(user_id: str = "ann", ttl: timedelta = timedelta(hours=1)) -> dict[str, str]:
    """Return the header with which a user proves who they are."""
    return {"Authorization": f"Bearer {issue_token(SECRET, user_id, ttl, SystemClock().now())}"}


def settings(**values: object) -> Settings:
    """Return settings that no environment and no file has a say in."""
    given: dict[str, Any] = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", **values}
    return Settings(_env_file=None, **given)
