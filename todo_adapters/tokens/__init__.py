"""Verification of bearer tokens that another system issued."""
