"""The embedded author: composes rules from a grammar of well-known detectors, guided by the evidence. No language model."""

from agents.embedded.author import EmbeddedAuthor

__all__ = ["EmbeddedAuthor"]
