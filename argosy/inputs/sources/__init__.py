"""Sources: where a schedule's newer data come from. Each gives the points of a stretch of time, as a connector would.

Files, SQL and Prometheus; what a missing value means is said for each, never assumed. Nothing here knows of detectors.
"""
