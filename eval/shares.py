"""How a series is cut where nothing else is said, as shares of its points; the rest is for training."""

VALIDATION = 0.2
"""What rules are chosen on."""

LOCKBOX = 0.3
"""The last part, opened once."""
