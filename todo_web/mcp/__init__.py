"""The assistant's way in: the Model Context Protocol, over HTTP and over standard streams.

Nothing outside this package imports the protocol's SDK, which is an optional extra.
"""
