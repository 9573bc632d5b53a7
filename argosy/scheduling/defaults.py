"""What workers go by where nothing else is said."""

LEASE_S = 30.0
"""A worker that is silent for so long is taken for dead by the others."""
