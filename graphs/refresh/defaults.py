"""Defaults of a refresh, in days of data time."""

SHADOW_DAYS = 3.0
"""A challenger scores so long beside its champion before it can be promoted."""

EXPIRES_DAYS = 180.0
"""A champion made on older data is due, whatever the statistics say."""

PROBATION_DAYS = 30.0
"""So long after its promotion a champion that breaks its promise gives its place back."""
