"""Where generated code runs: the protocol, Docker, local namespaces, vetting by syntax tree, and conformance.

Imports nothing of ours, so that it can be audited, tested and used alone.
"""
