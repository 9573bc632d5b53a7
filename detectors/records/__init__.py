"""Records judged by what their group looks like: embeddings, what principal components leave of them, a percentile.

A record's texts become a vector by an `Embedder`, its numbers are columns beside it; each group is standardised by
itself, and a record far from what its group usually is scores 1 or more. No model is asked in here: an embedder that
asks a server lives among the agents and fits the same protocol.
"""
