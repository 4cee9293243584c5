"""The public address of ``/mcp``, and the hosts and origins that it answers."""

from urllib.parse import urlsplit

from fastapi import Request

from todo_web.paths import public_path
from todo_web.problems import Problem
from todo_web.settings import MCP_PATH, Settings

METADATA_PATH = "/.well-known/oauth-protected-resource"
"""What stands before the path of a resource in the address of its metadata (RFC 9728, section 3.1)."""

_DEFAULT_PORTS = {80, 443}
_LOOPBACK = {"127.0.0.1", "::1"}


class PublicAddress:
    """The public address of ``/mcp``: the one that is set, else the one that a request was sent to.

    A page whose name was made to lead to this machine (DNS rebinding) is refused, because it sends that name as the
    host. In ``development`` every name will do.
    """

    def __init__(self, settings: Settings, *, development: bool) -> None:
        self._url = settings.mcp_url
        self._origins = settings.allowed_origins
        self._development = development

    def of(self, request: Request) -> str:
        """Return the address of ``/mcp``."""
        return self._url or f"{request.url.scheme}://{request.headers['host']}{public_path(request.scope, MCP_PATH)}"

    def metadata_of(self, request: Request) -> str:
        """Return the address of the metadata of ``/mcp``."""
        return f"{self.of(request).removesuffix(MCP_PATH)}{METADATA_PATH}{MCP_PATH}"

    def check(self, request: Request) -> None:
        """Raise Problem for a request under another name, or from a page that may not call."""
        if self._development:
            return
        hosts = self._hosts(request)
        if request.headers.get("host", "").lower() not in hosts:
            raise Problem(421, "misdirected_request", "This host is not served; TODO_MCP_URL names the one that is.")
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._origins and urlsplit(origin).netloc not in hosts:
            raise Problem(403, "origin_forbidden", "Pages of this origin may not call.")

    def _hosts(self, request: Request) -> set[str]:
        """Return the names of the address that is set, and of the one that the request arrived at."""
        served = {urlsplit(self._url).netloc} if self._url else set()
        name, port = request.scope["server"] or ("", None)  # none on a socket of the file system
        for one in {*_LOOPBACK, "localhost"} if name in _LOOPBACK else {name}:
            host = f"[{one}]" if ":" in one else one
            served |= {f"{host}:{port}", host} if port in _DEFAULT_PORTS else {f"{host}:{port}"}
        return served
