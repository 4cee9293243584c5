"""Tasks on a server that speaks the contract ``backend-todo-api``: its REST API as a store, and the tokens for it.

Nothing is imported here, so that an address can be read without an HTTP client.
"""
