"""How we know: metrics, objectives, splits, benchmark protocols and reports.

A benchmark receives what it measures; nothing in here imports a detector, an agent or a graph.
"""
