"""What the end-to-end tests drive the real programs with."""
