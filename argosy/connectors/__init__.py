"""Connectors: what turns somebody's data into signals.

Anything a person can mend is a BadInput that names file, row and column; nothing in here detects or scores.
"""
