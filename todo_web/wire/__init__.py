"""HTTP/1.1 on the wire: what becomes a request of the application, and how a connection ends."""
