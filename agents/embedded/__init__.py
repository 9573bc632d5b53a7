"""The embedded author, no language model: composes rules from a grammar of known detectors, led by the evidence."""

from argosy.agents.embedded.author import EmbeddedAuthor

__all__ = ["EmbeddedAuthor"]
