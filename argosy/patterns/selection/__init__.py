"""Detector selection: which detector suits a series or a table, and why."""
