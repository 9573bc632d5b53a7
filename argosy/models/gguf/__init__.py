"""A local model in one command: a GGUF file served with llama.cpp by a child process, for as long as it is needed.

`child` is what the process runs; no other module here may import it, for it needs the extra `local`.
"""

from argosy.models.gguf.server import SCHEME, LocalServer, serving, what_is_missing

__all__ = ["SCHEME", "LocalServer", "serving", "what_is_missing"]
