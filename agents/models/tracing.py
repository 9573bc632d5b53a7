"""LangChain's tracer, kept away: it would send prompts and replies to a service as they are, secrets included.

Sessions write their own transcripts, from which secrets are taken first.
"""

from contextlib import AbstractContextManager

from langsmith.run_helpers import tracing_context


def untraced() -> AbstractContextManager[None]:
    """Within it nothing is sent to LangSmith, whatever LANGSMITH_TRACING says; one for each thread."""
    return tracing_context(enabled=False)
