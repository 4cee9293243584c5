"""The OpenAPI document: what clients are generated from."""
