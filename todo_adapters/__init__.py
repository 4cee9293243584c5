"""What plugs into the domain's ports: storage, tokens, the clock."""
