"""LogPrompt: a log's templates judged by a model, each once, in numbered batches (arXiv 2308.07610)."""
