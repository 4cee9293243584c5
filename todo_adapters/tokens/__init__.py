"""Verification of bearer tokens that another system issued."""

from todo_adapters.tokens.hs256 import Hs256Verifier
from todo_adapters.tokens.issue import issue_token
from todo_adapters.tokens.remembering import RememberingVerifier
from todo_adapters.tokens.secret import SecretUnusable, read_secret

__all__ = ["Hs256Verifier", "RememberingVerifier", "SecretUnusable", "issue_token", "read_secret"]
