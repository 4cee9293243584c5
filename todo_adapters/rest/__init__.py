"""Tasks on a server that speaks the contract ``backend-todo-api``: a user's list there, and the tokens for it.

Nothing is imported here, so that an address can be read without an HTTP client.
"""
