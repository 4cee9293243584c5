"""What a deployment may set, by environment variable or in a file named ``.env``."""

import re
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, InstanceOf, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from todo_adapters.address import StorageAddress, default_address, parse_address
from todo_adapters.deadline import DEADLINE
from todo_adapters.neon import POOL_SIZE
from todo_adapters.tokens.claims import LIFETIME_LIMIT, Resource
from todo_adapters.tokens.open_verifier import JWKS_PATH, TokenSettings
from todo_adapters.tokens.shared_secret import read_secret
from todo_core.errors import StorageUnusable
from todo_web.contracts import Contract, choose_contracts, read_contracts
from todo_web.durations import parse_duration
from todo_web.paths import read_prefix
from todo_web.wire.deadlines import DEADLINES, Deadlines

SECRET_MISSING = "secret_missing"  # noqa: S105  names an error
"""The type of the validation error of settings without a secret."""

MCP_PATH = "/mcp"
AUTH_PATH = "/api/auth"
"""Where Better Auth is, below its origin."""

_PORTS = {"http": 80, "https": 443}

_OF_A_PROGRAM = re.compile(r"(?!(?:https?|wss?|ftp|file):)[a-z][a-z0-9+.-]*://[a-z0-9.-]+(?::[0-9]{1,5})?")
"""The origin of pages that come with a program, on a phone, a desktop or in a browser."""


class StorageSettings(BaseSettings):
    """The settings of the store, which are enough to migrate it; each field names its variable."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    storage_deadline: float = Field(DEADLINE, gt=0, le=300, validation_alias="TODO_STORAGE_DEADLINE")
    storage_pool_size: int = Field(POOL_SIZE, ge=1, le=1000, validation_alias="TODO_STORAGE_POOL_SIZE")

    @field_validator("database_url")
    @classmethod
    def _is_storage_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            try:
                parse_address(url.get_secret_value())
            except StorageUnusable as error:
                raise ValueError(str(error)) from None
        return url

    @property
    def storage(self) -> StorageAddress:
        """Where the tasks are."""
        return parse_address(self.database_url.get_secret_value()) if self.database_url else default_address()


class Settings(StorageSettings):
    """The service's settings."""

    secret: SecretStr | None = Field(None, validation_alias="BETTER_AUTH_SECRET")
    issuer_url: str = Field("http://localhost:3000", validation_alias="BETTER_AUTH_URL")
    own_contracts: Annotated[tuple[InstanceOf[Contract], ...], NoDecode] = Field(
        (), validation_alias="TODO_CONTRACT_FILE"
    )
    contracts: Annotated[tuple[InstanceOf[Contract], ...], NoDecode] = Field(
        None, validate_default=True, validation_alias="TODO_CONTRACTS"
    )
    cors_origins: Annotated[tuple[str, ...] | None, NoDecode] = Field(None, validation_alias="TODO_CORS_ORIGINS")
    jwt_mode: Literal["hs256", "jwks", "both"] = Field("hs256", validation_alias="TODO_JWT_MODE")
    jwt_issuer: str | None = Field(None, validation_alias="TODO_JWT_ISSUER")
    jwt_audience: str | None = Field(None, validation_alias="TODO_JWT_AUDIENCE")
    jwks_url: str | None = Field(None, validation_alias="TODO_JWKS_URL")
    jwt_leeway: float = Field(30, ge=0, le=300, validation_alias="TODO_JWT_LEEWAY")
    jwt_max_lifetime: timedelta = Field(LIFETIME_LIMIT, validation_alias="TODO_JWT_MAX_LIFETIME")
    request_deadline: float = Field(DEADLINES.request, gt=0, le=3600, validation_alias="TODO_REQUEST_DEADLINE")
    answer_deadline: float = Field(DEADLINES.answer, gt=0, le=3600, validation_alias="TODO_ANSWER_DEADLINE")
    host: str = Field("127.0.0.1", validation_alias="TODO_HOST")
    root_path: str = Field("", validation_alias="TODO_ROOT_PATH")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1", "::1"), validation_alias="TODO_TRUSTED_PROXIES"
    )
    keep_alive: int = Field(5, ge=1, le=3600, validation_alias="TODO_KEEP_ALIVE")
    request_log: bool = Field(default=True, validation_alias="TODO_REQUEST_LOG")
    mcp: bool = Field(default=False, validation_alias="TODO_MCP")
    mcp_url: str | None = Field(None, validation_alias="TODO_MCP_URL")

    @field_validator("issuer_url", "jwks_url")
    @classmethod
    def _is_web_address(cls, url: str | None) -> str | None:
        return url and _origin(url) and url

    @field_validator("mcp")
    @classmethod
    def _is_installed(cls, wanted: bool) -> bool:  # noqa: FBT001  a validator is given the value
        if wanted and find_spec("mcp") is None:
            raise ValueError("the protocol's SDK is not installed; in the project's folder: uv pip install '.[mcp]'")
        return wanted

    @field_validator("mcp_url")
    @classmethod
    def _is_address_of_mcp(cls, url: str | None) -> str | None:
        if url is not None and (url != f"{_origin(url)}{urlsplit(url).path}" or not url.endswith(MCP_PATH)):
            raise ValueError("must be the public address of /mcp, such as https://tasks.example.com/mcp")
        return url

    @field_validator("own_contracts", mode="before")
    @classmethod
    def _stand_in_a_file(cls, path: object) -> object:
        return read_contracts(Path(path)) if isinstance(path, str) else path

    @field_validator("contracts", mode="before")
    @classmethod
    def _are_contracts(cls, names: str | None, known: ValidationInfo) -> tuple[Contract, ...]:
        # Without the contracts of a file that cannot be read, any name may be unknown, so only the file is told.
        return choose_contracts(names, known.data["own_contracts"]) if "own_contracts" in known.data else ()

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _are_origins(cls, origins: object) -> object:
        if isinstance(origins, str):
            return tuple(map(_exact_origin, _listed(origins)))
        return origins

    @field_validator("jwt_max_lifetime", mode="before")
    @classmethod
    def _is_duration(cls, duration: object) -> object:
        """Read a length of time; 0 means no limit."""
        if isinstance(duration, str):
            return timedelta(0) if duration == "0" else parse_duration(duration)
        return duration

    @field_validator("root_path")
    @classmethod
    def _is_prefix(cls, path: str) -> str:
        return read_prefix(path)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _are_proxies(cls, proxies: object) -> object:
        return tuple(map(_proxy, _listed(proxies))) if isinstance(proxies, str) else proxies

    @model_validator(mode="after")
    def _can_verify(self) -> Self:
        if self.secret is None and self.jwt_mode != "jwks":
            raise PydanticCustomError(
                SECRET_MISSING,
                "BETTER_AUTH_SECRET is not set; set it to the secret of your Better Auth server (at least 32 bytes), "
                "or try the service with: todo-web --dev",
            )
        if self.shared_secret is not None:
            read_secret(self.shared_secret)
        return self

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The origins whose pages may read answers."""
        return (_origin(self.issuer_url),) if self.cors_origins is None else self.cors_origins

    @property
    def shared_secret(self) -> str | None:
        """The secret that tokens are signed with, unless only published keys count."""
        return self.secret.get_secret_value() if self.secret and self.jwt_mode != "jwks" else None

    @property
    def longest_token(self) -> timedelta | None:
        """How long a token may still be valid; None: until it expires."""
        return self.jwt_max_lifetime or None

    @property
    def deadlines(self) -> Deadlines:
        """How long a client may keep a connection waiting."""
        return Deadlines(self.request_deadline, self.answer_deadline)

    @property
    def tokens(self) -> TokenSettings:
        """How tokens are verified. Better Auth writes the origin of its base URL into ``iss`` and ``aud``."""
        origin = _origin(self.issuer_url)
        return TokenSettings(
            self.jwt_mode,
            self.jwt_issuer or origin,
            self.jwt_audience or origin,
            self.shared_secret or "",
            self.jwks_url or origin + JWKS_PATH,
            self.jwt_leeway,
            self.longest_token,
            Resource(self.mcp_url, (origin, self.authorization_server)) if self.mcp_url else None,
        )

    @property
    def authorization_server(self) -> str:
        """Who issues access tokens for ``/mcp``, by the name that it writes into them (RFC 8414, section 2)."""
        return self.jwt_issuer or _origin(self.issuer_url) + AUTH_PATH


def _origin(url: str) -> str:
    """Return the origin of an address as browsers and Better Auth write it: lower case, no default port."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("must be an address such as https://app.example.com")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, _PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _exact_origin(text: str) -> str:
    origin = text.removesuffix("/")  # as an address line shows it
    if text == "*" or not (_OF_A_PROGRAM.fullmatch(origin) or _origin(origin) == origin):
        raise ValueError("must be origins such as https://app.example.com, separated by commas; * is not accepted")
    return origin


def _proxy(text: str) -> str:
    try:
        return str(ip_network(text)) if "/" in text else str(ip_address(text))
    except ValueError:
        raise ValueError("must be addresses or networks such as 10.0.0.0/8, separated by commas") from None
