"""What is looked at: series, incidents, scores, profiles and gaps, and the shapes every pattern has.

Nothing in here knows a file format, a detector, a model or a database; it imports numpy and pandas only.
"""
