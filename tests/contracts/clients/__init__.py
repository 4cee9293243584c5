"""A client for each specification. Each knows what its specification says, and nothing else of this service.

``use`` takes the address of the service and the secret that the authentication server shares with it.
"""
