"""What tests start, forge, observe and read; each thing in the module of its name."""
