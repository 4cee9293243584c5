"""Verification of bearer tokens that another system issued."""

from todo_adapters.tokens.claims import LIFETIME_LIMIT, Resource
from todo_adapters.tokens.composition import JWKS_PATH, TokenSettings, open_verifier
from todo_adapters.tokens.hs256 import Hs256Verifier
from todo_adapters.tokens.issue import issue_token
from todo_adapters.tokens.remembering import RememberingVerifier
from todo_adapters.tokens.secret import SecretUnusable, read_secret

__all__ = [
    "JWKS_PATH",
    "LIFETIME_LIMIT",
    "Hs256Verifier",
    "RememberingVerifier",
    "Resource",
    "SecretUnusable",
    "TokenSettings",
    "issue_token",
    "open_verifier",
    "read_secret",
]
