"""Contracts: those that are published, those of a deployment's own, and which of them are served."""

from todo_web.contracts.choice import choose_contracts
from todo_web.contracts.contract import Contract, ListEnvelope
from todo_web.contracts.published import CONTRACTS
from todo_web.contracts.toml_file import read_contracts

__all__ = ["CONTRACTS", "Contract", "ListEnvelope", "choose_contracts", "read_contracts"]
