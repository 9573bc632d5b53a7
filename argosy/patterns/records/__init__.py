"""Records judged by embeddings, and what was flagged reviewed by a model."""
